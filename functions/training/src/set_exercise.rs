//! An editor puts an exercise into the library, or changes it.
//!
//! Called by an editor with the whole exercise, under an id that the editor made; `If-Match` guards against overwriting a
//! colleague's change. Setting what is already so changes nothing, so a repeated request is harmless. Programmes name
//! exercises by id and show them as they are now.

use crate::plan::{AboutExercise, Exercise};
use crate::store;
use kernel::ExerciseId;
use platform::http::caller::Editor;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::convert::Infallible;

/// An exercise as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = json!({"name": "Squat", "sport": "strength", "how": "Feet as wide as the shoulders, back straight."}))]
pub struct SetExercise(pub AboutExercise);

/// The exercise as it is set now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExerciseSet {
    /// Names it.
    pub id: ExerciseId,
    /// Counts its changes, from 1.
    pub edition: u32,
}

/// `PUT /v1/training/exercises/{exercise}`
pub fn function() -> Function {
    http::put("/v1/training/exercises/{exercise}", set_exercise)
}

/// Writes it, if it differs from what is there.
pub async fn set_exercise(
    _: Staff<Editor>,
    Path(id): Path<ExerciseId>,
    seen: IfMatch,
    Json(SetExercise(about)): Json<SetExercise>,
    training: Table,
) -> Result<http::Ok<ExerciseSet>, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Exercise>>| {
        if found.is_some_and(|found| found.value.about == about) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        let edition = found.map_or(0, |found| found.value.edition) + 1;
        Ok(Decision::To(Exercise { id, edition, about: about.clone() }, Vec::new()))
    };
    let exercise = training.change(&store::exercise_key(id), decide).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(exercise.version, ExerciseSet { id, edition: exercise.value.edition }))
}
