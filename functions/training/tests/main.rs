//! The use cases of training, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod activities;
mod coaches;
mod domain;
mod library;
mod races;
mod republish;
mod runs;
mod support;
mod workouts;
