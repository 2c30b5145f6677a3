//! The time to pay for an order is over: it is *expiring*.
//!
//! Consumes `orders.order-reserved.v1` from a queue that holds it back for 15 minutes. Announces
//! `orders.order-expiring.v1`: payments then cancels what is open, and says whether a payment came first. An order that
//! was paid or has ended stays as it is. What this misses, `sweep-orders` finds.

use crate::store;
use contracts::orders::OrderReserved;
use platform::{Error, Function, Now, On, Table, events};
use std::time::Duration;

/// As long as a queue can hold a message back.
const DELAY: Duration = Duration::from_secs(15 * 60);

/// On `orders.order-reserved.v1`, a quarter of an hour later
pub fn function() -> Function {
    events::on(expire_order).delayed(DELAY)
}

/// Moves the order from *reserved* to *expiring*.
pub async fn expire_order(reserved: On<OrderReserved>, Now(now): Now, orders: Table) -> Result<(), Error> {
    if now < reserved.pay_until {
        return Err(Error::unavailable(format!("{} may be paid until {}", reserved.order, reserved.pay_until)));
    }
    store::advance(&orders, reserved.order, |order| Ok(order.unpaid(now))).await
}
