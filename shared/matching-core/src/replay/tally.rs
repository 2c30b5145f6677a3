//! What a way of matching has achieved on a data set.

use crate::replay::dataset::UNITS_OF_VALUE;
use kernel::{AccountId, Timestamp};
use std::collections::BTreeMap;

/// What was achieved.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tally {
    /// In units of value.
    pub value: i128,
    /// How long each task that was done had waited until it was assigned, in milliseconds.
    pub waits_ms: Vec<i64>,
    /// How many tasks each worker does.
    pub jobs: BTreeMap<AccountId, u32>,
    /// How often a request was considered.
    pub decisions: u64,
}

impl Tally {
    /// Notes that a task is done.
    pub fn assigned(&mut self, worker: AccountId, value: i128, placed_at: Timestamp, now: Timestamp) {
        self.value = self.value.saturating_add(value);
        self.waits_ms.push(now.as_millis().saturating_sub(placed_at.as_millis()));
        let jobs = self.jobs.entry(worker).or_default();
        *jobs = jobs.saturating_add(1);
    }

    /// The value as a percentage of the best that could be reached.
    pub fn percent_of(&self, optimum: i128) -> f64 {
        100.0 * self.value as f64 / optimum.max(1) as f64
    }

    /// The value in the data's own units.
    pub fn utility(&self) -> f64 {
        self.value as f64 / UNITS_OF_VALUE
    }

    /// The mean wait in seconds.
    pub fn mean_wait_s(&self) -> f64 {
        let sum: i64 = self.waits_ms.iter().sum();
        sum as f64 / 1000.0 / self.waits_ms.len().max(1) as f64
    }

    /// What 95 of 100 waits do not exceed, in seconds.
    pub fn long_wait_s(&self) -> f64 {
        let mut waits = self.waits_ms.clone();
        waits.sort_unstable();
        waits.get(waits.len().saturating_mul(95) / 100).map_or(0.0, |&wait| wait as f64 / 1000.0)
    }
}

/// The coefficient of variation: standard deviation ÷ mean. 0 if there is nothing.
pub fn coefficient_of_variation(loads: &[u32]) -> f64 {
    let count = loads.len().max(1) as f64;
    let mean = loads.iter().copied().map(f64::from).sum::<f64>() / count;
    let variance = loads.iter().map(|&load| (f64::from(load) - mean).powi(2)).sum::<f64>() / count;
    if mean > 0.0 { variance.sqrt() / mean } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::coefficient_of_variation;

    #[test]
    fn variation_is_relative_to_the_mean() {
        assert_eq!(coefficient_of_variation(&[]), 0.0);
        assert_eq!(coefficient_of_variation(&[0, 0]), 0.0);
        assert_eq!(coefficient_of_variation(&[7, 7, 7]), 0.0);
        assert_eq!(coefficient_of_variation(&[0, 2]), 1.0);
        assert_eq!(coefficient_of_variation(&[10, 30]), 0.5);
    }
}
