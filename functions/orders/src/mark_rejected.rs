//! The catalog has not enough of something: the order is *rejected*.
//!
//! Consumes `catalog.stock-rejected.v1` and keeps what was short, for the customer to see. An order that was
//! cancelled in between stays cancelled. Repeated and late events change nothing.

use crate::order::Order;
use crate::store;
use contracts::catalog::StockRejected;
use platform::{Decision, Error, Function, Now, On, Stored, Table, events};

/// On `catalog.stock-rejected.v1`
pub fn function() -> Function {
    events::on(mark_rejected)
}

/// Moves the order from *placed* to *rejected*.
pub async fn mark_rejected(rejected: On<StockRejected>, Now(now): Now, orders: Table) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.ok_or_else(|| Error::unavailable(format!("{} is not here yet", rejected.order)))?;
        let next = order.value.rejected(rejected.short.clone(), now);
        Ok(next.map_or(Decision::Keep, |order| Decision::To(order, Vec::new())))
    };
    orders.advance(&store::order_key(rejected.order), decide).await
}
