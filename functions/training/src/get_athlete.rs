//! Somebody looks at a person who trains: thresholds, runs that go on, and who may look.
//!
//! Called by the person, or by somebody to whom the person consented; for anybody else there is nothing here.

use crate::athlete::{Athlete, Thresholds};
use crate::day::Day;
use crate::store;
use crate::view::Whose;
use kernel::{AccountId, EnrolmentId};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A person who trains.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AthleteView {
    /// Who.
    pub person: AccountId,
    /// Thresholds, the oldest first.
    pub thresholds: Vec<ThresholdsSince>,
    /// Runs through programmes that go on.
    pub active: Vec<EnrolmentId>,
    /// Who may look at all of this person's training.
    pub coaches: Vec<AccountId>,
}

/// Thresholds from a day on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ThresholdsSince {
    /// The first day.
    pub day: Day,
    /// What holds.
    pub thresholds: Thresholds,
}

/// `GET /v1/training/athlete`
pub fn function() -> Function {
    http::get("/v1/training/athlete", get_athlete)
}

/// Reads the person; of whom nothing is known, that.
pub async fn get_athlete(
    reader: Customer,
    Query(query): Query<Whose>,
    training: TableReader,
) -> Result<http::Ok<AthleteView>, Failure<Infallible>> {
    let person = store::shown(&training, reader.account, query.person).await?;
    let athlete = training.get::<Athlete>(&store::athlete_key(person)).await?;
    let athlete = athlete.map_or_else(|| Athlete::new(person), |athlete| athlete.value);
    let coaches = athlete.let_in().collect();
    let since = athlete.thresholds.into_iter();
    let body = AthleteView {
        person,
        thresholds: since.map(|since| ThresholdsSince { day: since.day, thresholds: since.thresholds }).collect(),
        active: athlete.active,
        coaches,
    };
    Ok(http::Ok { version: None, body })
}
