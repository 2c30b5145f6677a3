//! The use cases of services, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancel_service_request;
mod copy_service_request;
mod follow_job;
mod follow_match;
mod histories;
mod read_requests;
mod read_visit;
mod republish_services;
mod request_service;
mod set_service;
mod support;
mod sweep_service_requests;
mod window;
