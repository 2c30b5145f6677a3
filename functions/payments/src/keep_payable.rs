//! The orders context set an order's goods aside: its customer may pay it now.
//!
//! Consumes `orders.order-reserved.v1` and keeps whose order it is, what it costs and until when it may be paid, so
//! that a payment can start without asking.

use crate::payable::Payable;
use contracts::orders::OrderReserved;
use platform::{Error, Function, On, Table, events};

/// On `orders.order-reserved.v1`
pub fn function() -> Function {
    events::on(keep_payable)
}

/// Keeps the snapshot if it is newer than what is kept.
pub async fn keep_payable(reserved: On<OrderReserved>, payments: Table) -> Result<(), Error> {
    let stamp = reserved.stamp;
    let OrderReserved { order, customer, total, pay_until } = reserved.event;
    payments.keep(&Payable { order, customer, total, pay_until }, stamp).await?;
    Ok(())
}
