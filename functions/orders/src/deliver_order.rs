//! An order was handed over to its customer.
//!
//! Called by a manager. Writes the order as *delivered* and announces `orders.order-delivered.v1`; from now on it can be
//! returned. Who repeats it changes nothing and gets the same reply; an order that was not shipped is refused.

use crate::fulfilment::{Refused, StepTaken, take_step};
use crate::order::State;
use kernel::OrderId;
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, Now, Table};

/// `POST /v1/orders/{order}/deliver`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/deliver", deliver_order)
}

/// Moves the order from *shipped* to *delivered*.
pub async fn deliver_order(
    _: Staff<Manager>,
    Path(id): Path<OrderId>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    take_step(&orders, id, State::Delivered, |order| Ok(order.deliver(now)?)).await
}
