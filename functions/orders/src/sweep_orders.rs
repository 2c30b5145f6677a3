//! Finds orders whose next step was missed: once a day, over the whole table.
//!
//! An order that is *reserved* and past its time becomes *expiring*, as `expire-order` would have made it. One that has
//! been *placed* or *expiring* for an hour announces that once more: what should have followed was lost on the way
//! (its message is among somebody's dead letters). Announcing twice is harmless, so a second run is as well.

use crate::life::Next;
use crate::order::{Order, OrderEvent, State};
use crate::store;
use kernel::Timestamp;
use platform::{Error, Function, Now, Scheduled, Table, TableWalk, schedule};
use std::time::Duration;

/// By then what follows a step has happened, or never will by itself.
const LATE: Duration = Duration::from_secs(3600);

/// Each day
pub fn function() -> Function {
    schedule::daily(2, 30, sweep_orders)
}

/// Walks through all orders and moves on those that are late.
pub async fn sweep_orders(_: Scheduled, Now(now): Now, walk: TableWalk, orders: Table) -> Result<(), Error> {
    let mut from = None;
    loop {
        let page = walk.page::<Order>(from.as_ref()).await?;
        for order in page.items.iter().filter(|order| late(&order.value, now).is_some()) {
            store::advance(&orders, order.value.id, |order| late(order, now)).await?;
        }
        from = page.next;
        if from.is_none() {
            return Ok(());
        }
    }
}

/// What a late order does next.
fn late(order: &Order, now: Timestamp) -> Option<Next> {
    let since = order.timeline.last().map_or(order.placed_at, |step| step.at);
    match order.state {
        State::Reserved => order.unpaid(now),
        State::Placed if since.after(LATE) <= now => Some((order.clone(), vec![OrderEvent::Placed])),
        State::Expiring if since.after(LATE) <= now => Some((order.clone(), vec![OrderEvent::Expiring])),
        _ => None,
    }
}
