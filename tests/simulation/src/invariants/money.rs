//! What must hold of a town's money at rest: each payout was transferred once, or its money is the worker's again; each
//! invoice and top-up was charged once at most; and nobody waits for a second manager.

use crate::look::{Row, of_kind};
use billing::adjustment::{Adjustment, State};
use billing::invoice::Invoice;
use billing::ledger::{Account, Fact};
use billing::payout::{Payout, Standing};
use billing::posting::Txn;
use billing::run::Tally;
use local::simulation::Simulation;
use payments::attempt::Attempt;
use payments::payment::Payment;
use payments::purpose::Purpose;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(
    billing: &[Row],
    payments: &[Row],
    simulation: &Simulation,
    violations: &mut Vec<String>,
) -> Result<(), String> {
    let txns: Vec<Txn> = of_kind(billing)?;
    paid_out(billing, simulation, violations)?;
    let charged = simulation.cloud.sandboxes().kept("stripe");
    let invoices: Vec<Invoice> = of_kind(billing)?;
    charged_once(&of_kind::<Payment>(payments)?, (&invoices, &txns), &charged, violations);
    adjusted(&of_kind::<Adjustment>(billing)?, &txns, violations);
    Ok(())
}

/// What was transferred is what is settled as paid, attempt by attempt; nothing is under way, and each run's sums say so.
pub(crate) fn paid_out(billing: &[Row], simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
    let txns: Vec<Txn> = of_kind(billing)?;
    let transferred = simulation.cloud.sandboxes().kept("golden-hat");
    let payouts: Vec<Payout> = of_kind(billing)?;
    let of = |wanted: Standing| payouts.iter().filter(move |payout| payout.standing() == wanted);
    violations.extend(of(Standing::Pending).map(|payout| format!("{payout:?} is under way for ever")));
    let paid: BTreeMap<String, i64> =
        of(Standing::Paid).map(|payout| (payout.reference(), payout.amount.amount_minor)).collect();
    if paid != transferred {
        violations.push(format!("{transferred:?} was transferred, {paid:?} is settled"));
    }
    let settled: BTreeMap<String, i64> = txns
        .iter()
        .filter_map(|txn| match &txn.fact {
            Fact::PayoutPaid { payout, attempt } => {
                let bank = txn.entry.legs().iter().find(|leg| leg.account == Account::Bank)?;
                Some((format!("{payout}-{attempt}"), bank.amount.amount_minor))
            }
            _ => None,
        })
        .collect();
    if settled != paid {
        violations.push(format!("{settled:?} is in the ledger, {paid:?} was paid"));
    }
    let in_transit = txns.iter().flat_map(|txn| txn.entry.legs()).filter(|leg| leg.account == Account::InTransit);
    let in_transit: i64 = in_transit.map(|leg| leg.amount.amount_minor).sum();
    if in_transit != 0 {
        violations.push(format!("{in_transit} are in transit for ever"));
    }
    let tallies: Vec<Tally> = of_kind(billing)?;
    let counted = tallies.iter().fold((0, 0, 0), |(planned, paid, failed), tally| {
        (planned + tally.payouts, paid + tally.paid_minor, failed + tally.failed_minor)
    });
    let sum = |wanted: Standing| of(wanted).map(|payout| payout.amount.amount_minor).sum::<i64>();
    if counted != (payouts.len() as u64, sum(Standing::Paid), sum(Standing::Failed)) {
        violations.push(format!("runs count {counted:?} of {payouts:?}"));
    }
    Ok(())
}

/// Of each invoice and top-up the provider holds what our books say, and no more than was to be paid.
fn charged_once(
    payments: &[Payment],
    (invoices, txns): (&[Invoice], &[Txn]),
    charged: &BTreeMap<String, i64>,
    violations: &mut Vec<String>,
) {
    let mut booked: BTreeMap<String, i64> = BTreeMap::new();
    for txn in txns {
        let about = match &txn.fact {
            Fact::InvoicePaid { invoice, .. } => invoice.to_string(),
            Fact::TopUp { top_up } => top_up.to_string(),
            _ => continue,
        };
        let personal = txn.entry.legs().iter().filter(|leg| leg.personal().is_some());
        *booked.entry(about).or_default() += personal.map(|leg| leg.amount.amount_minor).sum::<i64>();
    }
    let held: BTreeMap<String, i64> = charged
        .iter()
        .filter(|(_, minor)| **minor != 0)
        .map(|(about, minor)| (about.clone(), *minor))
        .collect();
    if booked != held {
        violations.push(format!("the provider holds {held:?}, the ledger {booked:?}"));
    }
    for payment in payments {
        let about = payment.purpose.to_string();
        let kept: i64 = payment.attempts.iter().map(Attempt::kept_minor).sum();
        if kept != held.get(&about).copied().unwrap_or_default() {
            violations.push(format!("{kept} are kept of {about}, the provider holds {held:?}"));
        }
        if let Some(open) = payment.attempts.iter().find(|attempt| attempt.is_under_way()) {
            violations.push(format!("{about} has a payment under way for ever: {:?}", open.progress));
        }
    }
    for invoice in invoices {
        let kept = held.get(&invoice.id.to_string()).copied().unwrap_or_default();
        let is_right = kept == 0 || kept == invoice.amount.amount_minor;
        if !is_right || invoice.paid_minor != kept || invoice.settled_at.is_some() != (kept > 0) {
            violations.push(format!("{kept} are held for {invoice:?}"));
        }
        let purpose = Purpose::from(invoice.id);
        if !payments.iter().any(|payment| payment.purpose == purpose) {
            violations.push(format!("nobody was asked to pay {}", invoice.id));
        }
    }
}

/// A credit or fine is in the ledger if it was allowed, and never if not.
fn adjusted(adjustments: &[Adjustment], txns: &[Txn], violations: &mut Vec<String>) {
    let entered: BTreeSet<String> = txns.iter().map(|txn| txn.fact.key()).collect();
    for adjustment in adjustments {
        let in_ledger = entered.contains(&Fact::Adjustment { adjustment: adjustment.id }.key());
        let allowed = match &adjustment.state {
            State::Applied => true,
            State::Approved(verdict) => verdict.manager != adjustment.proposed_by,
            State::Declined(_) | State::Lapsed => false,
            State::Proposed { .. } => {
                violations.push(format!("{adjustment:?} waits for ever"));
                continue;
            }
        };
        if in_ledger != allowed {
            violations.push(format!("{adjustment:?} is in the ledger: {in_ledger}"));
        }
    }
}
