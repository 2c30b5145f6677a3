//! Publishes what changes of orders announce: `orders.order-placed.v1`, `orders.order-cancelled.v1`.
//!
//! Reads the stream of the orders table; writes nothing. The lines of a large order are read from the items that
//! were written with it and never change, so the event is the same at each repetition.

use crate::order::{Order, OrderEvent};
use crate::store;
use contracts::orders::{OrderCancelled, OrderPlaced, OrderedLine, Published};
use platform::{Change, Error, Function, Item, TableReader, relay};

/// The relay of the orders table
pub fn function() -> Function {
    relay::from_outbox(relay_orders)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_orders(change: Change, orders: TableReader) -> Result<Vec<Published>, Error> {
    if change.kind() != Order::KIND {
        return Err(Error::broken(format!("{} announces nothing", change.key)));
    }
    let (order, outbox) = change.read::<Order>()?;
    let mut events = Vec::with_capacity(outbox.events.len());
    for event in outbox.events {
        events.push(match event {
            OrderEvent::Placed => placed(&orders, &order).await?.into(),
            OrderEvent::Cancelled => OrderCancelled { order: order.id, customer: order.customer }.into(),
        });
    }
    Ok(events)
}

async fn placed(orders: &TableReader, order: &Order) -> Result<OrderPlaced, Error> {
    let lines = store::lines(orders, order).await?;
    Ok(OrderPlaced {
        order: order.id,
        customer: order.customer,
        lines: lines.into_iter().map(|line| OrderedLine { sku: line.sku, quantity: line.quantity }).collect(),
        total: order.total(),
    })
}
