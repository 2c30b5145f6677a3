//! Tests of the codec from outside.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod codec;
#[path = "../../../scripts/bench-codec/src/files.rs"]
#[allow(dead_code, reason = "the benchmark needs more of it")]
mod files;
#[path = "../../../scripts/bench-codec/src/fit.rs"]
#[allow(dead_code, reason = "the benchmark needs more of it")]
mod fit;
mod golden;
mod recordings;
