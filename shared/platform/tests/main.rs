//! The platform under a context of its own, `things`: writes whose replies are lost, transactions, errors.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod due;
mod errors;
mod lost_replies;
mod requests;
mod things;
mod transactions;
