//! The use cases of billing, each against the embedded cloud, and the pure domain beneath them.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod adjustments;
mod balances;
mod book;
mod calendar;
mod closed_weeks;
mod crowd;
mod domain;
mod golden_hat_webhook;
mod histories;
mod interrupted;
mod invoices;
mod jobs;
mod payouts;
mod relay_billing;
mod runs;
mod support;
mod tariff;
mod teller;
