//! Somebody looks at a person's training load, day by day: what each day cost, and what the days before it left behind.
//!
//! Called by the person, or by somebody to whom the person consented, for at most a year. Fitness (CTL) and fatigue (ATL)
//! are exponentially weighted means of a day's load over 42 and 7 days; form (TSB) is yesterday's fitness less
//! yesterday's fatigue. A year before the range counts; what is older is forgotten.

use crate::day::Day;
use crate::load::{DayLoad, WARM_UP, curves};
use crate::store;
use derive::Refusal;
use kernel::AccountId;
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most days.
const MOST_DAYS: i64 = 366;

/// Which days of whose, by which measure.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetLoad {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// By what; training stress if it is not said.
    #[serde(default)]
    pub by: Measure,
    /// Somebody who allowed the caller to look; the caller if it is not said.
    #[serde(default)]
    pub person: Option<AccountId>,
}

/// What a day's load is measured by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "LoadMeasure")]
pub enum Measure {
    /// Training stress scores (TSS), of power.
    #[default]
    Stress,
    /// Training impulses (TRIMP), of heart rate.
    Impulse,
}

/// Training load.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TrainingLoad {
    /// Every day of the range.
    pub days: Vec<LoadOfDay>,
}

/// One day, in tenths.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LoadOfDay {
    /// The day.
    pub day: Day,
    /// What its workouts cost.
    pub load_tenths: i64,
    /// Fitness at its end (CTL).
    pub fitness_tenths: i64,
    /// Fatigue at its end (ATL).
    pub fatigue_tenths: i64,
    /// Form at its beginning (TSB).
    pub form_tenths: i64,
}

/// Why there is no load.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The last day is before the first, or too far from it.
    #[problem(422, "bad-range", "Ask for 1 to {most} days.")]
    BadRange {
        /// The most days.
        most: i64,
    },
}

/// `GET /v1/training/load`
pub fn function() -> Function {
    http::get("/v1/training/load", get_load)
}

/// Reads the sums of the days, and follows the curves.
pub async fn get_load(
    reader: Customer,
    Query(query): Query<GetLoad>,
    training: TableReader,
) -> Result<http::Ok<TrainingLoad>, Failure<Refused>> {
    let GetLoad { from, to, by, person } = query;
    if !(0..MOST_DAYS).contains(&to.since(from)) {
        return Err(Refused::BadRange { most: MOST_DAYS }.into());
    }
    let person = store::shown(&training, reader.account, person).await?;
    let load = |day: DayLoad| match by {
        Measure::Stress => (day.day, day.stress),
        Measure::Impulse => (day.day, day.impulse),
    };
    let days = store::days(&training, person, from.plus(-WARM_UP), to).await?;
    let loads: BTreeMap<Day, i64> = days.into_iter().map(load).collect();
    let days = curves(&loads, from, to).into_iter().map(|curve| LoadOfDay {
        day: curve.day,
        load_tenths: curve.load,
        fitness_tenths: curve.fitness,
        fatigue_tenths: curve.fatigue,
        form_tenths: curve.form,
    });
    Ok(http::Ok { version: None, body: TrainingLoad { days: days.collect() } })
}
