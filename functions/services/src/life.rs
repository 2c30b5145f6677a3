//! How a request goes on from its making: the transitions of its states and their refusals. Pure.
//!
//! Two contexts tell of a request, in any order among each other. Matching numbers its matches: what it says of an
//! earlier one than is known is old. Jobs sees to it that of one request one job at most begins or ends, so what it says
//! of the work wins over everything that is known of matches.

use crate::request::{Cancellation, Match, RequestEvent, ServiceRequest, State, Step};
use contracts::services::RequestEnd;
use kernel::Timestamp;
use std::time::Duration;

/// After so long what should follow a step has followed, or never will by itself.
pub const OVERDUE: Duration = Duration::from_secs(3600);

/// So long after the end of its time a request has ended, or something is wrong with it. Jobs ends what was begun and
/// never finished a day after its time.
pub const STUCK: Duration = Duration::from_secs(3 * 86_400);

/// A request and what it announces.
pub type Next = (ServiceRequest, Vec<RequestEvent>);

/// The request does not allow this (any more); it is in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrongState(pub State);

impl ServiceRequest {
    /// A worker was found. `None`: a later match is known, or the work has begun or the request has ended.
    pub fn matched(&self, found: Match, now: Timestamp) -> Option<Next> {
        if found.attempt <= self.attempt || !self.is_before_work() {
            return None;
        }
        let mut request = match self.state {
            State::Cancelling => self.clone(),
            _ => self.step(State::Matched, now),
        };
        request.answered = true;
        request.attempt = found.attempt;
        request.matched = Some(found);
        Some((request, Vec::new()))
    }

    /// The match `attempt` ended before its job began, and so did all before it; somebody else is looked for. `None`:
    /// that is known, or does not matter any more.
    pub fn unmatched_again(&self, attempt: u32, now: Timestamp) -> Option<Next> {
        if !self.is_before_work() {
            return None;
        }
        let stands = self.matched.as_ref().is_some_and(|standing| standing.attempt > attempt);
        let ends = self.matched.is_some() && !stands;
        if !ends && attempt <= self.attempt {
            return None;
        }
        let mut request = match self.state {
            State::Matched if ends => self.step(State::Requested, now),
            _ => self.clone(),
        };
        request.answered = true;
        request.attempt = self.attempt.max(attempt);
        request.matched = request.matched.filter(|_| stands);
        Some((request, Vec::new()))
    }

    /// Nobody can do it yet. `None`: that is known, or does not matter any more.
    pub fn waiting(&self) -> Option<Next> {
        (self.is_before_work() && !self.answered).then(|| {
            let mut request = self.clone();
            request.answered = true;
            (request, Vec::new())
        })
    }

    /// Nobody was found in time. `None`: it has ended, or what becomes of its cancellation is for jobs to say.
    pub fn never_matched(&self, now: Timestamp) -> Option<Next> {
        let looked_for = matches!(self.state, State::Requested | State::Matched);
        looked_for.then(|| self.end(RequestEnd::Unmatched, now))
    }

    /// Work has begun. `None`: that is known, or the request has ended.
    pub fn started(&self, now: Timestamp) -> Option<Next> {
        self.is_before_work().then(|| (self.step(State::InProgress, now), Vec::new()))
    }

    /// Jobs says that it is over. `None`: it had ended before.
    pub fn over(&self, end: RequestEnd, now: Timestamp) -> Option<Next> {
        self.state.is_open().then(|| self.end(end, now))
    }

    /// The client cancelled, and nobody had the job any more. `None`: that is known.
    pub fn released(&self, now: Timestamp) -> Option<Next> {
        (self.state == State::Cancelling).then(|| self.end(RequestEnd::Cancelled, now))
    }

    /// The client cancels. At once if nobody has the job; else jobs says whether it had begun.
    pub fn cancel(&self, command: Cancellation) -> Result<Next, WrongState> {
        let now = command.at;
        let (mut request, events) = match self.state {
            State::Requested => {
                let (request, ended) = self.end(RequestEnd::Cancelled, now);
                (request, [vec![RequestEvent::Cancelled], ended].concat())
            }
            State::Matched => (self.step(State::Cancelling, now), vec![RequestEvent::Cancelled]),
            state => return Err(WrongState(state)),
        };
        let attempt = self.matched.as_ref().map(|standing| standing.attempt);
        request.cancelled = Some(Cancellation { attempt, ..command });
        Ok((request, events))
    }

    /// What nobody answered by now is announced once more. `None`: there is still time, or nothing to wait for.
    pub fn overdue(&self, now: Timestamp) -> Option<Next> {
        let told = match self.state {
            _ if self.is_stuck(now) => return None,
            State::Requested if !self.answered => RequestEvent::Requested,
            State::Cancelling => RequestEvent::Cancelled,
            _ => return None,
        };
        let since = self.came_to(self.state).unwrap_or(self.requested_at);
        let last_told = self.told_again_at.map_or(since, |again| again.max(since));
        (last_told.after(OVERDUE) <= now).then(|| {
            let mut request = self.clone();
            request.told_again_at = Some(now);
            (request, vec![told])
        })
    }

    /// Whether it should have ended long ago: a person must look why it did not.
    pub fn is_stuck(&self, now: Timestamp) -> bool {
        let planned = self.matched.as_ref().map_or(self.window.until, |standing| standing.until);
        self.state.is_open() && planned.max(self.window.until).after(STUCK) <= now
    }

    fn is_before_work(&self) -> bool {
        matches!(self.state, State::Requested | State::Matched | State::Cancelling)
    }

    fn end(&self, end: RequestEnd, now: Timestamp) -> Next {
        (self.step(State::of(end), now), vec![RequestEvent::Ended(end)])
    }

    fn step(&self, state: State, at: Timestamp) -> ServiceRequest {
        let mut request = self.clone();
        request.state = state;
        request.timeline.retain(|step| step.state != state);
        request.timeline.push(Step { state, at });
        request
    }
}
