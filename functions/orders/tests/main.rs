//! The use cases of orders, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancel_order;
mod get_order;
mod keep_price;
mod mark_rejected;
mod mark_reserved;
mod order;
mod place_order;
mod place_order_refusals;
mod pricing;
mod relay_orders;
mod support;
