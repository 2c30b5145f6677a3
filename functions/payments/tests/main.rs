//! The use cases of payments, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod histories;
mod model;
mod start_payment;
mod support;
