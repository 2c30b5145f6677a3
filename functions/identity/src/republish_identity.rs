//! Announces again what identity announced before, for who must know all accounts and came later.
//!
//! Called by an operator, page by page. Accounts, verified contacts and changes of roles are announced in full. What
//! concerned a moment (a code, a lock, a session that was ended) is announced again only if it was the last to happen
//! there; who hears of it sees from its time that it is over.

use crate::relay_identity::relay_identity;
use contracts::identity::Published;
use platform::{Change, Error, Function, relay};

/// Walks the identity table
pub fn function() -> Function {
    relay::republish(republish_identity)
}

/// The same events as the relay's.
pub async fn republish_identity(change: Change) -> Result<Vec<Published>, Error> {
    relay_identity(change).await
}
