//! A person writes down a workout: a planned session that was done, or a free one.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply. A session that was
//! written down is completed; a recording of it that comes later takes its place, and where one came before there is
//! nothing to write down. What is written down has no load: nobody measured anything; it can be taken back
//! (`delete-workout`), and the same key does not bring it back then. Announces `training.workout-completed.v1`.

use crate::change::Change;
use crate::day::{Day, Zone};
use crate::done_by_hand::{Planned, Refused, complete};
use crate::store::{self, DECISIONS};
use crate::workout::{Load, Source, Workout, WorkoutEvent};
use contracts::training::SessionOf;
use kernel::{AccountId, Count, Sport, Text, Timestamp, WorkoutId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json};
use platform::{Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// For how long workouts can be written down.
const YEAR_MILLIS: i64 = 366 * 86_400_000;

/// What was done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({
    "started_at": "2026-01-31T07:00:00.000Z", "zone": "Europe/Moscow", "sport": "strength", "minutes": 45,
    "note": "Squats felt light.",
}))]
pub struct LogWorkout {
    /// When it began: not in the future, and not more than a year ago.
    pub started_at: Timestamp,
    /// Where it was.
    pub zone: Zone,
    /// What it was.
    pub sport: Sport,
    /// How long it took.
    pub minutes: Count<1, 1440>,
    /// How far it was.
    #[serde(default)]
    pub distance_m: Option<Count<1, 1_000_000>>,
    /// What else there is to say.
    #[serde(default)]
    pub note: Option<Text<1, 1000>>,
    /// The planned session that it was.
    #[serde(default)]
    pub planned: Option<Planned>,
}

/// The workout as it was written down.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkoutLogged {
    /// Names it.
    pub id: WorkoutId,
    /// The day on which it began.
    pub day: Day,
}

/// `POST /v1/training/workouts`
pub fn function() -> Function {
    http::post("/v1/training/workouts", log_workout)
}

/// Writes the workout, with the session that it completes; decides anew if something changed meanwhile.
pub async fn log_workout(
    customer: Customer,
    key: IdempotencyKey,
    Json(request): Json<LogWorkout>,
    Now(now): Now,
    training: Table,
) -> Result<Created<WorkoutLogged>, Failure<Refused>> {
    let (id, person): (WorkoutId, _) = (key.id(), customer.account);
    for _ in 0..DECISIONS {
        if let Some(known) = training.get::<Workout>(&store::workout_key(person, id)).await? {
            if let Source::Hand { request, .. } = &known.value.source {
                key.replays(request)?;
            }
            return Ok(created(&known.value));
        }
        if !(now.as_millis() - YEAR_MILLIS..=now.as_millis()).contains(&request.started_at.as_millis()) {
            return Err(Refused::BadTime.into());
        }
        let mut change = Change::default();
        let planned = match request.planned {
            Some(planned) => Some(complete(&training, (person, id), planned, &mut change).await?),
            None => None,
        };
        let workout = request.workout((person, id), planned, key.fingerprint());
        let reply = created(&workout);
        change.workouts.push((None, workout, vec![WorkoutEvent::Completed]));
        if change.commit(&training).await? {
            return Ok(reply);
        }
    }
    Err(Error::contended(format!("{person} kept training")).into())
}

fn created(workout: &Workout) -> Created<WorkoutLogged> {
    Created {
        location: "/v1/training/workouts".to_owned(),
        body: WorkoutLogged { id: workout.id, day: workout.day },
    }
}

impl LogWorkout {
    fn workout(&self, (person, id): (AccountId, WorkoutId), planned: Option<SessionOf>, request: &str) -> Workout {
        Workout {
            id,
            person,
            diary: Some(person),
            day: self.zone.day_of(self.started_at),
            started_at: self.started_at,
            sport: self.sport,
            seconds: self.minutes.get() * 60,
            distance_m: self.distance_m.map(Count::get),
            load: Load::default(),
            efforts: Vec::new(),
            planned,
            source: Source::Hand {
                request: request.to_owned(),
                note: self.note.as_ref().map(|note| note.as_str().to_owned()),
            },
            counts: true,
        }
    }
}
