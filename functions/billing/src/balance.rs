//! What is kept of a person's account: its balance, and what each week moved. Pure.

use crate::calendar::Period;
use crate::ledger::{Fact, Leg, Personal, Side};
use kernel::{AccountId, Currency, Digest, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// Into how many parts the accounts of a week are divided, for runs to go through them side by side.
pub const PARTS: u8 = 16;

/// A person's balance in one currency. It is only ever added to, so that facts about one person need not wait for each
/// other.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Balance {
    /// Whose.
    pub owner: AccountId,
    /// As what.
    pub side: Side,
    /// In which currency.
    pub currency: Currency,
    /// What is there and not held, in minor units. Below zero: what the person owes.
    #[serde(default)]
    pub available_minor: i64,
    /// What is held until somebody decides about it.
    #[serde(default)]
    pub held_minor: i64,
    /// What the person has paid for invoices so far.
    #[serde(default)]
    pub paid_minor: i64,
    /// What closed weeks left in the balance: without what the open ones moved.
    #[serde(default)]
    pub carried_minor: i64,
}

impl Balance {
    /// The balance of somebody of whom nothing is known yet.
    pub fn empty(Personal { owner, side, currency }: Personal) -> Self {
        Self {
            owner,
            side,
            currency,
            available_minor: 0,
            held_minor: 0,
            paid_minor: 0,
            carried_minor: 0,
        }
    }

    /// Whose account it is of.
    pub fn personal(&self) -> Personal {
        Personal { owner: self.owner, side: self.side, currency: self.currency }
    }

    /// What was paid so far.
    pub fn paid(&self) -> Money {
        Money::new(self.paid_minor, self.currency)
    }
}

/// What a week moved of one account. It is closed by the week's run; whatever comes later belongs to another week.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Week {
    /// Which week.
    pub period: Period,
    /// Whose account.
    pub owner: AccountId,
    /// As what.
    pub side: Side,
    /// In which currency.
    pub currency: Currency,
    /// Accruals and credits.
    #[serde(default)]
    pub credited_minor: i64,
    /// Charges, penalties and fines, as a positive number.
    #[serde(default)]
    pub debited_minor: i64,
    /// What came back from failed payouts, less what was tried again: no merit, and no fault.
    #[serde(default)]
    pub returned_minor: i64,
    /// How many facts.
    #[serde(default)]
    pub facts: u32,
    /// When its run dealt with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
}

impl Week {
    /// A week in which nothing happened yet.
    pub fn empty(period: Period, Personal { owner, side, currency }: Personal) -> Self {
        Self {
            period,
            owner,
            side,
            currency,
            credited_minor: 0,
            debited_minor: 0,
            returned_minor: 0,
            facts: 0,
            closed_at: None,
        }
    }

    /// Whose account it is of.
    pub fn personal(&self) -> Personal {
        Personal { owner: self.owner, side: self.side, currency: self.currency }
    }

    /// The same, dealt with.
    #[must_use]
    pub fn closed(&self, now: Timestamp) -> Self {
        Self { closed_at: Some(now), ..self.clone() }
    }

    /// What it brought the account in all.
    pub fn net_minor(&self) -> i64 {
        self.credited_minor.saturating_sub(self.debited_minor).saturating_add(self.returned_minor)
    }

    /// What its client is to pay for it; none if there is nothing to pay.
    pub fn charge(&self) -> Option<Money> {
        let due = self.debited_minor.saturating_sub(self.credited_minor);
        (self.side == Side::Client && due > 0).then(|| Money::new(due, self.currency))
    }

    /// What its worker is to be paid: everything up to this week, if it brought more than penalties took, and as far as
    /// nothing of it was taken since. None: the balance carries over.
    pub fn payout(&self, balance: &Balance) -> Option<Money> {
        let earned = self.credited_minor.saturating_add(self.returned_minor.max(0));
        let due = balance.carried_minor.saturating_add(self.net_minor()).min(balance.available_minor);
        (self.side == Side::Worker && earned > self.debited_minor && due > 0).then(|| Money::new(due, self.currency))
    }
}

/// The part that an account belongs to.
pub fn part_of(owner: AccountId) -> u8 {
    // A remainder by a number of eight bits has eight bits.
    u8::try_from(Digest::of([owner.to_string()]).high_bits() % u128::from(PARTS)).unwrap_or_default()
}

/// How a leg moves the week of its account, if it does: what was credited, debited and returned.
pub fn moves(fact: &Fact, leg: &Leg) -> Option<(i64, i64, i64)> {
    let minor = leg.amount.amount_minor;
    let (side, _) = leg.account.owner()?;
    match (fact, side) {
        // A client is invoiced for jobs, whatever else there is on the account.
        (Fact::Job { .. }, _) | (Fact::Adjustment { .. }, Side::Worker) => {
            Some((minor.max(0), minor.min(0).saturating_neg(), 0))
        }
        (Fact::PayoutFailed { .. }, _) => Some((0, 0, minor)),
        // The first attempt takes what the run has taken out of the weeks already.
        (Fact::Payout { attempt: 2.., .. }, _) => Some((0, 0, minor)),
        (
            Fact::InvoicePaid { .. }
            | Fact::TopUp { .. }
            | Fact::Adjustment { .. }
            | Fact::Payout { .. }
            | Fact::PayoutPaid { .. },
            _,
        ) => None,
    }
}
