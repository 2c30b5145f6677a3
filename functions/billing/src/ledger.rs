//! The ledger's rules: accounts, entries that sum to zero, and the facts that they are made for. Pure.
//!
//! Amounts are signed from the account's side: what is positive is owed to it. A client who owes for a job stands
//! below zero, a worker who is to be paid above. Every entry sums to zero in each currency, so that all accounts
//! together always do. Nothing is ever changed: what was wrong is reversed by another entry.

use kernel::{AccountId, AdjustmentId, Currency, InvoiceId, JobId, Money, PaymentId, PayoutId, TopUpId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// More accounts than any fact moves money between. Their actions fit one transaction of the table many times over.
pub const MAX_LEGS: usize = 16;

/// What a person is to the business here: one may be both, with separate accounts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Pays for jobs.
    Client,
    /// Earns with jobs.
    Worker,
}

impl Side {
    /// As keys and documents write it.
    pub const fn name(self) -> &'static str {
        match self {
            Side::Client => "client",
            Side::Worker => "worker",
        }
    }
}

/// A person's account in one currency: the only kind whose balance is kept.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Personal {
    /// Whose.
    pub owner: AccountId,
    /// As what.
    pub side: Side,
    /// In which currency.
    pub currency: Currency,
}

/// Where money comes from or goes to. Accounts of the platform have no balance that is kept: each fact would have to
/// write the same item. What is in them is minus the sum of the personal accounts, and is derived from the entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// A client's.
    Client(AccountId),
    /// A worker's.
    Worker(AccountId),
    /// What the platform earns.
    Revenue,
    /// What managers gave or took.
    Adjustments,
    /// What was handed to the payout provider, which has not said yet what became of it.
    InTransit,
    /// Money at the bank and at payment providers: what came in stands below zero.
    Bank,
}

impl Account {
    /// A person's account of this side.
    pub fn of(side: Side, owner: AccountId) -> Self {
        match side {
            Side::Client => Account::Client(owner),
            Side::Worker => Account::Worker(owner),
        }
    }

    /// Whose it is and as what; none of the platform's.
    pub fn owner(self) -> Option<(Side, AccountId)> {
        match self {
            Account::Client(owner) => Some((Side::Client, owner)),
            Account::Worker(owner) => Some((Side::Worker, owner)),
            Account::Revenue | Account::Adjustments | Account::InTransit | Account::Bank => None,
        }
    }
}

/// What an entry does to one account.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Leg {
    /// Which.
    pub account: Account,
    /// By how much; signed.
    pub amount: Money,
}

impl Leg {
    /// `amount` onto `account`.
    pub fn new(account: Account, amount: Money) -> Self {
        Self { account, amount }
    }

    /// The person's account that it moves; none of the platform's.
    pub fn personal(&self) -> Option<Personal> {
        let (side, owner) = self.account.owner()?;
        Some(Personal { owner, side, currency: self.amount.currency })
    }
}

/// Movements of money that sum to zero in each currency; each account at most once a currency, and not by nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Vec<Leg>", into = "Vec<Leg>")]
pub struct Entry(Vec<Leg>);

/// Why movements are no entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NoEntry {
    /// Money would come from nowhere, or go there.
    Unbalanced,
    /// A sum does not fit 64 bits.
    Overflow,
    /// There are more than [`MAX_LEGS`].
    TooMany,
}

impl std::fmt::Display for NoEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            NoEntry::Unbalanced => "an entry does not sum to zero",
            NoEntry::Overflow => "an amount of an entry is too large",
            NoEntry::TooMany => "an entry has too many legs",
        })
    }
}

impl std::error::Error for NoEntry {}

impl Entry {
    /// The entry of these movements, those of one account and currency made one.
    pub fn of(legs: impl IntoIterator<Item = Leg>) -> Result<Self, NoEntry> {
        let (mut merged, mut sums) = (BTreeMap::<(Account, Currency), i64>::new(), BTreeMap::<Currency, i128>::new());
        for Leg { account, amount } in legs {
            let total = merged.entry((account, amount.currency)).or_default();
            *total = total.checked_add(amount.amount_minor).ok_or(NoEntry::Overflow)?;
            *sums.entry(amount.currency).or_default() += i128::from(amount.amount_minor);
        }
        if sums.values().any(|sum| *sum != 0) {
            return Err(NoEntry::Unbalanced);
        }
        let legs = merged.into_iter().filter(|(_, amount)| *amount != 0);
        let legs: Vec<Leg> =
            legs.map(|((account, currency), minor)| Leg::new(account, Money::new(minor, currency))).collect();
        if legs.len() > MAX_LEGS {
            return Err(NoEntry::TooMany);
        }
        Ok(Self(legs))
    }

