//! Announces every step of every job again, under the ids of the first time.
//!
//! For operators: after a restore, for a new consumer, for what a stream lost. Walks the whole table, page by page.

use crate::relay_jobs::relay_jobs;
use contracts::jobs::Published;
use platform::{Change, Error, Function, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_jobs)
}

/// The same events as the relay's.
pub async fn republish_jobs(change: Change) -> Result<Vec<Published>, Error> {
    relay_jobs(change).await
}
