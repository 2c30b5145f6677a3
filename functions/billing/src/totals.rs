//! What a weekly run came to, as staff see it. Pure.

use crate::run::Tally;
use kernel::Money;
use schemars::JsonSchema;
use serde::Serialize;

/// What a run came to in one currency.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Totals {
    /// Invoices issued.
    pub invoices: Total,
    /// Payouts planned.
    pub planned: Total,
    /// Those under way.
    pub pending: Total,
    /// Those that were paid.
    pub paid: Total,
    /// Those that failed.
    pub failed: Total,
}

/// How many, and how much.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Total {
    /// How many.
    pub count: u64,
    /// How much they come to.
    pub amount: Money,
}

/// What all parts came to, by currency.
pub fn totals(tallies: Vec<Tally>) -> Vec<Totals> {
    let mut totals: Vec<Totals> = Vec::new();
    for tally in tallies {
        let total = |count, minor| Total { count, amount: Money::new(minor, tally.currency) };
        let pending = (
            tally.payouts.saturating_sub(tally.paid).saturating_sub(tally.failed),
            tally.planned_minor.saturating_sub(tally.paid_minor).saturating_sub(tally.failed_minor),
        );
        let of_part = Totals {
            invoices: total(tally.invoices, tally.invoiced_minor),
            planned: total(tally.payouts, tally.planned_minor),
            pending: total(pending.0, pending.1),
            paid: total(tally.paid, tally.paid_minor),
            failed: total(tally.failed, tally.failed_minor),
        };
        match totals.iter_mut().find(|known| known.planned.amount.currency == tally.currency) {
            Some(known) => known.add(&of_part),
            None => totals.push(of_part),
        }
    }
    totals
}

impl Totals {
    fn add(&mut self, other: &Self) {
        for (total, more) in [
            (&mut self.invoices, other.invoices),
            (&mut self.planned, other.planned),
            (&mut self.pending, other.pending),
            (&mut self.paid, other.paid),
            (&mut self.failed, other.failed),
        ] {
            total.count = total.count.saturating_add(more.count);
            total.amount.amount_minor = total.amount.amount_minor.saturating_add(more.amount.amount_minor);
        }
    }
}