    /// `amount` from one account to another.
    pub fn transfer(from: Account, to: Account, amount: Money) -> Result<Self, NoEntry> {
        let back = Money::new(amount.amount_minor.checked_neg().ok_or(NoEntry::Overflow)?, amount.currency);
        Self::of([Leg::new(from, back), Leg::new(to, amount)])
    }

    /// The movements, by account.
    pub fn legs(&self) -> &[Leg] {
        &self.0
    }
}

impl TryFrom<Vec<Leg>> for Entry {
    type Error = NoEntry;

    fn try_from(legs: Vec<Leg>) -> Result<Self, NoEntry> {
        Self::of(legs)
    }
}

impl From<Entry> for Vec<Leg> {
    fn from(entry: Entry) -> Self {
        entry.0
    }
}

/// What happened, once: its key is what keeps it from being entered twice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fact {
    /// A job ended.
    Job {
        /// Which.
        job: JobId,
        /// Who pays.
        client: AccountId,
        /// How much.
        charge: Money,
        /// Who worked, or was to.
        worker: AccountId,
        /// What was earned.
        accrual: Money,
        /// What the worker is fined.
        fine: Money,
    },
    /// A client paid an invoice.
    InvoicePaid {
        /// By which payment.
        payment: PaymentId,
        /// Which.
        invoice: InvoiceId,
    },
    /// Somebody paid onto a balance.
    TopUp {
        /// Which top-up.
        top_up: TopUpId,
    },
    /// A manager credited or fined somebody.
    Adjustment {
        /// Which adjustment.
        adjustment: AdjustmentId,
    },
    /// A worker's money is set aside to be paid out.
    Payout {
        /// Which payout.
        payout: PayoutId,
        /// Which attempt at it, from 1.
        attempt: u32,
    },
    /// A worker was paid.
    PayoutPaid {
        /// Which payout.
        payout: PayoutId,
        /// By which attempt.
        attempt: u32,
    },
    /// A payout failed: what was set aside is the worker's again.
    PayoutFailed {
        /// Which payout.
        payout: PayoutId,
        /// Which attempt.
        attempt: u32,
    },
}

impl Fact {
    /// Names it: the same whenever it is told.
    pub fn key(&self) -> String {
        match self {
            Fact::Job { job, .. } => format!("job/{job}"),
            Fact::InvoicePaid { payment, .. } => format!("invoice-paid/{payment}"),
            Fact::TopUp { top_up } => format!("top-up/{top_up}"),
            Fact::Adjustment { adjustment } => format!("adjustment/{adjustment}"),
            Fact::Payout { payout, attempt } => format!("payout/{payout}/{attempt}"),
            Fact::PayoutPaid { payout, attempt } => format!("payout-paid/{payout}/{attempt}"),
            Fact::PayoutFailed { payout, attempt } => format!("payout-failed/{payout}/{attempt}"),
        }
    }

    /// What it is called in statements.
    pub fn kind(&self) -> &'static str {
        match self {
            Fact::Job { .. } => "job",
            Fact::InvoicePaid { .. } => "invoice-paid",
            Fact::TopUp { .. } => "top-up",
            Fact::Adjustment { .. } => "adjustment",
            Fact::Payout { .. } => "payout",
            Fact::PayoutPaid { .. } => "payout-paid",
            Fact::PayoutFailed { .. } => "payout-failed",
        }
    }

    /// What it is about, for statements.
    pub fn about(&self) -> String {
        match self {
            Fact::Job { job, .. } => job.to_string(),
            Fact::InvoicePaid { invoice, .. } => invoice.to_string(),
            Fact::TopUp { top_up } => top_up.to_string(),
            Fact::Adjustment { adjustment } => adjustment.to_string(),
            Fact::Payout { payout, .. } | Fact::PayoutPaid { payout, .. } | Fact::PayoutFailed { payout, .. } => {
                payout.to_string()
            }
        }
    }

    /// Whether nobody's money may be taken for it that is not there. Fines and charges may put an account below zero.
    pub fn is_guarded(&self) -> bool {
        matches!(self, Fact::Payout { .. })
    }
}
