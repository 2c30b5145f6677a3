//! Announces again what this context announced before, under the same ids: for a new replica, or after a restore.
//!
//! Started by an operator, page by page; writes nothing.

use crate::relay_partners::relay_partners;
use contracts::partners::Published;
use platform::{Change, Error, Function, relay};

/// Everything of the partners table, again
pub fn function() -> Function {
    relay::republish(republish_partners)
}

/// The events of one change, as its relay made them.
pub async fn republish_partners(change: Change) -> Result<Vec<Published>, Error> {
    relay_partners(change).await
}
