//! Somebody looks at a person's records at a sport: the highest power, the shortest times.
//!
//! Called by the person, or by somebody to whom the person consented. A record whose activity was deleted is the former
//! one's again; of each effort the twenty best are known.

use crate::day::Day;
use crate::records::Records;
use crate::store;
use contracts::training::Effort;
use kernel::{AccountId, Sport, WorkoutId};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Whose records at what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListRecords {
    /// The sport.
    #[schemars(example = Sport::Cycling)]
    pub sport: Sport,
    /// Somebody who allowed the caller to look; the caller if it is not said.
    #[serde(default)]
    pub person: Option<AccountId>,
}

/// Records.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PersonalRecords {
    /// One for each effort that was ever recorded.
    pub records: Vec<RecordView>,
}

/// A record.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordView {
    /// At what.
    pub effort: Effort,
    /// Watts, or seconds.
    pub value: u32,
    /// When.
    pub day: Day,
    /// In which workout.
    pub workout: WorkoutId,
}

/// `GET /v1/training/records`
pub fn function() -> Function {
    http::get("/v1/training/records", list_records)
}

/// Reads who holds each.
pub async fn list_records(
    reader: Customer,
    Query(query): Query<ListRecords>,
    training: TableReader,
) -> Result<http::Ok<PersonalRecords>, Failure<Infallible>> {
    let person = store::shown(&training, reader.account, query.person).await?;
    let records = training.get::<Records>(&store::records_key(person, query.sport)).await?;
    let efforts = records.map(|records| records.value.efforts).unwrap_or_default();
    let records = efforts.into_iter().filter_map(|(effort, marks)| {
        let mark = marks.into_iter().next()?;
        Some(RecordView {
            effort,
            value: mark.value,
            day: mark.day,
            workout: mark.workout,
        })
    });
    Ok(http::Ok {
        version: None,
        body: PersonalRecords { records: records.collect() },
    })
}
