//! A customer pays something onto the own balance.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply. The reply holds a
//! client secret, with which the customer pays in the provider's form within an hour; whether that succeeded, the
//! provider's webhook says. What the provider is asked for is stored first; where its answer is lost, the same request
//! goes on from there. Followed by `payments.balance-topped-up.v1`, once.

use crate::carry_out::carry_out;
use crate::payment::Payment;
use crate::started::{Nothing, StartedState, told};
use crate::store::payment_key;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use crate::top_up::{BusinessCurrency, attempt_id, is_possible};
use derive::Refusal;
use kernel::{Money, TopUpId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json};
use platform::{Decision, Error, Failure, Function, Now, Partner, Secret, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is to be paid onto the balance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"amount": {"amount_minor": 50_000, "currency": "RUB"}}))]
pub struct TopUpBalance {
    /// How much: 1 to 500,000 in the currency of the business.
    pub amount: Money,
}

/// A top-up as it was started. Read it again to see how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StartedTopUp {
    /// Names it.
    pub id: TopUpId,
    /// What is to be done: it waits for the customer to pay.
    pub state: StartedState,
    /// For the provider's client library, to pay with. Keep it to yourself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is to be paid.
    pub amount: Money,
}

/// Why nothing is paid onto a balance.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The amount is not possible.
    #[problem(422, "top-up-not-possible", "Pay between 1 and 500,000, in the currency of the business.")]
    NotPossible,
    /// The time to pay is over.
    #[problem(409, "top-up-over", "The time to pay is over. Start another one with a new key.")]
    Over,
    /// The provider does not take such a payment.
    #[problem(422, "amount-not-payable", "The payment provider does not take this amount or currency ({reason}).")]
    NotTaken {
        /// The provider's word for why.
        reason: String,
    },
}

/// `POST /v1/top-ups`
pub fn function() -> Function {
    http::post("/v1/top-ups", top_up_balance)
}

/// Stores the top-up, has the provider open it, and says with what it can be paid.
pub async fn top_up_balance(
    customer: Customer,
    key: IdempotencyKey,
    Json(request): Json<TopUpBalance>,
    Now(now): Now,
    payments: Table,
    Setting(currency): Setting<BusinessCurrency>,
    (api, api_key): (Partner<StripeApi>, Secret<StripeKey>),
) -> Result<Created<StartedTopUp>, Failure<Refused>> {
    let (id, stripe): (TopUpId, _) = (key.id(), Stripe::new(api, api_key));
    let attempt = attempt_id(id);
    let decide = |found: Option<&Stored<Payment>>| {
        if let Some(known) = found.and_then(|found| found.value.attempt(attempt)) {
            key.replays(&known.request)?;
            return Ok(Decision::Keep);
        }
        if !is_possible(request.amount, currency) {
            return Err(Refused::NotPossible.into());
        }
        let (payment, events) = Payment::of_top_up(id, customer.account, key.fingerprint(), request.amount, now);
        Ok(Decision::To(payment, events))
    };
    let payment = payments.change(&payment_key(id), decide).await?;
    let payment = payment.ok_or_else(|| Error::broken(format!("{id} was not kept")))?;
    let carried = carry_out(&payments, &stripe, payment, now).await?;
    let started = told(&stripe, carried, attempt).await?;
    Ok(Created {
        location: format!("/v1/top-ups/{id}"),
        body: StartedTopUp {
            id,
            state: started.state,
            client_secret: started.client_secret,
            amount: started.amount,
        },
    })
}

impl From<Nothing> for Failure<Refused> {
    fn from(nothing: Nothing) -> Self {
        Failure::Refused(match nothing {
            Nothing::Ended => Refused::Over,
            Nothing::NotTaken { reason } | Nothing::Declined { reason } => Refused::NotTaken { reason },
            Nothing::Yet(error) => return Failure::Failed(error),
        })
    }
}
