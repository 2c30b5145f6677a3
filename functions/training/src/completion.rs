//! Which session a recording completes, what then becomes of what was written down for it, and how a session that is
//! not done any more is open again.

use crate::change::Change;
use crate::enrolment::{Enrolment, State};
use crate::session::Session;
use crate::store;
use crate::workout::{Workout, WorkoutEvent};
use contracts::training::SessionOf;
use kernel::{AccountId, WorkoutId};
use platform::{Error, Stored, Table};

/// A person's workout, if it is known.
pub async fn workout(training: &Table, person: AccountId, id: WorkoutId) -> Result<Option<Stored<Workout>>, Error> {
    training.get::<Workout>(&store::workout_key(person, id)).await
}

/// The session that a workout is: the one that it was before if that is still so, else the first that it may be.
pub async fn planned(
    training: &Table,
    known: Option<&Stored<Workout>>,
    workout: &Workout,
    runs: &[Enrolment],
    change: &mut Change,
) -> Result<Option<SessionOf>, Error> {
    if let Some(before) = known.and_then(|known| known.value.planned) {
        let session = stored_session(training, before).await?;
        if session.value.day == workout.day && session.value.sport == workout.sport {
            return Ok(Some(before));
        }
        release(training, workout.person, before, change).await?;
    }
    for run in runs {
        let Some(position) = run.position_of(workout.day).filter(|position| *position <= run.present()) else {
            continue;
        };
        let plan = store::plan(training, run).await?;
        let mut known = store::sessions(training, run.id, position).await?;
        let values: Vec<Session> = known.iter().map(|session| session.value.clone()).collect();
        let sessions = run.sessions(position, &plan, &values);
        let Some(mut session) = sessions.into_iter().find(|one| one.may_be(workout.day, workout.sport)) else {
            continue;
        };
        if change.sessions.iter().any(|(_, changed, _)| changed.of() == session.of()) {
            continue;
        }
        session.recorded = Some(workout.id);
        if let Some(by_hand) = session.by_hand {
            count(training, workout.person, by_hand, false, change).await?;
        }
        let old = known.iter().position(|known| known.value.number == session.number).map(|at| known.swap_remove(at));
        let planned = session.of();
        change.sessions.push((old, session, Vec::new()));
        return Ok(Some(planned));
    }
    Ok(None)
}

async fn stored_session(training: &Table, planned: SessionOf) -> Result<Stored<Session>, Error> {
    let key = store::session_key(planned.enrolment, planned.week.saturating_sub(1), planned.session);
    let session = training.get::<Session>(&key).await?;
    session.ok_or_else(|| Error::broken(format!("{key} was completed and is not there")))
}

/// A session is not recorded any more; what was written down for it counts again.
pub async fn release(
    training: &Table,
    person: AccountId,
    planned: SessionOf,
    change: &mut Change,
) -> Result<(), Error> {
    let session = stored_session(training, planned).await?;
    if let Some(by_hand) = session.value.by_hand {
        count(training, person, by_hand, true, change).await?;
    }
    let released = Session { recorded: None, ..session.value.clone() };
    reopen(training, session, released, change).await
}

/// A session changes and may be open again: if it is of the present week, its reminder may be yet to come. The run is
/// written in any case, so that whoever looks after it at this moment decides anew.
async fn reopen(training: &Table, session: Stored<Session>, open: Session, change: &mut Change) -> Result<(), Error> {
    if open.is_open() {
        let run = training.get::<Enrolment>(&store::enrolment_key(open.person, open.enrolment)).await?;
        let is_present = |run: &Enrolment| run.state == State::Active && run.present() == open.position;
        if let Some(run) = run.filter(|run| is_present(&run.value)) {
            let plan = store::plan(training, &run.value).await?;
            let known = store::sessions(training, run.value.id, open.position).await?;
            let known: Vec<Session> = known.into_iter().map(|known| known.value).collect();
            let sessions = run.value.sessions(open.position, &plan, &known);
            let waits = run.value.clone().waits_with(&sessions, &open);
            change.runs.push((run, waits));
        }
    }
    change.sessions.push((Some(session), open, Vec::new()));
    Ok(())
}

/// What was written down for a session is taken back.
pub async fn take_back(training: &Table, id: WorkoutId, planned: SessionOf, change: &mut Change) -> Result<(), Error> {
    let session = stored_session(training, planned).await?;
    if session.value.by_hand == Some(id) {
        let open = Session { by_hand: None, ..session.value.clone() };
        reopen(training, session, open, change).await?;
    }
    Ok(())
}

/// What was written down counts, or does not.
async fn count(
    training: &Table,
    person: AccountId,
    id: WorkoutId,
    counts: bool,
    change: &mut Change,
) -> Result<(), Error> {
    if let Some(by_hand) = workout(training, person, id).await?.filter(|known| known.value.counts != counts) {
        let changed = Workout { counts, ..by_hand.value.clone() };
        let event = if counts { WorkoutEvent::Completed } else { WorkoutEvent::Withdrawn };
        change.workouts.push((Some(by_hand), changed, vec![event]));
    }
    Ok(())
}
