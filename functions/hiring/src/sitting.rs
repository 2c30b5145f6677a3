//! One test of one candidate: assigned, begun, graded. Pure.

use crate::bank::{Chosen, Test};
use kernel::{TestId, Text, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Answers may travel for so long after the time is up.
pub const GRACE: Duration = Duration::from_secs(10);

/// A test that a candidate is to take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sitting {
    /// Which.
    pub test: TestId,
    /// Until when it is to be begun, this moment excluded.
    pub begin_until: Timestamp,
    /// What the candidate was given, once it was begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Paper>,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// What a candidate was given when the test was begun: the same at each look.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Paper {
    /// The edition that was drawn from.
    pub edition: u32,
    /// The numbers of the questions in that edition.
    pub questions: Vec<u16>,
    /// The skill that it shows.
    pub skill: Text<1, 40>,
    /// How many per cent are to be right.
    pub pass_percent: u32,
    /// When it was begun.
    pub begun_at: Timestamp,
    /// When the time is up.
    pub deadline: Timestamp,
}

/// What came of a test.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// Right answers in per cent, rounded down.
    pub percent: u8,
    /// Whether that is enough.
    pub passed: bool,
    /// When it was graded.
    pub at: Timestamp,
    /// What was chosen, question by question. Absent if nothing came in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<Vec<Chosen>>,
}

/// Why a test is not begun.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotBegun {
    /// It was to be begun before.
    TooLate(Timestamp),
    /// Its time is over.
    TimeOver,
    /// Its answers were given.
    Answered,
}

/// Why answers are not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotTaken {
    /// The test was not begun.
    NotBegun,
    /// Its time is over.
    TimeOver,
    /// Other answers were given before.
    AnsweredOtherwise,
}

impl Paper {
    /// These questions of the test as it is, begun now.
    pub fn begun(test: &Test, questions: Vec<u16>, now: Timestamp) -> Self {
        Self {
            edition: test.edition,
            questions,
            skill: test.rules.skill.clone(),
            pass_percent: test.rules.pass_percent.get(),
            begun_at: now,
            deadline: now.after(Duration::from_secs(60 * u64::from(test.rules.minutes.get()))),
        }
    }
}

impl Sitting {
    /// Assigned, to be begun until then.
    pub fn assigned(test: TestId, begin_until: Timestamp) -> Self {
        Self { test, begin_until, paper: None, outcome: None }
    }

    /// From when on nothing is awaited any more; `None` if it has an outcome.
    pub fn over_at(&self) -> Option<Timestamp> {
        match (&self.outcome, &self.paper) {
            (Some(_), _) => None,
            (None, Some(paper)) => Some(paper.deadline.after(GRACE)),
            (None, None) => Some(self.begin_until),
        }
    }

    /// Whether what is awaited comes too late by now.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.over_at().is_some_and(|over| over <= now)
    }

    /// Begun with this paper, unless it was begun before (`None`): a second look starts no second clock.
    pub fn begin(&self, paper: &Paper, now: Timestamp) -> Result<Option<Self>, NotBegun> {
        match (&self.outcome, &self.paper) {
            (Some(Outcome { answers: Some(_), .. }), _) => Err(NotBegun::Answered),
            (Some(_), None) => Err(NotBegun::TooLate(self.begin_until)),
            (Some(_), Some(_)) => Err(NotBegun::TimeOver),
            (None, Some(begun)) if begun.deadline <= now => Err(NotBegun::TimeOver),
            (None, Some(_)) => Ok(None),
            (None, None) if self.is_over(now) => Err(NotBegun::TooLate(self.begin_until)),
            (None, None) => Ok(Some(Self { paper: Some(paper.clone()), ..self.clone() })),
        }
    }

    /// Answered like this, of which so many per cent are right. `None`: these very answers were taken before.
    pub fn answer(&self, answers: &[Chosen], percent: u8, now: Timestamp) -> Result<Option<Self>, NotTaken> {
        match (&self.outcome, &self.paper) {
            (Some(Outcome { answers: Some(taken), .. }), _) if taken == answers => Ok(None),
            (Some(Outcome { answers: Some(_), .. }), _) => Err(NotTaken::AnsweredOtherwise),
            (_, None) => Err(NotTaken::NotBegun),
            (Some(_), Some(_)) => Err(NotTaken::TimeOver),
            (None, Some(_)) if self.is_over(now) => Err(NotTaken::TimeOver),
            (None, Some(paper)) => {
                let passed = u32::from(percent) >= paper.pass_percent;
                let outcome = Outcome { percent, passed, at: now, answers: Some(answers.to_vec()) };
                Ok(Some(Self { outcome: Some(outcome), ..self.clone() }))
            }
        }
    }

    /// Graded as what came in time, which is nothing; `None` while something may come.
    pub fn lapse(&self, now: Timestamp) -> Option<Self> {
        let outcome = Outcome { percent: 0, passed: false, at: now, answers: None };
        self.is_over(now).then(|| Self { outcome: Some(outcome), ..self.clone() })
    }

    /// Whether it was passed.
    pub fn is_passed(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.passed)
    }
}
