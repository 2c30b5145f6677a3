//! The items of the billing table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Txn`], written once | `txn#<fact>` | `txn` |
//! | [`Balance`] | `acc_…` | `balance#<side>#<currency>` |
//! | [`Posting`], written once | `acc_…` | `posting#<side>#<currency>#<time>#<fact>` |
//! | [`Week`] | `week#<period>#<part>` | `week#<side>/acc_…#<currency>` |
//! | [`Invoice`] | `inv_…` | `invoice` |
//! | [`Payout`] | `pyo_…` | `payout` |
//! | [`Adjustment`] | `adj_…` | `adjustment` |
//! | [`Run`] | `run#<period>` | `run` |
//! | [`Part`] of a run | `run#<period>` | `part#<part>` |
//! | [`Tally`] of a part | `run#<period>` | `tally#<part>#<currency>` |
//!
//! A statement is a range of an account's own items. A job costs 14 write units: a transaction of seven actions of two
//! units each, which are the fact, and for client and worker each a posting, the balance and the week.
//!
//! Indexes, keys only: `by-client` (`client`, `period`) lists a client's invoices; its attributes never change.
//! `by-run` (`run`, `worker`) lists the payouts of a run in one state: two units more at each step. `by-due`
//! (`waiting`, `due`) holds what waits for the provider, for a run to go on or for a second manager, and nothing else.
//! `by-listed` (`listed`, `proposed_at`) lists the adjustments that stand in one way: one unit, and two when that
//! changes.

use crate::adjustment::{Adjustment, AdjustmentEvent};
use crate::balance::{Balance, Week};
use crate::calendar::Period;
use crate::invoice::{Invoice, InvoiceEvent};
use crate::ledger::{Personal, Side};
use crate::payout::{Payout, PayoutEvent, Standing};
use crate::posting::{Posting, Txn, TxnEvent};
use crate::run::{Part, PartEvent, Run, RunEvent, Tally};
use kernel::{AccountId, AdjustmentId, Currency, InvoiceId, PayoutId, Timestamp};
use platform::{Error, Index, Item, Key, List, Never, TableReader};

/// Lists a client's invoices by week.
pub const BY_CLIENT: Index = Index { name: "by-client", partition: "client", sort: "period" };
/// Lists the payouts of a run in one state.
pub const BY_RUN: Index = Index { name: "by-run", partition: "run", sort: "worker" };

/// Lists adjustments that stand in one way, by when they were asked for.
pub const BY_LISTED: Index = Index { name: "by-listed", partition: "listed", sort: "proposed_at" };

/// Says how an item is stored: what it announces, its kind, and its key.
macro_rules! items {
    ($($item:ident: $event:ty, $kind:literal, |$self:ident| $key:expr;)*) => {$(
        impl Item for $item {
            type Event = $event;
            const KIND: &'static str = $kind;

            fn key(&self) -> Key {
                let $self = self;
                $key
            }
        }
    )*};
}

items! {
    Txn: TxnEvent, "txn", |txn| txn_key(&txn.fact.key());
    Balance: Never, "balance", |balance| {
        balance_key(Personal { owner: balance.owner, side: balance.side, currency: balance.currency })
    };
    Posting: Never, "posting", |posting| {
        let sk = format!("{}{}#{}", postings_from(posting.side, posting.amount.currency), posting.at, posting.fact);
        Key::new(posting.owner, sk)
    };
    Week: Never, "week", |week| week_key(week.period, week.personal());
    Run: RunEvent, "run", |run| run_key(run.period);
    Part: PartEvent, "part", |part| part_key(part.period, part.part);
    Tally: Never, "tally", |tally| {
        Key::new(run_partition(tally.period), format!("tally#{:02}#{}", tally.part, tally.currency))
    };
}

impl Item for Adjustment {
    type Event = AdjustmentEvent;
    const KIND: &'static str = "adjustment";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        adjustment_key(self.id)
    }
}

impl Item for Invoice {
    type Event = InvoiceEvent;
    const KIND: &'static str = "invoice";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        invoice_key(self.id)
    }
}

impl Item for Payout {
    type Event = PayoutEvent;
    const KIND: &'static str = "payout";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        payout_key(self.id)
    }
}

/// The key of what was entered for a fact.
pub fn txn_key(fact: &str) -> Key {
    Key::new(format!("txn#{fact}"), Txn::KIND)
}

/// The key of a balance.
pub fn balance_key(Personal { owner, side, currency }: Personal) -> Key {
    Key::new(owner, format!("{}#{}#{currency}", Balance::KIND, side.name()))
}

/// The key of a week of an account.
pub fn week_key(period: Period, Personal { owner, side, currency }: Personal) -> Key {
    let pk = week_partition(period, crate::balance::part_of(owner));
    Key::new(pk, format!("{}#{}/{owner}#{currency}", Week::KIND, side.name()))
}

fn week_partition(period: Period, part: u8) -> String {
    format!("week#{period}#{part:02}")
}

/// The accounts of one part in which a week moved something, by account.
pub fn weeks(period: Period, part: u8) -> List {
    List::collection::<Week>(week_partition(period, part))
}

/// The key of an invoice.
pub fn invoice_key(id: InvoiceId) -> Key {
    Key::new(id, Invoice::KIND)
}

/// A client's invoices, the newest first.
pub fn invoices_of(client: AccountId) -> List {
    List::index(BY_CLIENT, client).newest_first()
}

/// The key of a payout.
pub fn payout_key(id: PayoutId) -> Key {
    Key::new(id, Payout::KIND)
}

/// The payouts of a run that stand like this, by worker.
pub fn payouts(period: Period, standing: Standing) -> List {
    List::index(BY_RUN, crate::payout::listed(period, standing))
}

/// The key of an adjustment.
pub fn adjustment_key(id: AdjustmentId) -> Key {
    Key::new(id, Adjustment::KIND)
}

/// The adjustments that stand like this, the newest first.
pub fn adjustments(standing: crate::adjustment::Standing) -> List {
    List::index(BY_LISTED, standing.name()).newest_first()
}

fn run_partition(period: Period) -> String {
    format!("run#{period}")
}

/// The key of a run.
pub fn run_key(period: Period) -> Key {
    Key::new(run_partition(period), Run::KIND)
}

/// The key of a part of a run.
pub fn part_key(period: Period, part: u8) -> Key {
    Key::new(run_partition(period), format!("{}#{part:02}", Part::KIND))
}

/// What a run has come to so far, part by part.
pub async fn tallies(billing: &TableReader, period: Period) -> Result<Vec<Tally>, Error> {
    billing.collection(run_partition(period)).await
}

/// Everything that one person has or owes, in each currency and on each side.
pub async fn balances(billing: &TableReader, owner: AccountId) -> Result<Vec<Balance>, Error> {
    billing.collection(owner).await
}

fn postings_from(side: Side, currency: Currency) -> String {
    format!("{}#{}#{currency}#", Posting::KIND, side.name())
}

/// What moved an account from one time until another, which is excluded; the newest first.
pub fn postings(Personal { owner, side, currency }: Personal, from: Timestamp, until: Timestamp) -> List {
    let prefix = postings_from(side, currency);
    // Behind a time there is always more in a key, so what begins at `until` stands behind it.
    let (low, high) = (format!("{prefix}{from}"), format!("{prefix}{until}"));
    List::collection::<Posting>(owner).between(low, high).newest_first()
}
