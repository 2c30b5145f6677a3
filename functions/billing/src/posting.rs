//! Enters facts into the ledger.
//!
//! A fact is one transaction: the fact itself, which cannot be written twice; a posting, the balance and the week of
//! each person whom it concerns; and whatever the use case writes beside it. What is guarded happens only if there is
//! enough. A fact of a week that was closed meanwhile belongs to the next one.

use crate::balance::{Balance, Week, moves};
use crate::calendar::Period;
use crate::ledger::{Account, Entry, Fact, Leg, Personal, Side};
use kernel::{AccountId, Money, Timestamp};
use platform::{Commit, Error, Guard, Item, Key, Table, Transaction};
use serde::{Deserialize, Serialize};

/// How many weeks a fact may find closed: more than one is closed only if somebody's clock is a week behind.
const WEEKS: usize = 3;

/// A fact as it was entered. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Txn {
    /// What happened.
    pub fact: Fact,
    /// What it moved.
    pub entry: Entry,
    /// When it was entered.
    pub at: Timestamp,
    /// The week it belongs to.
    pub week: Period,
    /// What of the moved money closed weeks had left, for the worker's balance: of the run's own payouts.
    #[serde(skip)]
    pub carries_minor: i64,
    /// What was held for it and is free again.
    #[serde(skip)]
    pub releases_minor: i64,
}

/// What a fact announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TxnEvent {
    /// A job was settled.
    Settled,
}

/// A line of somebody's statement. Written once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Posting {
    /// Whose.
    pub owner: AccountId,
    /// As what.
    pub side: Side,
    /// By how much; signed.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
    /// What happened: its name.
    pub fact: String,
    /// What kind of fact.
    pub kind: String,
    /// What it is about: a job, an invoice, a payout.
    pub about: String,
}

/// What became of a fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It is entered, and what stands beside it is written.
    Done,
    /// It was entered before; nothing was written.
    Known,
    /// Somebody has not enough; nothing was written.
    Short,
    /// Something beside it has changed since it was read; nothing was written.
    Changed,
}

impl Txn {
    /// `fact` moves money as `entry` says.
    pub fn new(fact: Fact, entry: Entry, at: Timestamp, week: Period) -> Self {
        Self { fact, entry, at, week, carries_minor: 0, releases_minor: 0 }
    }

    /// Adds everything to a transaction that this fact writes.
    fn write<'t>(&self, transaction: Transaction<'t>) -> Transaction<'t> {
        let events = match self.fact {
            Fact::Job { .. } => vec![TxnEvent::Settled],
            _ => Vec::new(),
        };
        self.entry
            .legs()
            .iter()
            .filter_map(|leg| Some((leg, leg.personal()?)))
            .fold(transaction.create(self, events), |transaction, (leg, account)| {
                self.write_leg(transaction, leg, account)
            })
    }

    fn write_leg<'t>(&self, transaction: Transaction<'t>, leg: &Leg, account: Personal) -> Transaction<'t> {
        let minor = leg.amount.amount_minor;
        let posting = Posting {
            owner: account.owner,
            side: account.side,
            amount: leg.amount,
            at: self.at,
            fact: self.fact.key(),
            kind: self.fact.kind().to_owned(),
            about: self.fact.about(),
        };
        let paid = if matches!(self.fact, Fact::InvoicePaid { .. }) { minor } else { 0 };
        let counters = [
            ("available_minor", minor.saturating_add(self.releases_minor)),
            ("held_minor", self.releases_minor.saturating_neg()),
            ("paid_minor", paid),
            ("carried_minor", self.carries_minor),
        ];
        let enough = [Guard::AtLeast("available_minor", minor.saturating_neg())];
        let guards: &[Guard<'_>] = if self.fact.is_guarded() && minor < 0 { &enough } else { &[] };
        let transaction = transaction.create(&posting, Vec::new()).add(&Balance::empty(account), &counters, guards);
        match moves(&self.fact, leg) {
            Some((credited, debited, returned)) => {
                let counters = [
                    ("credited_minor", credited),
                    ("debited_minor", debited),
                    ("returned_minor", returned),
                    ("facts", 1),
                ];
                transaction.add(&Week::empty(self.week, account), &counters, &[Guard::Absent("closed_at")])
            }
            None => transaction,
        }
    }

    /// What a refusal means.
    fn judge(&self, refused: &[Key]) -> Refusal {
        let accounts = || self.entry.legs().iter().filter_map(|leg| Some((leg, leg.personal()?)));
        let of_ours = |key: &Key, ours: Key| *key == ours;
        let is_week = |key: &Key| {
            accounts().any(|(leg, account)| {
                moves(&self.fact, leg).is_some() && of_ours(key, Week::empty(self.week, account).key())
            })
        };
        let is_balance = |key: &Key| accounts().any(|(_, account)| of_ours(key, Balance::empty(account).key()));
        if refused.iter().any(|key| of_ours(key, self.key())) {
            Refusal::Final(Outcome::Known)
        } else if refused.iter().any(is_week) {
            Refusal::WeekClosed
        } else if refused.iter().any(is_balance) {
            Refusal::Final(Outcome::Short)
        } else {
            Refusal::Final(Outcome::Changed)
        }
    }
}

enum Refusal {
    WeekClosed,
    Final(Outcome),
}

/// Enters a fact, with what `beside` adds to its transaction.
pub async fn enter<'t>(
    billing: &'t Table,
    mut txn: Txn,
    beside: impl Fn(Transaction<'t>) -> Transaction<'t>,
) -> Result<Outcome, Error> {
    for _ in 0..WEEKS {
        let refused = match beside(txn.write(billing.transaction())).commit().await? {
            Commit::Done => return Ok(Outcome::Done),
            Commit::Refused(refused) => refused,
        };
        let keys: Vec<Key> = refused.into_iter().map(|refused| refused.key).collect();
        match txn.judge(&keys) {
            Refusal::Final(outcome) => return Ok(outcome),
            Refusal::WeekClosed => txn.week = txn.week.next(),
        }
    }
    Err(Error::broken(format!("the weeks of {} are closed", txn.fact.key())))
}

/// Holds so much of what is available on an account, or (below zero) frees so much of what is held.
pub fn hold<'t>(transaction: Transaction<'t>, account: Personal, minor: i64) -> Transaction<'t> {
    let guard = match minor {
        0 => return transaction,
        1.. => Guard::AtLeast("available_minor", minor),
        ..0 => Guard::AtLeast("held_minor", minor.saturating_neg()),
    };
    let counters = [("available_minor", minor.saturating_neg()), ("held_minor", minor)];
    transaction.add(&Balance::empty(account), &counters, &[guard])
}

/// `amount` from one account to another, as what `fact` moves.
pub fn transfer(
    fact: Fact,
    from: Account,
    to: Account,
    amount: Money,
    (at, week): (Timestamp, Period),
) -> Result<Txn, Error> {
    let entry = Entry::transfer(from, to, amount).map_err(Error::broken)?;
    Ok(Txn::new(fact, entry, at, week))
}
