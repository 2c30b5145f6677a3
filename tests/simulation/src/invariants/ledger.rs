//! What must hold of the ledger of a town at rest: it sums to zero, balances are what its facts moved, nobody's money was
//! taken that was not there, and every job is settled once and invoiced once.

use crate::look::{Row, of_kind};
use billing::balance::Week;
use billing::book::{Book, Entered};
use billing::calendar::Period;
use billing::invoice::Invoice;
use billing::ledger::{Fact, Side};
use billing::posting::Txn;
use billing::proof::Stored;
use billing::run::Run;
use billing::tariff::{Discounts, Ending, Settlement, Shares};
use jobs::job::{Job, State};
use kernel::{AccountId, Money};
use local::simulation::Simulation;
use platform::Figure;
use std::collections::BTreeMap;

pub(super) fn check(
    billing: &[Row],
    jobs: &[Job],
    simulation: &Simulation,
    violations: &mut Vec<String>,
) -> Result<(), String> {
    sound(billing, simulation, violations)?;
    settled(&facts(billing)?, jobs, violations)
}

/// The ledger by itself, whatever jobs there were.
pub(crate) fn sound(billing: &[Row], simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
    let txns = facts(billing)?;
    replayed(&txns, simulation, violations);
    balances(&txns, billing, violations)?;
    invoiced(&txns, billing, violations)
}

fn facts(billing: &[Row]) -> Result<BTreeMap<String, Txn>, String> {
    let txns: Vec<Txn> = of_kind(billing)?;
    Ok(txns.into_iter().map(|txn| (txn.fact.key(), txn)).collect())
}

/// Enters all facts once more, in the order in which they were entered: the book takes each of them, and once.
fn replayed(txns: &BTreeMap<String, Txn>, simulation: &Simulation, violations: &mut Vec<String>) {
    let mut book = Book::default();
    let keys = simulation.put.iter().filter_map(|key| key.strip_prefix("billing/txn#")?.strip_suffix("/txn"));
    for key in keys {
        let Some(txn) = txns.get(key) else {
            violations.push(format!("{key} was entered and is not there"));
            continue;
        };
        match book.enter(&txn.fact, &txn.entry) {
            Entered::Now => {}
            Entered::Before => violations.push(format!("{key} was entered twice")),
            Entered::Short => violations.push(format!("{key} took money that was not there")),
        }
    }
    if !book.is_balanced() {
        violations.push("the ledger does not sum to zero".to_owned());
    }
}

/// Facts, statements, balances and weeks agree, and nothing is held for ever.
fn balances(txns: &BTreeMap<String, Txn>, billing: &[Row], violations: &mut Vec<String>) -> Result<(), String> {
    let stored = Stored {
        txns: txns.values().cloned().collect(),
        postings: of_kind(billing)?,
        balances: of_kind(billing)?,
        weeks: of_kind(billing)?,
    };
    violations.extend(stored.prove().err());
    let held = stored.balances.iter().filter(|balance| balance.held_minor != 0);
    violations.extend(held.map(|balance| format!("{balance:?} is held for ever")));
    Ok(())
}

/// Each job that counts is settled once, at its price.
fn settled(txns: &BTreeMap<String, Txn>, jobs: &[Job], violations: &mut Vec<String>) -> Result<(), String> {
    let (discounts, shares) = (Discounts::read(Discounts::DEFAULT)?, Shares::read(Shares::DEFAULT)?);
    let mut expected: BTreeMap<String, (AccountId, AccountId, Settlement)> = BTreeMap::new();
    for job in jobs {
        let ending = match job.state {
            State::Completed => Ending::Completed,
            State::Cancelled => Ending::Cancelled,
            State::Failed | State::Missed => Ending::Failed,
            _ => continue,
        };
        // Nobody here pays enough for a discount.
        let settlement = Settlement::of(job.price, ending, Money::new(0, job.price.currency), &discounts, &shares);
        expected.insert(format!("job/{}", job.id), (job.client, job.worker, settlement));
    }
    for (key, txn) in txns {
        let Fact::Job { client, charge, worker, accrual, fine, .. } = &txn.fact else {
            continue;
        };
        let right = expected.remove(key).is_some_and(|(payer, earner, settlement)| {
            let Settlement { charge: cost, accrual: earned, fine: fined } = settlement;
            (payer, earner, cost, earned, fined) == (*client, *worker, *charge, *accrual, *fine)
        });
        if !right {
            violations.push(format!("{key} is settled wrongly: {:?}", txn.fact));
        }
    }
    violations.extend(expected.keys().map(|key| format!("{key} is never settled")));
    Ok(())
}

/// An invoice is the sum of its week's jobs; every job of a week that was run is in one.
fn invoiced(txns: &BTreeMap<String, Txn>, billing: &[Row], violations: &mut Vec<String>) -> Result<(), String> {
    let runs: Vec<Run> = of_kind(billing)?;
    violations
        .extend(runs.iter().filter(|run| run.finished_at.is_none()).map(|run| format!("{run:?} is not finished")));
    let is_run = |period: Period| runs.iter().any(|run| run.period == period);
    let mut sums: BTreeMap<(Period, AccountId), (i64, u32)> = BTreeMap::new();
    for txn in txns.values() {
        if let Fact::Job { client, charge, .. } = &txn.fact {
            let sum = sums.entry((txn.week, *client)).or_default();
            *sum = (sum.0 + charge.amount_minor, sum.1 + 1);
        }
    }
    for week in of_kind::<Week>(billing)?.iter().filter(|week| week.closed_at.is_none() && is_run(week.period)) {
        violations.push(format!("{week:?} was run and is not closed"));
    }
    for invoice in of_kind::<Invoice>(billing)? {
        let sum = sums.remove(&(invoice.period, invoice.client));
        if sum != Some((invoice.amount.amount_minor, invoice.jobs)) {
            violations.push(format!("{invoice:?} is of jobs for {sum:?}"));
        }
    }
    let charged = |week: &Week| week.side == Side::Client && week.facts > 0;
    let weeks: Vec<Week> = of_kind(billing)?;
    for ((period, client), sum) in &sums {
        let counted = weeks.iter().any(|week| (week.period, week.owner) == (*period, *client) && charged(week));
        if is_run(*period) || !counted {
            violations.push(format!("{client} is not invoiced {sum:?} for {period}"));
        }
    }
    Ok(())
}
