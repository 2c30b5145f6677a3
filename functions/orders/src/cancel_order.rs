//! A customer cancels an order.
//!
//! Called by the order's customer with an `Idempotency-Key`, until the order is packed; the same key again gets the same
//! reply. Writes the order as *cancelled* and announces `orders.order-cancelled.v1`; the catalog then releases the
//! goods, or never reserves them if the cancellation overtakes the order, and payments gives back what was paid.

use crate::life::WrongState;
use crate::order::{Command, Order, State};
use crate::store;
use derive::Refusal;
use kernel::{OrderId, Text, Timestamp};
use platform::http::{self, Customer, IdempotencyKey, Json, Path};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The wish to cancel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "Ordered twice"}))]
pub struct CancelOrder {
    /// Why, in the customer's words.
    #[serde(default)]
    pub reason: Option<Text<1, 500>>,
}

/// The order is cancelled.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CancelledOrder {
    /// Names it.
    pub id: OrderId,
    /// Always `cancelled`.
    pub state: State,
    /// When it was cancelled.
    pub cancelled_at: Timestamp,
}

/// Why an order is not cancelled.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order cannot be cancelled any more.
    #[problem(
        409,
        "not-cancellable",
        "An order can be cancelled until it is packed. What was delivered can be returned."
    )]
    NotCancellable {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/orders/{order}/cancel`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/cancel", cancel_order)
}

/// Decides on the order as it stands, and writes that if nobody was faster.
pub async fn cancel_order(
    customer: Customer,
    key: IdempotencyKey,
    Path(id): Path<OrderId>,
    Json(request): Json<CancelOrder>,
    Now(now): Now,
    orders: Table,
) -> Result<http::Ok<CancelledOrder>, Failure<Refused>> {
    let command = Command {
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
        reason: request.reason.map(|reason| reason.as_str().to_owned()),
    };
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.map(|order| &order.value).filter(|order| order.customer == customer.account);
        let order = order.ok_or_else(http::not_found)?;
        if let Some(known) = order.cancelled_by.as_ref().filter(|known| known.key == command.key) {
            key.replays(&known.fingerprint)?;
            return Ok(Decision::Keep);
        }
        let (order, events) = order.cancel(command.clone(), now)?;
        Ok(Decision::To(order, events))
    };
    let order = orders.change(&store::order_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let cancelled_at = order.came_to(State::Cancelled).unwrap_or(order.placed_at);
    Ok(http::Ok {
        version: None,
        body: CancelledOrder { id, state: order.state, cancelled_at },
    })
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotCancellable { state })
    }
}
