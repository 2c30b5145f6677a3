//! The use cases of hiring, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod apply;
mod bank;
mod decisions;
mod domain;
mod histories;
mod republish_hiring;
mod support;
mod tests_of_candidates;
mod views;
