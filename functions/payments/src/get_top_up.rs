//! A customer looks at a top-up of the own balance.
//!
//! Called by a signed-in customer. Somebody else's top-up is not found. A strongly consistent read; what was paid is on
//! the balance a moment later.

use crate::attempt::Attempt;
use crate::payment::{Payment, Standing};
use crate::store::payment_key;
use crate::top_up::attempt_id;
use kernel::{Money, TopUpId};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A top-up as its owner sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TopUpView {
    /// Names it.
    pub id: TopUpId,
    /// How much.
    pub amount: Money,
    /// How far it is.
    pub state: TopUpState,
}

/// How far a top-up is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TopUpState {
    /// It waits for its owner to pay.
    Open,
    /// It is paid.
    Paid,
    /// It was not paid in time.
    Over,
}

/// `GET /v1/top-ups/{top_up}`
pub fn function() -> Function {
    http::get("/v1/top-ups/{top_up}", get_top_up)
}

/// Reads the payment of it.
pub async fn get_top_up(
    customer: Customer,
    Path(top_up): Path<TopUpId>,
    payments: TableReader,
) -> Result<http::Ok<TopUpView>, Failure<Infallible>> {
    let found = payments.get::<Payment>(&payment_key(top_up)).await?;
    let found = found.filter(|found| found.value.customer == customer.account).ok_or_else(http::not_found)?;
    let attempt = found.value.attempt(attempt_id(top_up)).ok_or_else(http::not_found)?;
    let body = TopUpView {
        id: top_up,
        amount: attempt.amount,
        state: state(&found.value, attempt),
    };
    Ok(http::Ok::at(found.version, body))
}

fn state(payment: &Payment, attempt: &Attempt) -> TopUpState {
    match payment.standing {
        Standing::Paid { .. } => TopUpState::Paid,
        _ if attempt.is_live() => TopUpState::Open,
        _ => TopUpState::Over,
    }
}
