//! A session of the present week, to be changed by the person.

use crate::enrolment::{Enrolment, State};
use crate::look_after::look_after;
use crate::plan::Plan;
use crate::session::Session;
use crate::store;
use crate::view::SessionView;
use derive::Refusal;
use kernel::{AccountId, Count, EnrolmentId, Timestamp};
use platform::{Failure, Stored, Table, http};

/// Why a session is not changed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The run has ended.
    #[problem(409, "programme-ended", "This programme has ended for you.")]
    Ended,
    /// It is of another week than the present one.
    #[problem(409, "other-week", "Only sessions of week {present} can be changed now.")]
    OtherWeek {
        /// The present week, from 1.
        present: u16,
    },
    /// The week has no such session.
    #[problem(422, "no-such-session", "Week {present} has {sessions} sessions.")]
    NoSuchSession {
        /// The present week, from 1.
        present: u16,
        /// How many sessions it has.
        sessions: usize,
    },
    /// It was done.
    #[problem(409, "session-completed", "This session was done already.")]
    Completed,
    /// It was left out.
    #[problem(409, "session-skipped", "This session was left out already.")]
    Skipped,
    /// It cannot be on that day.
    #[problem(422, "bad-day", "Move it to a day from {from} to {to}.")]
    BadDay {
        /// The earliest day.
        from: crate::day::Day,
        /// The latest day.
        to: crate::day::Day,
    },
}

/// A run, its plan, and the sessions of its present week.
pub struct ThisWeek {
    /// The run.
    pub run: Stored<Enrolment>,
    /// Its plan.
    pub plan: Plan,
    /// Those of its sessions to which something happened.
    pub known: Vec<Stored<Session>>,
    /// All of them.
    pub sessions: Vec<Session>,
}

impl ThisWeek {
    /// The week in which the person's run is at `now`.
    pub async fn read(
        training: &Table,
        person: AccountId,
        id: EnrolmentId,
        now: Timestamp,
    ) -> Result<ThisWeek, Failure<Refused>> {
        let run = look_after(training, person, id, now).await?.ok_or_else(http::not_found)?;
        if run.value.state != State::Active {
            return Err(Refused::Ended.into());
        }
        let plan = store::plan(training, &run.value).await?;
        let known = store::sessions(training, id, run.value.present()).await?;
        let values: Vec<Session> = known.iter().map(|session| session.value.clone()).collect();
        let sessions = run.value.sessions(run.value.present(), &plan, &values);
        Ok(ThisWeek { run, plan, known, sessions })
    }

    /// Session `number` of `week` (both from 1), if that is this week: as stored, and as it is.
    pub fn session(
        &self,
        week: Count<1, 200>,
        number: Count<1, 7>,
    ) -> Result<(Option<&Stored<Session>>, Session), Refused> {
        let present = self.run.value.present() + 1;
        if week.get() != u32::from(present) {
            return Err(Refused::OtherWeek { present });
        }
        let is_it = |session: &Session| u32::from(session.number) == number.get();
        let session = self.sessions.iter().find(|session| is_it(session)).cloned();
        let session = session.ok_or(Refused::NoSuchSession { present, sessions: self.sessions.len() })?;
        Ok((self.known.iter().find(|known| is_it(&known.value)), session))
    }

    /// A session as its person sees it.
    pub fn shown(&self, session: &Session) -> Result<http::Ok<SessionView>, Failure<Refused>> {
        let view = SessionView::of(&self.run.value, &self.plan, session).ok_or_else(http::not_found)?;
        Ok(http::Ok { version: None, body: view })
    }

    /// The run, to be looked after as is right with `changed` in place of what it was.
    pub fn waits_with(&self, changed: &Session) -> Enrolment {
        self.run.value.clone().waits_with(&self.sessions, changed)
    }
}
