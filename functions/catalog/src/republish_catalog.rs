//! Publishes everything again that the catalog announced and still knows: for a new replica of prices, for what a
//! stream lost, after a restore. The events and their ids are those of `relay-catalog`; consumers recognise what they
//! know.

use crate::relay_catalog::relay_catalog;
use contracts::catalog::Published;
use platform::{Change, Error, Function, relay};

/// Started by an operator
pub fn function() -> Function {
    relay::republish(republish_catalog)
}

/// The events of one item, as the relay makes them.
pub async fn republish_catalog(change: Change) -> Result<Vec<Published>, Error> {
    relay_catalog(change).await
}
