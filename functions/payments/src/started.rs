//! What a customer is told who starts to pay: the reply, or why there is none.

use crate::attempt::{Attempt, Ending, Progress, Way};
use crate::payment::NotStartable;
use crate::provider::ClientSecret;
use derive::Refusal;
use kernel::{Money, OrderId, PaymentId};
use platform::http::Created;
use platform::{Error, Failure};
use schemars::JsonSchema;
use serde::Serialize;

/// A payment as it was started. Read it again to see how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct StartedPayment {
    /// Names it.
    pub id: PaymentId,
    /// What is to be done.
    pub state: StartedState,
    /// For the provider's client library, to pay or to authenticate with. Keep it to yourself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
    /// What is to be paid.
    pub amount: Money,
}

/// What is to be done about a payment that was started.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartedState {
    /// The customer pays with the client secret, in the provider's form.
    Open,
    /// The bank wants to see the customer: the client secret leads there.
    ActionRequired,
    /// Nothing: the saved method was charged.
    Succeeded,
}

/// Why a payment is not started, or came to nothing.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order is paid.
    #[problem(409, "already-paid", "There is nothing to pay.")]
    AlreadyPaid,
    /// The order cannot be paid yet.
    #[problem(409, "not-payable-yet", "Its goods are being set aside. Pay it once the order is reserved.")]
    NotPayableYet,
    /// The order cannot be paid any more.
    #[problem(409, "not-payable", "The time to pay is over, or the order was cancelled. Place another order.")]
    NotPayable,
    /// There were too many attempts to pay the order.
    #[problem(409, "too-many-attempts", "Place another order, or ask the support.")]
    TooManyAttempts,
    /// The payment has ended.
    #[problem(409, "payment-ended", "Another one took its place, or its order has ended. Start one with a new key.")]
    PaymentEnded,
    /// The saved method is unknown.
    #[problem(422, "payment-method-unknown", "List the saved methods and name one of them.")]
    MethodUnknown,
    /// A saved method cannot be saved again.
    #[problem(422, "payment-method-saved", "Either name a saved method, or ask for a new one to be saved.")]
    SavedAlready,
    /// The provider does not take such a payment.
    #[problem(422, "amount-not-payable", "The payment provider does not take this amount or currency ({reason}).")]
    NotTaken {
        /// The provider's word for why.
        reason: String,
    },
    /// The bank declined the payment.
    #[problem(402, "payment-declined", "The bank says {reason}. Pay in another way, with a new key.")]
    Declined {
        /// The provider's word for why.
        reason: String,
    },
}

impl From<NotStartable> for Failure<Refused> {
    fn from(reason: NotStartable) -> Self {
        Failure::Refused(match reason {
            NotStartable::Paid => Refused::AlreadyPaid,
            NotStartable::Closed => Refused::NotPayable,
            NotStartable::TooMany => Refused::TooManyAttempts,
        })
    }
}

impl StartedPayment {
    /// The reply for an attempt, the same at each repetition once the provider has answered.
    pub fn of(
        order: OrderId,
        attempt: &Attempt,
        secret: Option<ClientSecret>,
    ) -> Result<Created<Self>, Failure<Refused>> {
        let charged = matches!(attempt.way, Way::Saved { .. });
        let state = match (&attempt.progress, &attempt.declined) {
            (Progress::Planned | Progress::Opening { .. } | Progress::Charging { .. }, _) => {
                return Err(Error::unavailable(format!("{} is not known to the provider yet", attempt.id)).into());
            }
            (_, Some(reason)) if charged && !attempt.action_required => {
                return Err(Refused::Declined { reason: reason.clone() }.into());
            }
            (Progress::Ended { why: Ending::Refused { code } }, _) => {
                return Err(Refused::NotTaken { reason: code.clone() }.into());
            }
            (Progress::Ended { .. }, _) => return Err(Refused::PaymentEnded.into()),
            (Progress::Open { .. } | Progress::Captured { .. }, _) if attempt.action_required => {
                StartedState::ActionRequired
            }
            (Progress::Captured { .. }, _) if charged => StartedState::Succeeded,
            (Progress::Open { .. }, _) if charged => return Err(Refused::PaymentEnded.into()),
            (Progress::Open { .. } | Progress::Captured { .. }, _) => StartedState::Open,
        };
        let client_secret = secret.filter(|_| state != StartedState::Succeeded).map(ClientSecret::reveal);
        Ok(Created {
            location: format!("/v1/orders/{order}/payments"),
            body: StartedPayment { id: attempt.id, state, client_secret, amount: attempt.amount },
        })
    }

    /// Whether the reply needs the client secret.
    pub fn needs_secret(attempt: &Attempt) -> bool {
        let charged = matches!(attempt.way, Way::Saved { .. });
        attempt.action_required || (!charged && attempt.intent().is_some())
    }
}
