//! A person says by what their efforts are to be measured: threshold power, heart rates.
//!
//! Called by a signed-in customer. They hold from today (UTC) on: what was measured by the former ones stays as it was.
//! A recording of an earlier day that comes late is measured by what held then. Setting what already holds changes
//! nothing.

use crate::athlete::{Athlete, Thresholds};
use crate::day::{Day, day_at_offset};
use crate::store;
use platform::http::{self, Customer, Json};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::convert::Infallible;

/// What is to hold from today on.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"power_w": 250, "heart": {"resting": 50, "maximum": 190, "curve": "women"}}))]
pub struct SetThresholds(pub Thresholds);

/// What holds now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ThresholdsSet {
    /// From which day on.
    pub since: Day,
    /// What holds.
    pub thresholds: Thresholds,
}

/// `PUT /v1/training/thresholds`
pub fn function() -> Function {
    http::put("/v1/training/thresholds", set_thresholds)
}

/// Adds them to those that held before.
pub async fn set_thresholds(
    customer: Customer,
    Json(SetThresholds(thresholds)): Json<SetThresholds>,
    Now(now): Now,
    training: Table,
) -> Result<http::Ok<ThresholdsSet>, Failure<Infallible>> {
    let (person, today) = (customer.account, day_at_offset(now, 0));
    let decide = |found: Option<&Stored<Athlete>>| {
        let athlete = found.map_or_else(|| Athlete::new(person), |found| found.value.clone());
        let next = athlete.with_thresholds(thresholds.clone(), today);
        Ok(next.map_or(Decision::Keep, |athlete| Decision::To(athlete, Vec::new())))
    };
    let athlete = training.change(&store::athlete_key(person), decide).await?;
    let last = athlete.and_then(|athlete| athlete.value.thresholds.last().cloned()).ok_or_else(http::not_found)?;
    Ok(http::Ok {
        version: None,
        body: ThresholdsSet { since: last.day, thresholds: last.thresholds },
    })
}
