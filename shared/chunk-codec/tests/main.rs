//! Tests of the codec from outside.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod codec;
mod golden;
