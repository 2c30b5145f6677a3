//! The catalog set all goods of an order aside: the order is *reserved*, and its customer is to pay.
//!
//! Consumes `catalog.stock-reserved.v1`, announces `orders.order-reserved.v1`; an order that costs nothing is *paid* at
//! once and announces `orders.order-paid.v1` as well. An order that was cancelled in between stays cancelled: the catalog
//! hears of that too and releases the goods. Repeated and late events change nothing.

use crate::figures::UnpaidMinutes;
use crate::store;
use contracts::catalog::StockReserved;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `catalog.stock-reserved.v1`
pub fn function() -> Function {
    events::on(mark_reserved)
}

/// Moves the order from *placed* to *reserved*.
pub async fn mark_reserved(
    reserved: On<StockReserved>,
    Now(now): Now,
    Setting(patience): Setting<UnpaidMinutes>,
    orders: Table,
) -> Result<(), Error> {
    store::advance(&orders, reserved.order, |order| Ok(order.reserved(patience, now))).await
}
