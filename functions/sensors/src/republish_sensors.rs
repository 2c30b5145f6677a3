//! Announces again what this context announced before, under the same ids: for a new replica, or after a restore.
//!
//! For operators. Walks the whole table, page by page.

use crate::relay_sensors::relay_sensors;
use contracts::sensors::Published;
use platform::{Change, Error, Function, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_sensors)
}

/// The same events as the relay's.
pub async fn republish_sensors(change: Change) -> Result<Vec<Published>, Error> {
    relay_sensors(change).await
}
