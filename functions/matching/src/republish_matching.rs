//! Announces again what this context announced before, under the same ids: for a new replica, or after a restore.
//!
//! Started by an operator, page by page; writes nothing.

use crate::relay_matching::relay_matching;
use contracts::matching::Published;
use platform::{Change, Error, Function, relay};

/// Everything of the matching table, again
pub fn function() -> Function {
    relay::republish(republish_matching)
}

/// The events of one change, as its relay made them.
pub async fn republish_matching(change: Change) -> Result<Vec<Published>, Error> {
    relay_matching(change).await
}
