//! Announces every step of every application again, under the ids of the first time.
//!
//! For operators: after a restore, for a new consumer, for what a stream lost. Walks the whole table, page by page.

use crate::relay_hiring::relay_hiring;
use contracts::hiring::Published;
use platform::{Change, Error, Function, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_hiring)
}

/// The same events as the relay's.
pub async fn republish_hiring(change: Change) -> Result<Vec<Published>, Error> {
    relay_hiring(change).await
}
