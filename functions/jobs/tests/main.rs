//! The use cases of jobs, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancel_job;
mod close_missed_jobs;
mod course;
mod create_job;
mod histories;
mod look_at_jobs;
mod note_supplies;
mod photos;
mod republish_jobs;
mod reviews;
mod start_job;
mod steps;
mod support;
