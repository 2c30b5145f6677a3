//! The catalog has not enough of something: the order is *rejected*.
//!
//! Consumes `catalog.stock-rejected.v1`, announces `orders.order-rejected.v1` and keeps what was short, for the customer
//! to see. An order that was cancelled in between stays cancelled. Repeated and late events change nothing.

use crate::store;
use contracts::catalog::StockRejected;
use platform::{Error, Function, Now, On, Table, events};

/// On `catalog.stock-rejected.v1`
pub fn function() -> Function {
    events::on(mark_rejected)
}

/// Moves the order from *placed* to *rejected*.
pub async fn mark_rejected(rejected: On<StockRejected>, Now(now): Now, orders: Table) -> Result<(), Error> {
    store::advance(&orders, rejected.order, |order| Ok(order.rejected(rejected.short.clone(), now))).await
}
