//! The use cases of sensors, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod activities;
mod add_chunk;
mod add_readings;
mod alerts;
mod backlog;
mod chart;
mod close_hours;
mod consents;
mod delete_device;
mod erasing;
mod files;
mod histories;
mod republish;
mod silence;
mod support;
