//! What a programme asks for: weeks, sessions, and how they grow. Pure.

use kernel::{Count, ExerciseId, List, ProgrammeId, Sport, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Exercises that the sessions of a plan may ask for altogether, so that it fits into one item.
pub const MOST_PRESCRIPTIONS: usize = 1_500;
/// Different exercises of a plan: all of them are looked up when it is set.
pub const MOST_EXERCISES: usize = 100;
/// A load is never more than this many per cent of what is written.
const MOST_PERCENT: u32 = 200;

/// A programme's plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrainingPlan")]
pub struct Plan {
    /// Its title.
    pub title: Text<1, 120>,
    /// Its weeks. One without sessions is for rest.
    pub weeks: List<PlannedWeek, 1, 52>,
    /// By how many per cent minutes and repetitions grow after each week that was fulfilled.
    pub growth_percent: Count<0, 20>,
    /// What becomes of a week of which less than half was done.
    pub missed: Missed,
}

/// What becomes of a week of which less than half was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "MissedWeek")]
pub enum Missed {
    /// The next week comes, and nothing grows.
    Hold,
    /// It comes again, up to twice, and all that follows a week later.
    Repeat,
}

/// A week of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedWeek {
    /// Its sessions.
    pub sessions: List<PlannedSession, 0, 7>,
}

/// A session of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannedSession {
    /// The day of the week, from 1: the day on which the programme was begun.
    pub day: Count<1, 7>,
    /// What is done.
    pub sport: Sport,
    /// What it is called.
    pub title: Text<1, 120>,
    /// How many minutes it takes, before anything grew.
    pub minutes: Count<1, 600>,
    /// Exercises, in their order.
    pub exercises: List<Prescription, 0, 12>,
}

/// An exercise, and how often.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Prescription {
    /// Which.
    pub exercise: ExerciseId,
    /// How many sets.
    pub sets: Count<1, 20>,
    /// How many repetitions in each, before anything grew.
    pub repetitions: Count<1, 200>,
}

impl Plan {
    /// The sessions of week `week` (from 1); none if there is no such week.
    pub fn sessions(&self, week: u16) -> &[PlannedSession] {
        let at = usize::from(week).checked_sub(1);
        at.and_then(|at| self.weeks.get(at)).map_or(&[], |week| &week.sessions)
    }

    /// How many weeks it has.
    pub fn length(&self) -> u16 {
        u16::try_from(self.weeks.len()).unwrap_or(u16::MAX)
    }

    /// All sessions.
    pub fn all(&self) -> impl Iterator<Item = &PlannedSession> {
        self.weeks.iter().flat_map(|week| week.sessions.iter())
    }

    /// All exercises, each once.
    pub fn exercises(&self) -> BTreeSet<ExerciseId> {
        self.all().flat_map(|session| session.exercises.iter().map(|each| each.exercise)).collect()
    }

    /// Minutes or repetitions after so many weeks of growth, rounded.
    pub fn grown(&self, number: u32, level: u16) -> u32 {
        let percent = (100 + self.growth_percent.get() * u32::from(level)).min(MOST_PERCENT);
        (number * percent + 50) / 100
    }
}

/// A programme: what is to be seen of it in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Programme {
    /// Names it.
    pub id: ProgrammeId,
    /// Counts the changes of its plan, from 1.
    pub edition: u32,
    /// Its title.
    pub title: Text<1, 120>,
    /// How many weeks it has.
    pub weeks: u16,
    /// Tells its content from any other.
    pub content: String,
}

/// One edition of a programme's plan. Written once: who enrolled goes on with theirs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Edition {
    /// Of which programme.
    pub programme: ProgrammeId,
    /// Which, from 1.
    pub edition: u32,
    /// The plan.
    pub plan: Plan,
}

/// An exercise of the library.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Exercise {
    /// Names it.
    pub id: ExerciseId,
    /// Counts its changes, from 1.
    pub edition: u32,
    /// What it is.
    pub about: AboutExercise,
}

/// What an exercise is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AboutExercise {
    /// Its name.
    pub name: Text<1, 120>,
    /// For what it is.
    pub sport: Sport,
    /// How it is done.
    pub how: Text<1, 2000>,
}
