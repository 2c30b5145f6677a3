//! The use cases of identity, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod address;
mod challenge;
mod password;
mod roles;
mod sessions;
mod support;
mod tries;
