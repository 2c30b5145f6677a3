//! A manager's credit or fine. Above a limit a second manager decides. Pure.

use crate::balance::Balance;
use crate::ledger::{Account, Personal, Side};
use kernel::{AccountId, AdjustmentId, Currency, Money, Timestamp};
use platform::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Proposals in the index of what waits.
pub const WAITING: &str = "adjustment";
/// For how long a proposal waits; nobody can approve it later.
const DECIDE_WITHIN: Duration = Duration::from_secs(14 * 86_400);

/// A credit or a fine. Who gave it, why, and who approved it stay on record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Adjustment {
    /// Names it.
    pub id: AdjustmentId,
    /// Whose account.
    pub account: AccountId,
    /// Which of them.
    pub side: Side,
    /// By how much; a fine is negative.
    pub amount: Money,
    /// Why, in the manager's words.
    pub reason: String,
    /// Who asked for it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Timestamp,
    /// Fingerprint of the request.
    pub request: String,
    /// What of the account is held until it is decided, in minor units: a fine cannot be escaped by being paid out.
    #[serde(default)]
    pub held_minor: i64,
    /// How far it is.
    pub state: State,
    /// Why it is in the index of what waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When it lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// How it stands: the list that it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listed: Option<Standing>,
}

/// How far an adjustment is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It was small enough for one manager.
    Applied,
    /// It waits for a second one.
    Proposed {
        /// Until when; then it is as good as declined.
        until: Timestamp,
    },
    /// A second one approved it.
    Approved(Verdict),
    /// A second one declined it.
    Declined(Verdict),
    /// Nobody decided in time.
    Lapsed,
}

/// A second manager's decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// Who.
    pub manager: AccountId,
    /// When.
    pub at: Timestamp,
    /// The request's key.
    pub key: String,
    /// The request's fingerprint.
    pub fingerprint: String,
}

/// What an adjustment announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdjustmentEvent {
    /// It is in the ledger.
    Adjusted,
    /// It waits for a second manager.
    Proposed,
}

/// What one manager may give or take, in minor units of the business's currency.
#[derive(Clone, Copy, Debug)]
pub struct Limit;

impl Figure for Limit {
    type Value = i64;
    const NAME: &'static str = "ADJUSTMENT_LIMIT";
    const DEFAULT: &'static str = "500000";

    fn read(text: &str) -> Result<i64, String> {
        text.parse().ok().filter(|limit| *limit >= 0).ok_or_else(|| "a number of minor units".to_owned())
    }
}

/// How far an adjustment is, for those who ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "AdjustmentStanding")]
pub enum Standing {
    /// It is in the ledger.
    Applied,
    /// It waits for a second manager.
    Proposed,
    /// It was declined.
    Declined,
    /// Nobody decided in time.
    Lapsed,
}

/// Why a decision is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotDecidable {
    /// Nobody decides about their own account.
    OwnAccount,
    /// Whoever proposes does not decide.
    OwnProposal,
    /// It was decided, or never needed a decision.
    Decided,
    /// Nobody decided in time.
    Lapsed,
}

impl Standing {
    /// Its name, as lists and requests write it.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Applied => "applied",
            Standing::Proposed => "proposed",
            Standing::Declined => "declined",
            Standing::Lapsed => "lapsed",
        }
    }
}

impl Adjustment {
    /// The same, in the ledger at once or waiting for a second manager.
    #[must_use]
    pub fn begun(self, limit_minor: i64, now: Timestamp) -> Self {
        if self.amount.amount_minor.unsigned_abs() <= limit_minor.unsigned_abs() {
            return Self {
                state: State::Applied,
                listed: Some(Standing::Applied),
                ..self
            };
        }
        let until = now.after(DECIDE_WITHIN);
        let (state, waiting) = (State::Proposed { until }, Some(WAITING.to_owned()));
        let listed = Some(Standing::Proposed);
        Self { state, waiting, due: Some(until), listed, ..self }
    }

    /// The same, holding as much of the fine as there is.
    #[must_use]
    pub fn holding(&self, balance: &Balance) -> Self {
        let fine = self.amount.amount_minor.min(0).saturating_neg();
        Self {
            held_minor: fine.min(balance.available_minor).max(0),
            ..self.clone()
        }
    }

    /// If its time to be decided is over: lapsed.
    pub fn lapse(&self, now: Timestamp) -> Option<Self> {
        let is_over = matches!(self.state, State::Proposed { until } if now >= until);
        is_over.then(|| self.ended(State::Lapsed))
    }

    fn ended(&self, state: State) -> Self {
        let ended = Self { state, waiting: None, due: None, ..self.clone() };
        Self { listed: Some(ended.standing()), ..ended }
    }

    /// The person's account, whose balance it is about.
    pub fn personal(&self) -> Personal {
        Personal {
            owner: self.account,
            side: self.side,
            currency: self.amount.currency,
        }
    }

    /// The account in the ledger.
    pub fn ledger_account(&self) -> Account {
        Account::of(self.side, self.account)
    }

    /// What a second manager makes of it.
    pub fn decide(&self, approves: bool, verdict: Verdict) -> Result<Self, NotDecidable> {
        match &self.state {
            State::Proposed { until } if verdict.at >= *until => Err(NotDecidable::Lapsed),
            State::Proposed { .. } if verdict.manager == self.account => Err(NotDecidable::OwnAccount),
            State::Proposed { .. } if verdict.manager == self.proposed_by => Err(NotDecidable::OwnProposal),
            State::Proposed { .. } => {
                Ok(self.ended(if approves { State::Approved(verdict) } else { State::Declined(verdict) }))
            }
            State::Lapsed => Err(NotDecidable::Lapsed),
            State::Applied | State::Approved(_) | State::Declined(_) => Err(NotDecidable::Decided),
        }
    }

    /// The second manager's decision, if there is one.
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.state {
            State::Approved(verdict) | State::Declined(verdict) => Some(verdict),
            State::Applied | State::Proposed { .. } | State::Lapsed => None,
        }
    }

    /// Who approved it, where two were needed.
    pub fn approved_by(&self) -> Option<AccountId> {
        match &self.state {
            State::Approved(verdict) => Some(verdict.manager),
            State::Applied | State::Proposed { .. } | State::Declined(_) | State::Lapsed => None,
        }
    }

    /// How far it is.
    pub fn standing(&self) -> Standing {
        match &self.state {
            State::Applied | State::Approved(_) => Standing::Applied,
            State::Proposed { .. } => Standing::Proposed,
            State::Declined(_) => Standing::Declined,
            State::Lapsed => Standing::Lapsed,
        }
    }

    /// How far it was when it was asked for: what a repeated request is told.
    pub fn standing_at_first(&self) -> Standing {
        match &self.state {
            State::Applied => Standing::Applied,
            State::Proposed { .. } | State::Approved(_) | State::Declined(_) | State::Lapsed => Standing::Proposed,
        }
    }
}

/// Whether an amount is one that a manager can give or take: something, in the business's currency.
pub fn is_adjustable(amount: Money, currency: Currency) -> bool {
    amount.currency == currency && amount.amount_minor != 0 && amount.amount_minor != i64::MIN
}
