//! Tests across the modules, in one binary: each one is a link step.

#![allow(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod batch;
mod decision;
mod pipeline;
mod replay;
mod world;
