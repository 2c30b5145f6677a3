//! What the stored ledger must come to at every moment, whatever is under way: for tests, and for whoever doubts it. Pure.

use crate::balance::{Balance, Week};
use crate::ledger::{Personal, Side};
use crate::posting::{Posting, Txn};
use kernel::Currency;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is stored of it.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// The facts.
    pub txns: Vec<Txn>,
    /// The lines of all statements.
    pub postings: Vec<Posting>,
    /// What everybody has.
    pub balances: Vec<Balance>,
    /// What each week moved.
    pub weeks: Vec<Week>,
}

impl Stored {
    /// Holds everything to everything: each fact stands there once and sums to zero; statements say what was entered;
    /// balances are the sums of their statements; what a worker has is what closed weeks left and open ones brought;
    /// and nothing is held that is not there. The first thing that does not hold is an error that names it.
    pub fn prove(&self) -> Result<(), String> {
        let entered = self.entered()?;
        let mut listed = BTreeMap::<Personal, i64>::new();
        for Posting { owner, side, amount, .. } in &self.postings {
            let account = Personal { owner: *owner, side: *side, currency: amount.currency };
            *listed.entry(account).or_default() += amount.amount_minor;
        }
        if let Some((account, minor)) = listed.iter().find(|(account, minor)| entered.get(account) != Some(minor)) {
            return Err(format!("{account:?}: the statement comes to {minor}, facts to {:?}", entered.get(account)));
        }
        if entered.len() != listed.len() {
            return Err(format!("facts move {} accounts, statements list {}", entered.len(), listed.len()));
        }
        let mut open = BTreeMap::<Personal, i64>::new();
        for week in self.weeks.iter().filter(|week| week.closed_at.is_none()) {
            *open.entry(week.personal()).or_default() += week.net_minor();
        }
        let sum = |of: &BTreeMap<Personal, i64>, account: &Personal| of.get(account).copied().unwrap_or_default();
        for balance in &self.balances {
            let account = balance.personal();
            let (total, facts) = (balance.available_minor + balance.held_minor, sum(&entered, &account));
            let weeks = balance.carried_minor + sum(&open, &account);
            if total != facts || balance.held_minor < 0 {
                return Err(format!("{account:?}: the balance is {balance:?}, facts come to {facts}"));
            }
            if account.side == Side::Worker && total != weeks {
                return Err(format!("{account:?}: the balance is {total}, weeks come to {weeks}"));
            }
        }
        let kept: BTreeSet<Personal> = self.balances.iter().map(Balance::personal).collect();
        match entered.keys().find(|account| !kept.contains(account)) {
            Some(account) => Err(format!("{account:?} has no balance")),
            None => Ok(()),
        }
    }

    /// What all facts together moved of each person's account.
    fn entered(&self) -> Result<BTreeMap<Personal, i64>, String> {
        let (mut entered, mut names) = (BTreeMap::new(), BTreeSet::new());
        for txn in &self.txns {
            let name = txn.fact.key();
            let mut sums = BTreeMap::<Currency, i64>::new();
            for leg in txn.entry.legs() {
                *sums.entry(leg.amount.currency).or_default() += leg.amount.amount_minor;
                if let Some(account) = leg.personal() {
                    *entered.entry(account).or_default() += leg.amount.amount_minor;
                }
            }
            if sums.values().any(|sum| *sum != 0) {
                return Err(format!("{name} does not sum to zero: {sums:?}"));
            }
            if !names.insert(name.clone()) {
                return Err(format!("{name} stands there twice"));
            }
        }
        Ok(entered)
    }
}
