//! What a customer is told who starts to pay: the reply, or why there is none.

use crate::attempt::{Attempt, Ending, Progress, Way};
use crate::carry_out::Carried;
use crate::provider::{ClientSecret, PaymentProvider};
use kernel::{Money, PaymentId};
use platform::Error;
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

/// Why an attempt leaves its customer nothing to do.
#[derive(Debug)]
pub enum Nothing {
    /// It has ended.
    Ended,
    /// The provider does not take such a payment.
    NotTaken {
        /// The provider's word for why.
        reason: String,
    },
    /// The bank declined it.
    Declined {
        /// The provider's word for why.
        reason: String,
    },
    /// What became of it is not known yet.
    Yet(Error),
}

impl StartedPayment {
    /// The reply for an attempt, the same at each repetition once the provider has answered.
    fn of(attempt: &Attempt, secret: Option<ClientSecret>) -> Result<Self, Nothing> {
        let charged = matches!(attempt.way, Way::Saved { .. });
        let state = match (&attempt.progress, &attempt.declined) {
            (Progress::Planned | Progress::Opening { .. } | Progress::Charging { .. }, _) => {
                return Err(Nothing::Yet(Error::unavailable(format!(
                    "{} is not known to the provider yet",
                    attempt.id
                ))));
            }
            (_, Some(reason)) if charged && !attempt.action_required => {
                return Err(Nothing::Declined { reason: reason.clone() });
            }
            (Progress::Ended { why: Ending::Refused { code } }, _) => {
                return Err(Nothing::NotTaken { reason: code.clone() });
            }
            (Progress::Ended { .. }, _) => return Err(Nothing::Ended),
            (Progress::Open { .. } | Progress::Captured { .. }, _) if attempt.action_required => {
                StartedState::ActionRequired
            }
            (Progress::Captured { .. }, _) if charged => StartedState::Succeeded,
            (Progress::Open { .. }, _) if charged => return Err(Nothing::Ended),
            (Progress::Open { .. } | Progress::Captured { .. }, _) => StartedState::Open,
        };
        let client_secret = secret.filter(|_| state != StartedState::Succeeded).map(ClientSecret::reveal);
        Ok(StartedPayment { id: attempt.id, state, client_secret, amount: attempt.amount })
    }

    /// Whether the reply needs the client secret.
    fn needs_secret(attempt: &Attempt) -> bool {
        let charged = matches!(attempt.way, Way::Saved { .. });
        attempt.action_required || (!charged && attempt.intent().is_some())
    }
}

/// What to tell who started attempt `id`, whose calls were carried out.
pub async fn told<P: PaymentProvider>(
    provider: &P,
    carried: Carried,
    id: PaymentId,
) -> Result<StartedPayment, Nothing> {
    let missing = || Nothing::Yet(Error::broken(format!("{id} was not kept")));
    let attempt = carried.payment.value.attempt(id).ok_or_else(missing)?;
    let secret = carried.secrets.into_iter().rev().find(|(of, _)| *of == id).map(|(_, secret)| secret);
    let secret = match (secret, attempt.intent()) {
        // A repetition: the secret is kept by nobody but the provider.
        (None, Some(intent)) if StartedPayment::needs_secret(attempt) => {
            provider.ask(intent).await.map_err(|trouble| Nothing::Yet(trouble.into()))?.secret
        }
        (secret, _) => secret,
    };
    StartedPayment::of(attempt, secret)
}
