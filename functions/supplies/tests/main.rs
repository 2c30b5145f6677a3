//! The use cases of supplies, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancel_cookie;
mod close_purchase;
mod cookie;
mod depot_histories;
mod issue_supplies;
mod keep_job;
mod lapse_draw;
mod list_draws;
mod order_cookie;
mod poll_cookies;
mod purchase;
mod receive_purchase;
mod refuse_supplies;
mod reorder_supplies;
mod republish_supplies;
mod request_supplies;
mod set_service_supplies;
mod set_supply;
mod support;
mod sweep_draws;
mod vendor;
