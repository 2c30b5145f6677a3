//! Somebody looks at a person's workouts: recorded, or written down; in pages, the last first.
//!
//! Called by the person, or by somebody to whom the person consented. The list may be a moment behind.

use crate::store;
use crate::view::WorkoutView;
use kernel::{AccountId, Count, Cursor, Page, Timestamp};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// Which workouts of whose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListWorkouts {
    /// Those that began from then on; all if it is not said.
    #[serde(default)]
    pub from: Option<Timestamp>,
    /// Those that began until then; all if it is not said.
    #[serde(default)]
    pub to: Option<Timestamp>,
    /// The most workouts on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
    /// Somebody who allowed the caller to look; the caller if it is not said.
    #[serde(default)]
    pub person: Option<AccountId>,
}

/// `GET /v1/training/workouts`
pub fn function() -> Function {
    http::get("/v1/training/workouts", list_workouts)
}

/// Reads one page of the diary.
pub async fn list_workouts(
    reader: Customer,
    Query(query): Query<ListWorkouts>,
    training: TableReader,
) -> Result<http::Ok<Page<WorkoutView>>, Failure<Infallible>> {
    let person = store::shown(&training, reader.account, query.person).await?;
    let from = query.from.unwrap_or(Timestamp::from_millis(0));
    let to = query.to.unwrap_or(Timestamp::from_millis(i64::MAX));
    if to < from {
        // An empty range is no range to the table.
        return Ok(http::Ok { version: None, body: Page { items: Vec::new(), next: None } });
    }
    let limit = query.limit.map_or(20, Count::get);
    let mut page = store::workouts(&training, person, (from, to), limit, query.cursor.as_ref()).await?;
    // What the index says may be a moment old: the workout itself has the last word.
    page.items.retain(|workout| workout.value.diary == Some(person));
    Ok(http::Ok {
        version: None,
        body: page.map(|workout| workout.value.into()),
    })
}
