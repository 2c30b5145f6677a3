//! Finds orders whose next step was missed: once a day, over the whole table.
//!
//! An order that is *reserved* and past its time becomes *expiring*, as `expire-order` would have made it. One that has
//! been *placed* or *expiring* for an hour announces that once more: what should have followed was lost on the way (its
//! message is among somebody's dead letters). It remembers that it did, so that a repeated start changes nothing. An
//! order that cannot be moved does not keep the others waiting.

use crate::order::Order;
use crate::store;
use platform::{Error, Function, Now, Scheduled, Table, TableWalk, schedule};

/// Each day
pub fn function() -> Function {
    schedule::daily(2, 30, sweep_orders)
}

/// Walks through all orders and moves on those that are late. Fails in the end if one of them could not be.
pub async fn sweep_orders(_: Scheduled, Now(now): Now, walk: TableWalk, orders: Table) -> Result<(), Error> {
    let (mut from, mut outcome) = (None, Ok(()));
    loop {
        let page = walk.page::<Order>(from.as_ref()).await?;
        for order in page.items.iter().filter(|order| order.value.overdue(now).is_some()) {
            let moved = store::advance(&orders, order.value.id, |order| Ok(order.overdue(now))).await;
            outcome = outcome.and(moved);
        }
        from = page.next;
        if from.is_none() {
            return outcome;
        }
    }
}
