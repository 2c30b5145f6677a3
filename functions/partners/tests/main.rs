//! The use cases of partners, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod clients;
mod deliveries;
mod delivery;
mod endpoints;
mod happy_cat_box_webhook;
mod import_chunk;
mod import_clients;
mod pull_happy_cat_box;
mod relay_partners;
mod rows;
mod support;
