//! The course of a request: what is known here of its matches, and whether a job of it may begin. Pure.
//!
//! Matches, the client's cancellation and the worker's start come in any order, and at once. Of one request one job at
//! most may begin, be missed or be cancelled at the client's cost: this is decided here, at one item a request, which is
//! written in the same transaction as the job. Matching numbers its matches: a later one means that the earlier ones
//! have ended.

use kernel::{AccountId, RequestId};
use serde::{Deserialize, Serialize};

/// What is known of a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Course {
    /// The request.
    pub request: RequestId,
    /// The latest match of which anything was heard. 0: none.
    pub last: u32,
    /// The match whose job waits for its start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u32>,
    /// Whether a job of it began, was missed, or was cancelled at the client's cost: there will be no other.
    #[serde(default)]
    pub settled: bool,
    /// How the client cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancelled>,
}

/// A client's cancellation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cancelled {
    /// Whose request it was.
    pub client: AccountId,
    /// The match that the client knew of. None: the client was told that it costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// Whether it still waits for that match, of which nothing was heard yet.
    #[serde(default)]
    pub waits: bool,
}

/// What a course announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CourseEvent {
    /// The client cancelled, and nobody had the job any more.
    Released,
}

/// What becomes of the job that waits for its start.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Somebody else does it, or nobody: nothing is settled.
    Closed,
    /// The client cancelled it.
    Cancelled,
}

/// How a job begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Birth {
    /// Its worker is to do it.
    Assigned,
    /// The client had cancelled before it was heard of.
    Cancelled,
}

/// The next step of a course: all of it is written at once, or nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The course then.
    pub course: Course,
    /// What it announces.
    pub events: Vec<CourseEvent>,
    /// What becomes of the job that waited for its start: of which match.
    pub open: Option<(u32, Fate)>,
    /// The job that is created.
    pub new: Option<Birth>,
}

impl Course {
    /// Of a request of which nothing was heard yet.
    pub fn new(request: RequestId) -> Self {
        Self {
            request,
            last: 0,
            open: None,
            settled: false,
            cancelled: None,
        }
    }

    /// A worker was found. `None`: that is known, or there will be no job any more.
    pub fn matched(&self, attempt: u32) -> Option<Turn> {
        if attempt <= self.last || self.settled {
            return None;
        }
        let mut turn = self.close_before(attempt);
        match self.cancelled {
            None => {
                turn.course.open = Some(attempt);
                turn.new = Some(Birth::Assigned);
            }
            Some(cancelled) if cancelled.waits && cancelled.attempt == Some(attempt) => {
                turn.course.settled = true;
                turn.course.cancelled = Some(Cancelled { waits: false, ..cancelled });
                turn.new = Some(Birth::Cancelled);
            }
            Some(_) => turn.release(),
        }
        Some(turn)
    }

    /// A match ended before its job began, and so did all before it. `None`: that is known, or work had begun.
    pub fn ended(&self, attempt: u32) -> Option<Turn> {
        let known = attempt <= self.last && self.open.is_none_or(|open| open > attempt);
        if known || self.settled {
            return None;
        }
        let mut turn = self.close_before(attempt);
        turn.release();
        Some(turn)
    }

    /// The client cancelled; `attempt` is the match that the client knew of. `None`: that is known, or work had begun.
    pub fn cancelled(&self, client: AccountId, attempt: Option<u32>) -> Option<Turn> {
        if self.cancelled.is_some() || self.settled {
            return None;
        }
        let mut turn = self.turn();
        turn.course.cancelled = Some(Cancelled { client, attempt, waits: attempt.is_some() });
        if let Some(open) = turn.course.open.take() {
            let fate = if attempt == Some(open) { Fate::Cancelled } else { Fate::Closed };
            turn.open = Some((open, fate));
            if fate == Fate::Cancelled {
                turn.course.settled = true;
                turn.course.cancelled = Some(Cancelled { client, attempt, waits: false });
            }
        }
        turn.release();
        Some(turn)
    }

    /// The job that waited for its start begins, or is missed: there will be no other.
    pub fn settle(&self) -> Course {
        Course { open: None, settled: true, ..self.clone() }
    }

    /// The worker of the job that waited for its start withdrew.
    pub fn withdraw(&self) -> Course {
        Course { open: None, ..self.clone() }
    }

    fn turn(&self) -> Turn {
        Turn {
            course: self.clone(),
            events: Vec::new(),
            open: None,
            new: None,
        }
    }

    /// The job of an earlier match, or of this one, does not wait for its start any more.
    fn close_before(&self, attempt: u32) -> Turn {
        let mut turn = self.turn();
        turn.course.last = self.last.max(attempt);
        if let Some(open) = self.open.filter(|open| *open <= attempt) {
            turn.course.open = None;
            turn.open = Some((open, Fate::Closed));
        }
        turn
    }
}

impl Turn {
    /// Answers a cancellation that waits, if the match it waits for has come and gone.
    fn release(&mut self) {
        let Course { last, settled, cancelled, .. } = &mut self.course;
        if let Some(waiting) = cancelled.as_mut().filter(|cancelled| cancelled.waits && !*settled)
            && waiting.attempt.is_some_and(|attempt| attempt <= *last)
        {
            waiting.waits = false;
            self.events.push(CourseEvent::Released);
        }
    }
}
