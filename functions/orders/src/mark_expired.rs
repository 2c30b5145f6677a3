//! Nothing was paid for an order and nothing will be: it is *expired*.
//!
//! Consumes `payments.payment-closed.v1`, announces `orders.order-expired.v1`; the catalog then releases the goods. Only
//! an order that is expiring ends this way. Repeated and late events change nothing.

use crate::store;
use contracts::payments::PaymentClosed;
use platform::{Error, Function, Now, On, Table, events};

/// On `payments.payment-closed.v1`
pub fn function() -> Function {
    events::on(mark_expired)
}

/// Moves the order from *expiring* to *expired*.
pub async fn mark_expired(closed: On<PaymentClosed>, Now(now): Now, orders: Table) -> Result<(), Error> {
    store::advance(&orders, closed.order, |order| Ok(order.expired(now))).await
}
