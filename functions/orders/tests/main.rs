//! The use cases of orders, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancel_order;
mod cart;
mod change_cart;
mod deliver_order;
mod delivery;
mod domain;
mod empty_cart;
mod expire_order;
mod figures;
mod fulfilment;
mod get_cart;
mod get_order;
mod get_receipt;
mod histories;
mod keep_price;
mod life;
mod list_orders;
mod mark_expired;
mod mark_paid;
mod mark_refunded;
mod mark_rejected;
mod mark_reserved;
mod order;
mod pack_order;
mod place_order;
mod place_order_refusals;
mod pricing;
mod read_payable;
mod relay_orders;
mod republish_orders;
mod return_order;
mod returning;
mod ship_order;
mod support;
mod sweep_orders;
