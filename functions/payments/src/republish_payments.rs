//! Announces again what this context announced before, under the same ids: for a new replica, or after a restore.
//!
//! Started by an operator, page by page; writes nothing.

use crate::relay_payments::relay_payments;
use contracts::payments::Published;
use platform::{Change, Error, Function, relay};

/// Everything of the payments table, again
pub fn function() -> Function {
    relay::republish(republish_payments)
}

/// The events of one change, as its relay made them.
pub async fn republish_payments(change: Change) -> Result<Vec<Published>, Error> {
    relay_payments(change).await
}
