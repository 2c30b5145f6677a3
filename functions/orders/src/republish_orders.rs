//! Announces every step of every order again, under the ids of the first time.
//!
//! For operators: after a restore, for a new consumer, for what a stream lost. Walks the whole table, page by page.

use crate::relay_orders::relay_orders;
use contracts::orders::Published;
use platform::{Change, Error, Function, TableReader, relay};

/// Called by an operator
pub fn function() -> Function {
    relay::republish(republish_orders)
}

/// The same events as the relay's.
pub async fn republish_orders(change: Change, orders: TableReader) -> Result<Vec<Published>, Error> {
    relay_orders(change, orders).await
}
