//! An order was paid.
//!
//! Consumes `payments.payment-succeeded.v1`, announces `orders.order-paid.v1`: the goods leave the shelf for good. A
//! payment that comes while the order is expiring wins; one that overtakes the reservation is waited with. One that
//! comes after the order has ended, or is for another amount, changes nothing here: payments gives it back. Repeated
//! events change nothing.

use crate::life::Payment;
use crate::order::Order;
use crate::store;
use contracts::payments::PaymentSucceeded;
use platform::{Error, Function, Now, On, Table, events};

/// On `payments.payment-succeeded.v1`
pub fn function() -> Function {
    events::on(mark_paid)
}

/// Moves the order from *reserved* or *expiring* to *paid*.
pub async fn mark_paid(paid: On<PaymentSucceeded>, Now(now): Now, orders: Table) -> Result<(), Error> {
    let step = |order: &Order| match order.paid(paid.amount, now) {
        Payment::Paid(next) => Ok(Some(*next)),
        Payment::TooEarly => Err(Error::unavailable(format!("{} is not reserved yet", order.id))),
        Payment::Unneeded => Ok(None),
    };
    store::advance(&orders, paid.order, step).await
}
