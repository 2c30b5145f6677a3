//! Announces all that runs, sessions and workouts announced again, under the ids of the first time.
//!
//! For operators: after a restore, for a new consumer, for what a stream lost. Walks the whole table, page by page.

use crate::relay_training::relay_training;
use contracts::training::Published;
use platform::{Change, Error, Function, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_training)
}

/// The same events as the relay's.
pub async fn republish_training(change: Change) -> Result<Vec<Published>, Error> {
    relay_training(change).await
}
