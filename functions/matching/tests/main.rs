//! The use cases of matching, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod availability;
mod cost;
mod decide_request;
mod domain;
mod ending;
mod histories;
mod match_waiting;
mod note_job;
mod offers;
mod pipeline;
mod relay_matching;
mod rematch_request;
mod support;
