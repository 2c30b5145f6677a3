//! Anybody who is signed in looks at the library of exercises; in pages, in no particular order.

use crate::plan::AboutExercise;
use crate::store;
use kernel::{ExerciseId, Page};
use platform::http::{self, Paging, Query, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An exercise.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExerciseInLibrary {
    /// Names it.
    pub id: ExerciseId,
    /// Counts its changes, from 1.
    pub edition: u32,
    /// What it is.
    #[serde(flatten)]
    pub about: AboutExercise,
}

/// `GET /v1/training/exercises`
pub fn function() -> Function {
    http::get("/v1/training/exercises", list_exercises)
}

/// Reads one page of the library.
pub async fn list_exercises(
    _: SignedIn,
    Query(query): Query<Paging>,
    training: TableReader,
) -> Result<http::Ok<Page<ExerciseInLibrary>>, Failure<Infallible>> {
    let page = store::exercises(&training, query.limit(), query.cursor.as_ref()).await?;
    let body = page.map(|exercise| {
        let exercise = exercise.value;
        ExerciseInLibrary {
            id: exercise.id,
            edition: exercise.edition,
            about: exercise.about,
        }
    });
    Ok(http::Ok { version: None, body })
}
