//! Announces again what identity announced before, for who must know all accounts and came later.
//!
//! Called by an operator, page by page. Codes that went out are announced again as well; notifications lets them go,
//! because they have expired or were sent.

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
