//! What a worker is paid for a week, from the plan to the money. Pure.
//!
//! ```text
//!   planned ──▶ sending ──▶ pending ──▶ paid
//!      ▲           ├───────────┴─────▶ failed
//!      └───────────┼──── again ──────────┘
//! ```
//!
//! The money is taken out of the worker's balance when a payout is planned, and given back when it fails. *Sending* is
//! stored before the provider is called: from then on it may know of the attempt or not. Each attempt has a reference
//! of its own, which is also the provider's idempotency key.

use crate::calendar::Period;
use kernel::id::Id;
use kernel::{AccountId, Currency, Digest, Money, PayoutId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Payouts in the index of what waits.
pub const WAITING: &str = "payout";
/// How often one payout is tried.
pub const MAX_ATTEMPTS: u32 = 10;
/// How soon somebody looks after a payout that should have moved on.
const LOOK_AFTER: Duration = Duration::from_secs(600);
/// How soon somebody asks about a transfer that is under way; webhooks come earlier.
const ASK_AFTER: Duration = Duration::from_secs(3600);
/// For how long an attempt that was never answered is sent again: the provider forgets keys after a day.
const SEND_FOR: Duration = Duration::from_secs(22 * 3600);
/// When an attempt that the provider does not know never reached it: long after it was last sent.
const LOST_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A payout.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payout {
    /// Names it.
    pub id: PayoutId,
    /// Who is paid.
    pub worker: AccountId,
    /// How much.
    pub amount: Money,
    /// For which week.
    pub period: Period,
    /// Which attempt this is, from 1.
    pub attempt: u32,
    /// How far it is.
    pub state: State,
    /// Who had it tried again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retries: Vec<Retry>,
    /// The run and the state, for the list.
    pub run: String,
    /// Why it is in the index of what waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When somebody is to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far a payout is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is to be sent. The provider knows nothing of it.
    Planned,
    /// It is being sent; the provider may know of it or not.
    Sending {
        /// Since when.
        since: Timestamp,
    },
    /// The provider has taken it on.
    Pending {
        /// Since when.
        since: Timestamp,
    },
    /// The worker has the money.
    Paid {
        /// Since when.
        at: Timestamp,
    },
    /// The provider will not pay it: the money is the worker's balance again.
    Failed {
        /// Since when.
        at: Timestamp,
        /// Its word for why, or ours.
        reason: String,
    },
}

/// How far a payout is, for lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "PayoutStanding")]
pub enum Standing {
    /// It is under way.
    Pending,
    /// The worker has the money.
    Paid,
    /// It failed.
    Failed,
}

/// Somebody had a payout tried again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Retry {
    /// The request's key.
    pub key: String,
    /// The request's fingerprint.
    pub fingerprint: String,
    /// Which manager.
    pub manager: AccountId,
    /// Which attempt that made.
    pub attempt: u32,
}

/// What a payout announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayoutEvent {
    /// It is to be sent.
    Planned,
    /// The worker was paid.
    Paid,
    /// It failed.
    Failed,
}

/// How a transfer stands at the provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum News {
    /// Under way.
    Pending,
    /// The worker has the money.
    Paid,
    /// It failed, and why.
    Failed(String),
}

/// What is to be done about a payout.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Store that it is being sent.
    Claim,
    /// Ask the provider to make the transfer. It may have been asked before.
    Send,
    /// Ask the provider what became of the transfer.
    Ask,
    /// Nothing now.
    Nothing,
}

impl Payout {
    /// A worker is to be paid so much for a week.
    pub fn plan(worker: AccountId, amount: Money, period: Period, now: Timestamp) -> Self {
        let planned = Self {
            id: id_of(period, worker, amount.currency),
            worker,
            amount,
            period,
            attempt: 1,
            state: State::Planned,
            retries: Vec::new(),
            run: String::new(),
            waiting: None,
            due: None,
        };
        planned.to(State::Planned, now)
    }

    /// Names the present attempt to the provider.
    pub fn reference(&self) -> String {
        format!("{}-{}", self.id, self.attempt)
    }

    /// How far it is, for lists.
    pub fn standing(&self) -> Standing {
        match self.state {
            State::Planned | State::Sending { .. } | State::Pending { .. } => Standing::Pending,
            State::Paid { .. } => Standing::Paid,
            State::Failed { .. } => Standing::Failed,
        }
    }

    /// What is to be done at `now`.
    pub fn next(&self, now: Timestamp) -> Next {
        match self.state {
            State::Planned => Next::Claim,
            State::Sending { since } if now < since.after(SEND_FOR) => Next::Send,
            State::Sending { .. } => Next::Ask,
            State::Pending { since } if now >= since.after(ASK_AFTER) => Next::Ask,
            State::Pending { .. } | State::Paid { .. } | State::Failed { .. } => Next::Nothing,
        }
    }

    /// Whether an attempt that the provider does not know never reached it.
    pub fn is_lost(&self, now: Timestamp) -> bool {
        matches!(self.state, State::Sending { since } if now >= since.after(LOST_AFTER))
    }

    /// It is about to be sent.
    pub fn sending(&self, now: Timestamp) -> Self {
        self.to(State::Sending { since: now }, now)
    }

    /// What the news change about it; none if it is past them. What is paid or failed stays so.
    pub fn heard(&self, news: &News, now: Timestamp) -> Option<Self> {
        match (&self.state, news) {
            (State::Paid { .. } | State::Failed { .. } | State::Planned, _) => None,
            (State::Sending { .. } | State::Pending { .. }, News::Paid) => Some(self.to(State::Paid { at: now }, now)),
            (State::Sending { .. } | State::Pending { .. }, News::Failed(reason)) => {
                Some(self.to(State::Failed { at: now, reason: reason.clone() }, now))
            }
            (State::Sending { .. }, News::Pending) => Some(self.to(State::Pending { since: now }, now)),
            // It was asked after, and is still on its way.
            (State::Pending { .. }, News::Pending) => {
                let asked = self.to(self.state.clone(), now);
                self.due.is_some_and(|due| due <= now).then_some(asked)
            }
        }
    }

    /// It is tried once more.
    pub fn again(&self, retry: Retry, now: Timestamp) -> Self {
        let mut again = self.to(State::Planned, now);
        again.attempt = retry.attempt;
        again.retries.push(retry);
        again
    }

    fn to(&self, state: State, now: Timestamp) -> Self {
        let wait = match state {
            State::Planned | State::Sending { .. } => Some(LOOK_AFTER),
            State::Pending { .. } => Some(ASK_AFTER),
            State::Paid { .. } | State::Failed { .. } => None,
        };
        let mut next = Self { state, ..self.clone() };
        next.run = listed(next.period, next.standing());
        next.waiting = wait.map(|_| WAITING.to_owned());
        next.due = wait.map(|wait| now.after(wait));
        next
    }
}

/// A worker has one payout a week and currency.
pub fn id_of(period: Period, worker: AccountId, currency: Currency) -> PayoutId {
    PayoutId::from_digest(&Digest::of(["payout", &period.to_string(), &worker.to_string(), currency.code()]))
}

/// The list of a run's payouts that stand like this.
pub fn listed(period: Period, standing: Standing) -> String {
    let standing = match standing {
        Standing::Pending => "pending",
        Standing::Paid => "paid",
        Standing::Failed => "failed",
    };
    format!("{period}/{standing}")
}

/// The payout and the attempt that a reference names.
pub fn read_reference(reference: &str) -> Option<(PayoutId, u32)> {
    let (id, attempt) = reference.rsplit_once('-')?;
    Some((id.parse().ok()?, attempt.parse().ok()?))
}
