//! Publishes what changes of orders announce: each step of an order, and each return.
//!
//! Reads the stream of the orders table; writes nothing. The lines of a large order are read from the items that
//! were written with it and never change, so the event is the same at each repetition.

use crate::order::{Order, OrderEvent};
use crate::returning::{Return, ReturnEvent};
use crate::store;
use contracts::orders::{
    OrderCancelled, OrderDelivered, OrderExpired, OrderExpiring, OrderPacked, OrderPaid, OrderPlaced, OrderRefunded,
    OrderRejected, OrderReserved, OrderReturned, OrderShipped, OrderedLine, Published,
};
use platform::{Change, Error, Function, Item, TableReader, relay};

/// The relay of the orders table
pub fn function() -> Function {
    relay::from_outbox(relay_orders)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_orders(change: Change, orders: TableReader) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Order::KIND => {
            let (order, outbox) = change.read::<Order>()?;
            let mut events = Vec::with_capacity(outbox.events.len());
            for event in outbox.events {
                events.push(step(&orders, &order, event).await?);
            }
            Ok(events)
        }
        Return::KIND => {
            let (back, outbox) = change.read::<Return>()?;
            Ok(outbox.events.into_iter().map(|ReturnEvent::Returned| returned(&back).into()).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

async fn step(orders: &TableReader, order: &Order, event: OrderEvent) -> Result<Published, Error> {
    let (total, customer, tracking) = (order.total(), order.customer, order.tracking.clone());
    let order_id = order.id;
    Ok(match event {
        OrderEvent::Placed => placed(orders, order).await?.into(),
        OrderEvent::Reserved => {
            let pay_until = order.pay_until.ok_or_else(|| Error::broken(format!("{order_id} has no time to pay")))?;
            OrderReserved { order: order_id, customer, total, pay_until }.into()
        }
        OrderEvent::Rejected => OrderRejected { order: order_id, customer }.into(),
        OrderEvent::Cancelled => OrderCancelled { order: order_id, customer }.into(),
        OrderEvent::Expiring => OrderExpiring { order: order_id, customer }.into(),
        OrderEvent::Expired => OrderExpired { order: order_id, customer }.into(),
        OrderEvent::Paid => OrderPaid { order: order_id, customer, total }.into(),
        OrderEvent::Packed => OrderPacked { order: order_id, customer }.into(),
        OrderEvent::Shipped => OrderShipped { order: order_id, customer, tracking }.into(),
        OrderEvent::Delivered => OrderDelivered { order: order_id, customer }.into(),
        OrderEvent::Refunded(minor) => OrderRefunded { order: order_id, customer, amount: order.money(minor) }.into(),
    })
}

async fn placed(orders: &TableReader, order: &Order) -> Result<OrderPlaced, Error> {
    let lines = store::lines(orders, order).await?;
    let lines = lines.into_iter().map(|line| OrderedLine { sku: line.sku, quantity: line.quantity });
    Ok(OrderPlaced {
        order: order.id,
        customer: order.customer,
        lines: lines.collect(),
        total: order.total(),
    })
}

fn returned(back: &Return) -> OrderReturned {
    let lines = back.lines.iter().map(|line| OrderedLine { sku: line.sku.clone(), quantity: line.quantity });
    OrderReturned {
        return_id: back.id,
        order: back.order,
        customer: back.customer,
        lines: lines.collect(),
        refund: back.refund,
    }
}
