//! The use cases of the catalog, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod interrupted_reservations;
mod relay_catalog;
mod release_stock;
mod reservation;
mod reserve_stock;
mod set_product;
mod set_stock;
mod stock;
mod support;
