//! Staff packed the goods of an order.
//!
//! Called by a manager. Writes the order as *packed* and announces `orders.order-packed.v1`. Who repeats it changes
//! nothing and gets the same reply; an order that is not so far yet, or has ended, is refused.

use crate::life::WrongState;
use crate::order::{Order, State};
use crate::store;
use derive::Refusal;
use kernel::{OrderId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// The order as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PackedOrder {
    /// Names it.
    pub id: OrderId,
    /// How far it is.
    pub state: State,
    /// When it was packed.
    pub packed_at: Timestamp,
}

/// Why an order is not packed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order cannot be packed.
    #[problem(409, "not-packable", "Only a paid order can be packed.")]
    NotPackable {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/orders/{order}/pack`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/pack", pack_order)
}

/// Decides on the order as it stands, and writes that if nobody was faster.
pub async fn pack_order(
    _: Staff<Manager>,
    Path(id): Path<OrderId>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<PackedOrder>, Failure<Refused>> {
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.ok_or_else(http::not_found)?;
        Ok(order.value.pack(now)?.map_or(Decision::Keep, |(order, events)| Decision::To(order, events)))
    };
    let order = orders.change(&store::order_key(id), decide).await?.ok_or_else(http::not_found)?;
    let packed_at = order.value.came_to(State::Packed).unwrap_or(now);
    Ok(http::Ok::at(order.version, PackedOrder { id, state: order.value.state, packed_at }))
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotPackable { state })
    }
}
