//! Fulfilment: staff pack, ship and deliver what is paid. What these three steps have in common.

use crate::life::{Next, WrongState};
use crate::order::{Order, State};
use crate::store;
use derive::Refusal;
use kernel::{OrderId, Timestamp};
use platform::{Decision, Error, Failure, Stored, Table, http};
use schemars::JsonSchema;
use serde::Serialize;

/// A step of an order: the same at each repetition, however far the order is by then.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StepTaken {
    /// The order.
    pub id: OrderId,
    /// The state it came to by this step.
    pub state: State,
    /// When.
    pub at: Timestamp,
}

/// Why a step is not taken.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order is not ready for this step.
    #[problem(409, "not-ready", "An order is packed once it is paid, then shipped, then delivered.")]
    NotReady {
        /// The state it is in.
        state: State,
    },
}

/// Takes the order's step to `to` as `step` decides on it (`None`: it was taken before), and writes that if nobody was
/// faster.
pub async fn take_step<R>(
    orders: &Table,
    id: OrderId,
    to: State,
    step: impl Fn(&Order) -> Result<Option<Next>, Failure<R>>,
) -> Result<http::Ok<StepTaken>, Failure<R>> {
    let decide = |found: Option<&Stored<Order>>| {
        let next = step(&found.ok_or_else(http::not_found)?.value)?;
        Ok(next.map_or(Decision::Keep, |(order, events)| Decision::To(order, events)))
    };
    let order = orders.change(&store::order_key(id), decide).await?.ok_or_else(http::not_found)?;
    let at = order
        .value
        .came_to(to)
        .ok_or_else(|| Error::broken(format!("{id} took a step that it does not know of")))?;
    Ok(http::Ok { version: None, body: StepTaken { id, state: to, at } })
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotReady { state })
    }
}
