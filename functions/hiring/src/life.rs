//! How an application goes on: the transitions of its states and their refusals. Pure.

use crate::application::{Application, ApplicationEvent, Decided, State, Waiting};
use crate::bank::Chosen;
use crate::grading::Mastery;
use crate::person::Person;
use crate::sitting::{NotBegun, NotTaken, Paper, Sitting};
use kernel::{AccountId, ApplicationId, TestId, Timestamp};
use std::time::Duration;

/// How long an application waits for a manager, from the last that happened. Then it ends without a decision.
pub const UNDECIDED: Duration = Duration::from_secs(90 * 86_400);
/// The most tests of one application.
pub const MOST_TESTS: usize = 10;

/// An application and what it announces.
pub type Next = (Application, Vec<ApplicationEvent>);

/// The application has ended; it is in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Closed(pub State);

/// Why tests are not assigned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotAssigned {
    /// The application has ended.
    Closed(State),
    /// These were assigned with another time.
    Otherwise(Vec<TestId>),
    /// They would be too many.
    TooMany,
    /// They could not be begun, or not for a long time.
    BadTime,
}

/// Why something about a test does not happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotSat<R> {
    /// No such test is assigned.
    NotAssigned,
    /// The application has ended.
    Closed(State),
    /// The test does not allow it.
    Test(R),
}

/// Why somebody is not hired.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotHired {
    /// The application has ended.
    Closed(State),
    /// No test was passed.
    NothingPassed,
}

impl Application {
    /// A new application.
    pub fn apply(
        (id, candidate): (ApplicationId, AccountId),
        person: Person,
        likeness: String,
        request: &str,
        now: Timestamp,
    ) -> Next {
        let application = Self {
            id,
            candidate,
            state: State::Received,
            applied_at: now,
            person: Some(person),
            likeness: Some(likeness),
            sittings: Vec::new(),
            closed_at: None,
            decided: None,
            mastery: None,
            request: request.to_owned(),
            waiting: None,
            due: None,
        };
        (application.waits(now), vec![ApplicationEvent::Received])
    }

    /// A manager assigns tests, to be begun until then. `None`: it was done before.
    pub fn assign(&self, tests: &[TestId], until: Timestamp, now: Timestamp) -> Result<Option<Next>, NotAssigned> {
        let known = |test: &&TestId| self.sitting(**test).is_some();
        let otherwise = |test: &&TestId| self.sitting(**test).is_some_and(|sitting| sitting.begin_until != until);
        let wrong: Vec<TestId> = tests.iter().filter(otherwise).copied().collect();
        let new: Vec<TestId> = tests.iter().filter(|test| !known(test)).copied().collect();
        if !wrong.is_empty() {
            return Err(NotAssigned::Otherwise(wrong));
        }
        if new.is_empty() {
            return Ok(None);
        }
        if !self.state.is_open() {
            return Err(NotAssigned::Closed(self.state));
        }
        if until <= now || now.after(UNDECIDED) < until {
            return Err(NotAssigned::BadTime);
        }
        let mut application = self.clone();
        let mut events = Vec::new();
        for test in new {
            if application.sitting(test).is_none() {
                application.sittings.push(Sitting::assigned(test, until));
                events.push(ApplicationEvent::TestAssigned(test));
            }
        }
        match application.sittings.len() {
            ..=MOST_TESTS => Ok(Some((application.waits(now), events))),
            _ => Err(NotAssigned::TooMany),
        }
    }

    /// The candidate begins a test with this paper. `None`: it was begun before and still runs.
    pub fn begin(&self, test: TestId, paper: &Paper, now: Timestamp) -> Result<Option<Next>, NotSat<NotBegun>> {
        let sitting = self.sitting(test).ok_or(NotSat::NotAssigned)?;
        if !self.state.is_open() {
            return Err(NotSat::Closed(self.state));
        }
        let begun = sitting.begin(paper, now).map_err(NotSat::Test)?;
        Ok(begun.map(|sitting| (self.with(sitting).waits(now), Vec::new())))
    }

    /// The candidate answers a test, so many per cent of it right. `None`: with these answers it was graded before.
    pub fn answer(
        &self,
        test: TestId,
        answers: &[Chosen],
        percent: u8,
        now: Timestamp,
    ) -> Result<Option<Next>, NotSat<NotTaken>> {
        let sitting = self.sitting(test).ok_or(NotSat::NotAssigned)?;
        let answered = sitting.answer(answers, percent, now).map_err(NotSat::Test)?;
        match answered {
            Some(_) if !self.state.is_open() => Err(NotSat::Closed(self.state)),
            Some(sitting) => Ok(Some((self.with(sitting).waits(now), vec![ApplicationEvent::TestGraded(test)]))),
            None => Ok(None),
        }
    }

