//! The catalog set all goods of an order aside: the order is *reserved*.
//!
//! Consumes `catalog.stock-reserved.v1`. An order that was cancelled in between stays cancelled: the catalog hears of
//! that too and releases the goods. Repeated and late events change nothing.

use crate::order::Order;
use crate::store;
use contracts::catalog::StockReserved;
use platform::{Decision, Error, Function, Now, On, Stored, Table, events};

/// On `catalog.stock-reserved.v1`
pub fn function() -> Function {
    events::on(mark_reserved)
}

/// Moves the order from *placed* to *reserved*.
pub async fn mark_reserved(reserved: On<StockReserved>, Now(now): Now, orders: Table) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.ok_or_else(|| Error::unavailable(format!("{} is not here yet", reserved.order)))?;
        Ok(order.value.reserved(now).map_or(Decision::Keep, |order| Decision::To(order, Vec::new())))
    };
    orders.advance(&store::order_key(reserved.order), decide).await
}
