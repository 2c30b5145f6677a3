//! Tests of reading recordings and of what they say.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod broken;
mod markup;
mod metrics;
mod recordings;
mod writing;

use activity_files::{Activity, Limits, read};

/// The bytes of one of the recordings in `data/sensors/fit`.
fn bytes(name: &str) -> Vec<u8> {
    let path = format!("{}/../../data/sensors/fit/{name}.fit", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn recording(name: &str) -> Activity {
    read(&bytes(name), &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error}"))
}
