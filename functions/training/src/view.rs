//! How sessions and workouts are shown.

use crate::day::Day;
use crate::enrolment::{Enrolment, State};
use crate::plan::Plan;
use crate::session::{Session, SessionState};
use crate::workout::{Source, Workout};
use contracts::training::SessionOf;
use kernel::{AccountId, ActivityId, EnrolmentId, ExerciseId, Sport, Timestamp, WorkoutId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    /// Somebody who allowed the caller to look; the caller if it is not said.
    #[serde(default)]
    pub person: Option<AccountId>,
}

/// A planned session.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TrainingSessionView")]
pub struct SessionView {
    /// The run.
    pub enrolment: EnrolmentId,
    /// The week of the run, from 1.
    pub week: u16,
    /// The session of the week, from 1.
    pub session: u8,
    /// The day.
    pub day: Day,
    /// When it begins.
    pub begins_at: Timestamp,
    /// What is done.
    pub sport: Sport,
    /// What it is called.
    pub title: String,
    /// How many minutes it takes, as far as the run has grown.
    pub minutes: u32,
    /// Exercises, in their order.
    pub exercises: Vec<ExerciseView>,
    /// How far it is.
    pub state: SessionState,
    /// The workout that it became.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workout: Option<WorkoutId>,
}

/// An exercise of a planned session.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExerciseView {
    /// Which.
    pub exercise: ExerciseId,
    /// How many sets.
    pub sets: u32,
    /// How many repetitions in each, as far as the run has grown.
    pub repetitions: u32,
}

impl SessionView {
    /// A session of a run; none if the plan has no such session.
    pub fn of(run: &Enrolment, plan: &Plan, session: &Session) -> Option<SessionView> {
        let lived = run.week(session.position, plan)?;
        let planned = plan.sessions(lived.week).get(usize::from(session.number).checked_sub(1)?)?;
        let exercise = |each: &crate::plan::Prescription| ExerciseView {
            exercise: each.exercise,
            sets: each.sets.get(),
            repetitions: plan.grown(each.repetitions.get(), lived.level),
        };
        Some(SessionView {
            enrolment: run.id,
            week: session.position + 1,
            session: session.number,
            day: session.day,
            begins_at: run.clock.begins(session.day),
            sport: session.sport,
            title: session.title.clone(),
            minutes: plan.grown(planned.minutes.get(), lived.level),
            exercises: planned.exercises.iter().map(exercise).collect(),
            state: session.state(run.present(), run.state == State::Active),
            workout: session.recorded.or(session.by_hand),
        })
    }
}

/// A workout.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WorkoutView {
    /// Names it.
    pub id: WorkoutId,
    /// The day on which it began.
    pub day: Day,
    /// When it began.
    pub started_at: Timestamp,
    /// What it was.
    pub sport: Sport,
    /// Seconds without pauses.
    pub seconds: u32,
    /// Metres; absent if nobody knows, as all that follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// Normalised power in watts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalised_power_w: Option<u16>,
    /// Training stress score (TSS) in tenths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stress_tenths: Option<u32>,
    /// Banister's training impulse (TRIMP) in tenths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impulse_tenths: Option<u32>,
    /// The session that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<SessionOf>,
    /// The activity of which it is; absent if it was written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityId>,
    /// What the person says of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Whether it counts: a recording of the same session takes the place of what was written down.
    pub counts: bool,
}

impl From<Workout> for WorkoutView {
    fn from(workout: Workout) -> Self {
        let (activity, note) = match workout.source {
            Source::Hand { note, .. } => (None, note),
            Source::Recording { activity, .. } => (Some(activity), None),
        };
        WorkoutView {
            id: workout.id,
            day: workout.day,
            started_at: workout.started_at,
            sport: workout.sport,
            seconds: workout.seconds,
            distance_m: workout.distance_m,
            normalised_power_w: workout.load.normalised_power_w,
            stress_tenths: workout.load.stress_tenths,
            impulse_tenths: workout.load.impulse_tenths,
            planned: workout.planned,
            activity,
            note,
            counts: workout.counts,
        }
    }
}
