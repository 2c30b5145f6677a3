//! A planned session that the person wrote down as done.

use crate::change::Change;
use crate::enrolment::Enrolment;
use crate::session::Session;
use crate::store;
use contracts::training::SessionOf;
use derive::Refusal;
use kernel::{AccountId, Count, EnrolmentId, WorkoutId};
use platform::{Failure, Table};
use schemars::JsonSchema;
use serde::Deserialize;

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

/// The session is done, unless it was.
pub async fn complete(
    training: &Table,
    (person, id): (AccountId, WorkoutId),
    planned: Planned,
    change: &mut Change,
) -> Result<SessionOf, Failure<Refused>> {
    let run = training.get::<Enrolment>(&store::enrolment_key(person, planned.enrolment)).await?;
    let run = run.ok_or(Refused::NoSuchSession)?.value;
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
