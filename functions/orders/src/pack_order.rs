//! Staff packed the goods of an order.
//!
//! Called by a manager. Writes the order as *packed* and announces `orders.order-packed.v1`; from now on it cannot be
//! cancelled. Who repeats it changes nothing and gets the same reply; an order that is not paid is refused.

use crate::fulfilment::{Refused, StepTaken, take_step};
use crate::order::State;
use kernel::OrderId;
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, Now, Table};

/// `POST /v1/orders/{order}/pack`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/pack", pack_order)
}

/// Moves the order from *paid* to *packed*.
pub async fn pack_order(
    _: Staff<Manager>,
    Path(id): Path<OrderId>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    take_step(&orders, id, State::Packed, |order| Ok(order.pack(now)?)).await
}
