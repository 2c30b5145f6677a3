//! What the training context publishes: who trains by which programme, and what comes of it; not what was measured, nor
//! what is made of that. A workout's events are snapshots: of two with one workout, the newer by [`crate::Stamp`]
//! counts.

use crate::{event, published};
use kernel::{AccountId, EnrolmentId, ProgrammeId, Sport, Timestamp, WorkoutId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Somebody begins a programme.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = Enrolled::example())]
pub struct Enrolled {
    /// The run through it.
    pub enrolment: EnrolmentId,
    /// Who.
    pub person: AccountId,
    /// The programme.
    pub programme: ProgrammeId,
    /// Its edition, which stays.
    pub edition: u32,
    /// The first day, by the person's clock.
    pub start: String,
}
event!(Enrolled = "training.enrolled.v1", about enrolment);

/// A session of a programme: which of which week.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct SessionOf {
    /// The run through the programme.
    pub enrolment: EnrolmentId,
    /// The week of the run, from 1; weeks that are repeated count anew.
    pub week: u16,
    /// The session of the week, from 1.
    pub session: u8,
}

/// Somebody did a workout, or more is known of one.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = WorkoutCompleted::example())]
pub struct WorkoutCompleted {
    /// The workout.
    pub workout: WorkoutId,
    /// Who did it.
    pub person: AccountId,
    /// The day on which it began, by the person's clock.
    pub day: String,
    /// What it was.
    pub sport: Sport,
    /// How long it took, in seconds without pauses.
    pub seconds: u32,
    /// How far, in metres; absent if nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// The session that it completes. Absent: it was not planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<SessionOf>,
}
event!(WorkoutCompleted = "training.workout-completed.v1", about workout);

/// A workout does not count any more, nor do its records: it was deleted, or a recording of the same session came.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"workout": WorkoutId::from_bits(28), "person": AccountId::from_bits(3)}))]
pub struct WorkoutWithdrawn {
    /// The workout.
    pub workout: WorkoutId,
    /// Whose it was.
    pub person: AccountId,
}
event!(WorkoutWithdrawn = "training.workout-withdrawn.v1", about workout);

/// Somebody leaves out a planned session.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = WorkoutSkipped::example())]
pub struct WorkoutSkipped {
    /// The run through the programme.
    pub enrolment: EnrolmentId,
    /// Who.
    pub person: AccountId,
    /// The session.
    pub planned: SessionOf,
    /// The day for which it was planned.
    pub day: String,
}
event!(WorkoutSkipped = "training.workout-skipped.v1", about enrolment);

/// What a record is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RecordedEffort")]
pub enum Effort {
    /// Power over this many seconds, in watts: the highest counts.
    Power(u32),
    /// Time for this many metres, in seconds: the shortest counts.
    Distance(u32),
}

/// Somebody did better than ever before.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RecordSet::example())]
pub struct RecordSet {
    /// The workout in which.
    pub workout: WorkoutId,
    /// Who.
    pub person: AccountId,
    /// At what sport.
    pub sport: Sport,
    /// At what.
    pub effort: Effort,
    /// The day, by the person's clock.
    pub day: String,
}
event!(RecordSet = "training.record-set.v1", about workout);

/// The last week of somebody's programme is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ProgrammeCompleted::example())]
pub struct ProgrammeCompleted {
    /// The run through it.
    pub enrolment: EnrolmentId,
    /// Who.
    pub person: AccountId,
    /// The programme.
    pub programme: ProgrammeId,
}
event!(ProgrammeCompleted = "training.programme-completed.v1", about enrolment);

/// A planned session is to begin soon.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = SessionDue::example())]
pub struct SessionDue {
    /// The run through the programme.
    pub enrolment: EnrolmentId,
    /// Who is to train.
    pub person: AccountId,
    /// The session.
    pub planned: SessionOf,
    /// What the programme calls it.
    pub title: String,
    /// When it begins.
    pub begins_at: Timestamp,
}
event!(SessionDue = "training.session-due.v1", about enrolment);

published!(
    Enrolled,
    WorkoutCompleted,
    WorkoutWithdrawn,
    WorkoutSkipped,
    RecordSet,
    ProgrammeCompleted,
    SessionDue,
);

fn session_example() -> Value {
    json!({"enrolment": EnrolmentId::from_bits(27), "week": 2, "session": 1})
}

impl Enrolled {
    fn example() -> Value {
        json!({
            "enrolment": EnrolmentId::from_bits(27),
            "person": AccountId::from_bits(3),
            "programme": ProgrammeId::from_bits(26),
            "edition": 1,
            "start": "2026-02-02",
        })
    }
}

impl WorkoutCompleted {
    fn example() -> Value {
        json!({
            "workout": WorkoutId::from_bits(28),
            "person": AccountId::from_bits(3),
            "day": "2026-01-31",
            "sport": "cycling",
            "seconds": 3_500,
            "distance_m": 30_120,
            "planned": session_example(),
        })
    }
}

impl WorkoutSkipped {
    fn example() -> Value {
        json!({
            "enrolment": EnrolmentId::from_bits(27),
            "person": AccountId::from_bits(3),
            "planned": session_example(),
            "day": "2026-02-10",
        })
    }
}

impl RecordSet {
    fn example() -> Value {
        json!({
            "workout": WorkoutId::from_bits(28),
            "person": AccountId::from_bits(3),
            "sport": "cycling",
            "effort": {"power": 300},
            "day": "2026-01-31",
        })
    }
}

impl ProgrammeCompleted {
    fn example() -> Value {
        json!({
            "enrolment": EnrolmentId::from_bits(27),
            "person": AccountId::from_bits(3),
            "programme": ProgrammeId::from_bits(26),
        })
    }
}

impl SessionDue {
    fn example() -> Value {
        json!({
            "enrolment": EnrolmentId::from_bits(27),
            "person": AccountId::from_bits(3),
            "planned": session_example(),
            "title": "Intervals",
            "begins_at": "2026-02-10T15:00:00.000Z",
        })
    }
}
