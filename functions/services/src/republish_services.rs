//! Announces every service as it is, and every step of every request again, under the ids of the first time.
//!
//! For operators: after a restore, for a new consumer, for what a stream lost. Walks the whole table, page by page.

use crate::relay_services::relay_services;
use contracts::services::Published;
use platform::{Change, Error, Function, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_services)
}

/// The same events as the relay's.
pub async fn republish_services(change: Change) -> Result<Vec<Published>, Error> {
    relay_services(change).await
}
