//! Announces everything of this context again, under the ids it had: for a new consumer, after a restore.
//!
//! Asked by an operator. A message that is queued again this way is sent only if it still waits.

use crate::relay_notifications::relay_notifications;
use contracts::notifications::Published;
use platform::{Change, Error, Function, relay};

/// Asked by an operator
pub fn function() -> Function {
    relay::republish(republish_notifications)
}

/// The events of one change, as the relay makes them.
pub async fn republish_notifications(change: Change) -> Result<Vec<Published>, Error> {
    relay_notifications(change).await
}
