//! Staff handed an order over to the carrier.
//!
//! Called by a manager. Writes the order as *shipped* and announces `orders.order-shipped.v1`. Who repeats it changes
//! nothing and gets the same reply, but with another tracking number is refused: the customer was told the first one.
//! An order that is not packed is refused as well.

use crate::fulfilment::{StepTaken, take_step};
use crate::life::WrongState;
use crate::order::{Order, State};
use derive::Refusal;
use kernel::{OrderId, Text};
use platform::http::caller::Manager;
use platform::http::{self, Json, Path, Staff};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// How the order goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"tracking": "RM123456785GB"}))]
pub struct ShipOrder {
    /// The carrier's number to follow it by.
    #[serde(default)]
    pub tracking: Option<Text<1, 64>>,
}

/// Why an order is not shipped.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order is not ready for this step.
    #[problem(409, "not-ready", "An order is packed once it is paid, then shipped, then delivered.")]
    NotReady {
        /// The state it is in.
        state: State,
    },
    /// The order was shipped under another tracking number.
    #[problem(409, "tracked-otherwise", "The customer was told how to follow it; that stays as it is.")]
    TrackedOtherwise {
        /// Its tracking number, if it has one.
        tracking: Option<String>,
    },
}

/// `POST /v1/orders/{order}/ship`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/ship", ship_order)
}

/// Moves the order from *packed* to *shipped*.
pub async fn ship_order(
    _: Staff<Manager>,
    Path(id): Path<OrderId>,
    Json(request): Json<ShipOrder>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    let tracking = request.tracking.as_ref().map(Text::as_str);
    let step = |order: &Order| match order.ship(tracking, now)? {
        None if order.tracking.as_deref() != tracking => {
            Err(Refused::TrackedOtherwise { tracking: order.tracking.clone() }.into())
        }
        next => Ok(next),
    };
    take_step(&orders, id, State::Shipped, step).await
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotReady { state })
    }
}
