//! Tests of the project's own tool.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod cost;
mod sensors;
mod services;
mod up;
