//! An editor sets a training programme, or changes it.
//!
//! Called by an editor with the whole plan, under an id that the editor made; `If-Match` guards against overwriting a
//! colleague's change. A change is a new edition: who has enrolled goes on with theirs. Setting what is already so
//! changes nothing, so a repeated request is harmless.

use crate::plan::{Edition, Exercise, MOST_EXERCISES, MOST_PRESCRIPTIONS, Plan, Programme};
use crate::store::{self, DECISIONS};
use derive::Refusal;
use kernel::{Digest, ExerciseId, ProgrammeId};
use platform::http::caller::Editor;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Key, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A programme as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = SetProgramme::example())]
pub struct SetProgramme(pub Plan);

/// The programme as it is set now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProgrammeSet {
    /// Names it.
    pub id: ProgrammeId,
    /// Counts the changes of its plan, from 1.
    pub edition: u32,
}

/// Why a programme is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is not one session in it.
    #[problem(422, "empty-programme", "Give the programme at least one session.")]
    Empty,
    /// It asks for more than a programme may hold.
    #[problem(
        422,
        "programme-too-large",
        "Ask for {most} exercises altogether at most, and for {kinds} different ones."
    )]
    TooLarge {
        /// How many altogether.
        most: usize,
        /// How many different ones.
        kinds: usize,
    },
    /// There are no such exercises in the library.
    #[problem(422, "no-such-exercise", "Put these exercises into the library first.")]
    NoSuchExercise {
        /// Which.
        exercises: Vec<ExerciseId>,
    },
}

/// `PUT /v1/training/programmes/{programme}`
pub fn function() -> Function {
    http::put("/v1/training/programmes/{programme}", set_programme)
}

/// Writes a new edition, if it differs from what is there.
pub async fn set_programme(
    _: Staff<Editor>,
    Path(id): Path<ProgrammeId>,
    seen: IfMatch,
    Json(SetProgramme(plan)): Json<SetProgramme>,
    training: Table,
) -> Result<http::Ok<ProgrammeSet>, Failure<Refused>> {
    check(&plan, &training).await?;
    let content = serde_json::to_string(&plan).map_err(Error::broken)?;
    let content = Digest::of([content]).short(26);
    for _ in 0..DECISIONS {
        let old = training.get::<Programme>(&store::programme_key(id)).await?;
        let (version, before) = old.as_ref().map_or((0, 0), |old| (old.version, old.value.edition));
        if old.as_ref().is_some_and(|old| old.value.content == content) {
            return Ok(http::Ok::at(version, ProgrammeSet { id, edition: before }));
        }
        seen.check(version)?;
        let edition = before + 1;
        let programme = Programme {
            id,
            edition,
            title: plan.title.clone(),
            weeks: plan.length(),
            content: content.clone(),
        };
        let both = training.transaction().write(old.as_ref(), &programme, Vec::new());
        let written = Edition { programme: id, edition, plan: plan.clone() };
        if let Commit::Done = both.create(&written, Vec::new()).commit().await? {
            return Ok(http::Ok::at(version + 1, ProgrammeSet { id, edition }));
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

async fn check(plan: &Plan, training: &Table) -> Result<(), Failure<Refused>> {
    if plan.all().next().is_none() {
        return Err(Refused::Empty.into());
    }
    let asked = plan.exercises();
    let prescriptions: usize = plan.all().map(|session| session.exercises.len()).sum();
    if prescriptions > MOST_PRESCRIPTIONS || asked.len() > MOST_EXERCISES {
        return Err(Refused::TooLarge { most: MOST_PRESCRIPTIONS, kinds: MOST_EXERCISES }.into());
    }
    let keys: Vec<Key> = asked.iter().map(|id| store::exercise_key(*id)).collect();
    let there: Vec<ExerciseId> = training.get_each::<Exercise>(&keys).await?.iter().map(|one| one.id).collect();
    let exercises: Vec<ExerciseId> = asked.into_iter().filter(|id| !there.contains(id)).collect();
    if exercises.is_empty() {
        Ok(())
    } else {
        Err(Refused::NoSuchExercise { exercises }.into())
    }
}

impl SetProgramme {
    fn example() -> serde_json::Value {
        let session = |day: u8, title: &str, minutes: u16| json!({"day": day, "sport": "cycling", "title": title, "minutes": minutes, "exercises": []});
        json!({
            "title": "Four weeks to 40 km",
            "weeks": [
                {"sessions": [session(1, "Easy", 45), session(3, "Intervals", 60)]},
                {"sessions": [session(1, "Easy", 60), session(6, "Long", 120)]},
            ],
            "growth_percent": 5,
            "missed": "repeat",
        })
    }
}
