//! The ledger in memory: what the stored one must come to. Pure; tests and benches hold the two to each other.

use crate::ledger::{Entry, Fact, Personal};
use std::collections::{BTreeMap, BTreeSet};

/// What became of a fact.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entered {
    /// It is entered.
    Now,
    /// It was before; nothing changed.
    Before,
    /// Somebody has not enough; nothing changed.
    Short,
}

/// Everybody's accounts.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Book {
    balances: BTreeMap<Personal, i64>,
    platform: BTreeMap<kernel::Currency, i64>,
    facts: BTreeSet<String>,
}

impl Book {
    /// Enters a fact: all of it or nothing, and once.
    pub fn enter(&mut self, fact: &Fact, entry: &Entry) -> Entered {
        let key = fact.key();
        if self.facts.contains(&key) {
            return Entered::Before;
        }
        let short = entry.legs().iter().any(|leg| {
            let minor = leg.amount.amount_minor;
            let there = leg.personal().map(|account| self.balance(account));
            fact.is_guarded() && minor < 0 && there.is_some_and(|there| there < minor.saturating_neg())
        });
        if short {
            return Entered::Short;
        }
        for leg in entry.legs() {
            let total = match leg.personal() {
                Some(account) => self.balances.entry(account).or_default(),
                None => self.platform.entry(leg.amount.currency).or_default(),
            };
            *total = total.saturating_add(leg.amount.amount_minor);
        }
        self.facts.insert(key);
        Entered::Now
    }

    /// What somebody has, in minor units.
    pub fn balance(&self, account: Personal) -> i64 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    /// Whether all accounts together come to zero, in each currency.
    pub fn is_balanced(&self) -> bool {
        let mut sums = self.platform.clone();
        for (account, minor) in &self.balances {
            *sums.entry(account.currency).or_default() += minor;
        }
        sums.values().all(|sum| *sum == 0)
    }
}
