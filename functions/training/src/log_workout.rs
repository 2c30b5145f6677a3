//! A person writes down a workout: a planned session that was done, or a free one.
//!
//! Called by a signed-in customer with an `Idempotency-Key`; the same key again gets the same reply. A session that was
//! written down is completed; a recording of it that comes later takes its place, and where one came before there is
//! nothing to write down. What is written down has no load: nobody measured anything. Announces
//! `training.workout-completed.v1`.

use crate::change::Change;
use crate::day::{Day, Zone};
use crate::session::Session;
use crate::store::{self, DECISIONS};
use crate::workout::{Load, Source, Workout, WorkoutEvent};
use contracts::training::SessionOf;
use derive::Refusal;
use kernel::{AccountId, Count, EnrolmentId, Sport, Text, Timestamp, WorkoutId};
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

/// A planned session.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LoggedSession")]
pub struct Planned {
    /// The run.
    pub enrolment: EnrolmentId,
    /// The week of the run, from 1: the present one, or one before it.
    pub week: Count<1, 200>,
    /// The session of the week, from 1.
    pub session: Count<1, 7>,
}

/// The workout as it was written down.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkoutLogged {
    /// Names it.
    pub id: WorkoutId,
    /// The day on which it began.
    pub day: Day,
}

/// Why a workout is not written down.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is yet to begin, or was too long ago.
    #[problem(422, "bad-time", "Write down what began within the last year.")]
    BadTime,
    /// There is no such session, or its week has not begun.
    #[problem(422, "no-such-session", "Name a session of this week, or of one before it.")]
    NoSuchSession,
    /// The session was done.
    #[problem(409, "session-completed", "This session was done already; leave `planned` away.")]
    Completed,
    /// The session was left out.
    #[problem(409, "session-skipped", "This session was left out; leave `planned` away.")]
    Skipped,
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

/// The session is done, unless it was.
async fn complete(
    training: &Table,
    (person, id): (AccountId, WorkoutId),
    planned: Planned,
    change: &mut Change,
) -> Result<SessionOf, Failure<Refused>> {
    let run = store::run_of(training, person, planned.enrolment).await?.value;
    let position = u16::try_from(planned.week.get() - 1).unwrap_or(u16::MAX);
    if position > run.present() {
        return Err(Refused::NoSuchSession.into());
    }
    let plan = store::plan(training, &run).await?;
    let known = store::sessions(training, run.id, position).await?;
    let values: Vec<Session> = known.iter().map(|session| session.value.clone()).collect();
    let mut sessions = run.sessions(position, &plan, &values).into_iter();
    let is_it = |session: &Session| u32::from(session.number) == planned.session.get();
    let session = sessions.find(is_it).ok_or(Refused::NoSuchSession)?;
    if session.is_completed() {
        return Err(Refused::Completed.into());
    }
    if session.skipped {
        return Err(Refused::Skipped.into());
    }
    let old = known.into_iter().find(|known| is_it(&known.value));
    let done = Session { by_hand: Some(id), ..session };
    let of = done.of();
    change.sessions.push((old, done, Vec::new()));
    Ok(of)
}

fn created(workout: &Workout) -> Created<WorkoutLogged> {
    Created {
        location: format!("/v1/training/workouts/{}", workout.id),
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