    /// Tests whose time is over are graded as what came in time. `None`: there are none.
    pub fn close_overdue_tests(&self, now: Timestamp) -> Option<Next> {
        let over: Vec<Sitting> = self.sittings.iter().filter_map(|sitting| sitting.lapse(now)).collect();
        if over.is_empty() || !self.state.is_open() {
            return None;
        }
        let events = over.iter().map(|sitting| ApplicationEvent::TestGraded(sitting.test)).collect();
        let application = over.into_iter().fold(self.clone(), |application, sitting| application.with(sitting));
        Some((application.waits(now), events))
    }

    /// A manager hires the candidate, who passed a test, or for the reason that the decision gives.
    pub fn hire(&self, decided: Decided, now: Timestamp) -> Result<Next, NotHired> {
        if !self.state.is_open() {
            return Err(NotHired::Closed(self.state));
        }
        let in_spite = decided.override_reason.is_some();
        if !in_spite && !self.sittings.iter().any(Sitting::is_passed) {
            return Err(NotHired::NothingPassed);
        }
        let mastery = Mastery::of(&self.sittings, in_spite);
        let hired = Self {
            mastery: Some(mastery),
            decided: Some(decided),
            ..self.closed(State::Hired, now)
        };
        Ok((hired, vec![ApplicationEvent::Hired]))
    }

    /// A manager does not hire the candidate. The person is kept for a while.
    pub fn reject(&self, decided: Decided, kept: Duration, now: Timestamp) -> Result<Next, Closed> {
        if !self.state.is_open() {
            return Err(Closed(self.state));
        }
        let rejected = Self {
            decided: Some(decided),
            ..self.ended(State::Rejected, kept, now)
        };
        Ok((rejected, vec![ApplicationEvent::Rejected]))
    }

    /// The candidate does not want it any more. `None`: that is known.
    pub fn withdraw(&self, kept: Duration, now: Timestamp) -> Result<Option<Next>, Closed> {
        match self.state {
            State::Withdrawn => Ok(None),
            state if state.is_open() => Ok(Some((self.ended(State::Withdrawn, kept, now), Vec::new()))),
            state => Err(Closed(state)),
        }
    }

    /// Nobody decided for too long. `None`: there is still time, or nothing to decide.
    pub fn undecided(&self, kept: Duration, now: Timestamp) -> Option<Next> {
        let over = self.waiting == Some(Waiting::Decision) && self.due.is_some_and(|due| due <= now);
        over.then(|| (self.ended(State::Rejected, kept, now), vec![ApplicationEvent::Rejected]))
    }

    /// Without its person, and without the fingerprint of the request, which is a hash of who applied. `None`: it is not
    /// time yet, or was done before.
    pub fn erased(&self, now: Timestamp) -> Option<Application> {
        let over = self.waiting == Some(Waiting::Erasure) && self.due.is_some_and(|due| due <= now);
        over.then(|| Self {
            person: None,
            likeness: None,
            request: String::new(),
            waiting: None,
            due: None,
            ..self.clone()
        })
    }

    fn with(&self, sitting: Sitting) -> Application {
        let mut application = self.clone();
        if let Some(old) = application.sittings.iter_mut().find(|old| old.test == sitting.test) {
            *old = sitting;
        }
        application
    }

    /// Open, and waiting for the first thing that is awaited.
    fn waits(self, now: Timestamp) -> Application {
        let test = self.sittings.iter().filter_map(Sitting::over_at).min();
        let (state, waiting, due) = match test {
            Some(over_at) => (State::Testing, Waiting::Test, over_at),
            None if self.sittings.is_empty() => (State::Received, Waiting::Decision, now.after(UNDECIDED)),
            None => (State::Tested, Waiting::Decision, now.after(UNDECIDED)),
        };
        Self { state, waiting: Some(waiting), due: Some(due), ..self }
    }

    fn closed(&self, state: State, now: Timestamp) -> Application {
        Self {
            state,
            closed_at: Some(now),
            waiting: None,
            due: None,
            ..self.clone()
        }
    }

    /// Ended without a job: its person is erased when it was kept for so long.
    fn ended(&self, state: State, kept: Duration, now: Timestamp) -> Application {
        Self {
            waiting: Some(Waiting::Erasure),
            due: Some(now.after(kept)),
            ..self.closed(state, now)
        }
    }
}
