//! Announces again what this context announced before, under the same ids: for a new replica, or after a restore.
//!
//! Started by an operator, page by page; writes nothing. Pages of runs are announced too, and found to be turned.

use crate::relay_billing::relay_billing;
use contracts::billing::Published;
use platform::{Change, Error, Function, relay};

/// Everything of the billing table, again
pub fn function() -> Function {
    relay::republish(republish_billing)
}

/// The events of one change, as its relay made them.
pub async fn republish_billing(change: Change) -> Result<Vec<Published>, Error> {
    relay_billing(change).await
}
