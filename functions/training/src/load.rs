//! A day's load, and what the days before it leave behind. Pure.

use crate::day::Day;
use crate::workout::Workout;
use kernel::AccountId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Days over which load becomes fitness (CTL), and fatigue (ATL).
const FITNESS_DAYS: i64 = 42;
const FATIGUE_DAYS: i64 = 7;
/// Days before a range that count: of what is older, less than a five-thousandth of the load is left.
pub const WARM_UP: i64 = 365;
/// Curves are followed in ten-thousandths of a tenth, so that rounding leaves no trace.
const FINE: i64 = 10_000;

/// What a person did on a day: the sums of the workouts that count.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DayLoad {
    /// Whose.
    pub person: AccountId,
    /// The day.
    pub day: Day,
    /// How many workouts.
    pub workouts: i64,
    /// Their training stress scores, in tenths.
    pub stress: i64,
    /// Their training impulses, in tenths.
    pub impulse: i64,
}

impl DayLoad {
    /// A day without workouts.
    pub fn none(person: AccountId, day: Day) -> Self {
        DayLoad { person, day, workouts: 0, stress: 0, impulse: 0 }
    }
}

/// What changes in the sums of days when workouts change.
#[derive(Default)]
pub struct Shift(BTreeMap<Day, [i64; 3]>);

impl Shift {
    /// A workout as it was (−1), or as it is now (1).
    pub fn count(&mut self, workout: &Workout, sign: i64) {
        if workout.counts {
            let sums = self.0.entry(workout.day).or_default();
            let (stress, impulse) = (workout.load.stress_tenths, workout.load.impulse_tenths);
            let each = [1, i64::from(stress.unwrap_or(0)), i64::from(impulse.unwrap_or(0))];
            sums.iter_mut().zip(each).for_each(|(sum, each)| *sum += sign * each);
        }
    }

    /// The days whose sums change, with what is added to workouts, stress and impulse.
    pub fn days(&self) -> impl Iterator<Item = (Day, [i64; 3])> {
        self.0.iter().filter(|(_, sums)| **sums != [0; 3]).map(|(day, sums)| (*day, *sums))
    }
}

/// Fitness and fatigue on a day, in tenths.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Curve {
    /// The day.
    pub day: Day,
    /// The day's own load.
    pub load: i64,
    /// The 42-day exponentially weighted mean (CTL).
    pub fitness: i64,
    /// The 7-day one (ATL).
    pub fatigue: i64,
    /// Yesterday's fitness less yesterday's fatigue (TSB): how fresh one begins the day.
    pub form: i64,
}

/// The curves of `from..=to`. `loads` are those of the days from [`WARM_UP`] before it on; days that are not there had
/// none.
pub fn curves(loads: &BTreeMap<Day, i64>, from: Day, to: Day) -> Vec<Curve> {
    let (mut fitness, mut fatigue) = (0_i64, 0_i64);
    let mut curves = Vec::new();
    for ahead in -WARM_UP..=to.since(from) {
        let day = from.plus(ahead);
        let load = loads.get(&day).copied().unwrap_or(0);
        let form = fitness - fatigue;
        fitness += (load * FINE - fitness) / FITNESS_DAYS;
        fatigue += (load * FINE - fatigue) / FATIGUE_DAYS;
        if ahead >= 0 {
            let tenths = |fine: i64| (fine + FINE / 2).div_euclid(FINE);
            curves.push(Curve {
                day,
                load,
                fitness: tenths(fitness),
                fatigue: tenths(fatigue),
                form: tenths(form),
            });
        }
    }
    curves
}
