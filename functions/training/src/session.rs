//! A planned session of somebody's run: what is known of it beyond the plan. Pure.

use crate::day::Day;
use crate::enrolment::Enrolment;
use crate::plan::PlannedSession;
use contracts::training::SessionOf;
use kernel::{AccountId, EnrolmentId, Sport, Timestamp, WorkoutId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A session. It is stored when something happened to it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Session {
    /// Of which run.
    pub enrolment: EnrolmentId,
    /// Whose it is.
    pub person: AccountId,
    /// Of which week of the run, from 0.
    pub position: u16,
    /// Which of the week, from 1.
    pub number: u8,
    /// What it is called.
    pub title: String,
    /// What is done.
    pub sport: Sport,
    /// The day for which it is planned now.
    pub day: Day,
    /// Whether the person leaves it out.
    #[serde(default)]
    pub skipped: bool,
    /// Whether its reminder was sent, or its time went by.
    #[serde(default)]
    pub reminded: bool,
    /// The workout that the person wrote down for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<WorkoutId>,
    /// The workout that sensors recorded of it, which says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<WorkoutId>,
}

/// How far a session is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SessionState")]
pub enum SessionState {
    /// To be done.
    Planned,
    /// Done.
    Completed,
    /// Left out.
    Skipped,
    /// Its week is over, and it was not done.
    Missed,
}

/// What a session announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEvent {
    /// It begins soon.
    Due {
        /// When.
        begins_at: Timestamp,
    },
    /// The person leaves it out.
    Skipped,
}

impl Session {
    /// As the plan has it.
    pub fn planned(run: &Enrolment, (position, number): (u16, u8), planned: &PlannedSession, day: Day) -> Session {
        Session {
            enrolment: run.id,
            person: run.person,
            position,
            number,
            title: planned.title.as_str().to_owned(),
            sport: planned.sport,
            day,
            skipped: false,
            reminded: false,
            by_hand: None,
            recorded: None,
        }
    }

    /// Whether it is done.
    pub fn is_completed(&self) -> bool {
        self.by_hand.is_some() || self.recorded.is_some()
    }

    /// Whether it is to be done.
    pub fn is_open(&self) -> bool {
        !self.skipped && !self.is_completed()
    }

    /// How far it is, in a run whose present week is `present`.
    pub fn state(&self, present: u16, active: bool) -> SessionState {
        match self.is_completed() {
            true => SessionState::Completed,
            false if self.skipped => SessionState::Skipped,
            false if self.position < present || !active => SessionState::Missed,
            false => SessionState::Planned,
        }
    }

    /// How others are told of it.
    pub fn of(&self) -> SessionOf {
        SessionOf {
            enrolment: self.enrolment,
            week: self.position + 1,
            session: self.number,
        }
    }

    /// Whether what was recorded on that day may be it.
    pub fn may_be(&self, day: Day, sport: Sport) -> bool {
        self.day == day && self.sport == sport && !self.skipped && self.recorded.is_none()
    }
}
