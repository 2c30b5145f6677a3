//! Staff handed an order over to the carrier.
//!
//! Called by a manager. Writes the order as *shipped* and announces `orders.order-shipped.v1`. Who repeats it changes
//! nothing and gets the same reply; an order that is not so far yet, or has ended, is refused.

use crate::life::WrongState;
use crate::order::{Order, State};
use crate::store;
use derive::Refusal;
use kernel::{OrderId, Text, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Json, Path, Staff};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the order goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"tracking": "RM123456785GB"}))]
pub struct ShipOrder {
    /// The carrier's number to follow it by.
    #[serde(default)]
    pub tracking: Option<Text<1, 64>>,
}

/// The order as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ShippedOrder {
    /// Names it.
    pub id: OrderId,
    /// How far it is.
    pub state: State,
    /// When it was shipped.
    pub shipped_at: Timestamp,
}

/// Why an order is not shipped.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order cannot be shipped.
    #[problem(409, "not-shippable", "Only a packed order can be shipped.")]
    NotShippable {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/orders/{order}/ship`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/ship", ship_order)
}

/// Decides on the order as it stands, and writes that if nobody was faster.
pub async fn ship_order(
    _: Staff<Manager>,
    Path(id): Path<OrderId>,
    Json(request): Json<ShipOrder>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<ShippedOrder>, Failure<Refused>> {
    let tracking = request.tracking.as_ref().map(Text::as_str);
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.ok_or_else(http::not_found)?;
        Ok(order
            .value
            .ship(tracking, now)?
            .map_or(Decision::Keep, |(order, events)| Decision::To(order, events)))
    };
    let order = orders.change(&store::order_key(id), decide).await?.ok_or_else(http::not_found)?;
    let shipped_at = order.value.came_to(State::Shipped).unwrap_or(now);
    Ok(http::Ok::at(order.version, ShippedOrder { id, state: order.value.state, shipped_at }))
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotShippable { state })
    }
}
