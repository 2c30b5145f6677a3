//! The use cases of payments, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod breaks;
mod close_payment;
mod get_payment;
mod histories;
mod invoices;
mod model;
mod payable;
mod payment;
mod payment_methods;
mod poll_payments;
mod purpose;
mod reconcile_payments;
mod refund_return;
mod relay_payments;
mod start_payment;
mod stripe_forms;
mod stripe_webhook;
mod support;
mod top_ups;
mod webhook_news;
