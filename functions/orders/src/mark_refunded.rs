//! Money of an order went back to its customer.
//!
//! Consumes `payments.refund-succeeded.v1`, keeps the refund with the order and announces `orders.order-refunded.v1`.
//! A refund that is known changes nothing; one in another currency than the order's is for people to look into.

use crate::order::Order;
use crate::store;
use contracts::payments::RefundSucceeded;
use platform::{Error, Function, On, Table, events};

/// On `payments.refund-succeeded.v1`
pub fn function() -> Function {
    events::on(mark_refunded)
}

/// Adds the refund to the order.
pub async fn mark_refunded(refunded: On<RefundSucceeded>, orders: Table) -> Result<(), Error> {
    let step = |order: &Order| order.refund(refunded.refund, refunded.amount).map_err(Error::broken);
    store::advance(&orders, refunded.order, step).await
}
