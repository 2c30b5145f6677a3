//! What the clock does to a run: reminders, and the ends of weeks.

use crate::enrolment::{Enrolment, State};
use crate::session::Session;
use crate::store;
use kernel::{AccountId, EnrolmentId, Timestamp};
use platform::{Error, Stored, Table};

/// More than a run has weeks, with what others may change meanwhile.
const TURNS: usize = 200;

/// Does to a run what is due by `now`, week by week, and returns it as it stands then; none if there is no such run.
/// Each turn is one transaction: a reminder is announced when it is noted that it was, so never twice.
pub async fn look_after(
    training: &Table,
    person: AccountId,
    id: EnrolmentId,
    now: Timestamp,
) -> Result<Option<Stored<Enrolment>>, Error> {
    for _ in 0..TURNS {
        let Some(run) = training.get::<Enrolment>(&store::enrolment_key(person, id)).await? else {
            return Ok(None);
        };
        if run.value.due.is_none_or(|due| due > now) {
            return Ok(Some(run));
        }
        let plan = store::plan(training, &run.value).await?;
        let known = store::sessions(training, id, run.value.present()).await?;
        let values: Vec<Session> = known.iter().map(|session| session.value.clone()).collect();
        let Some(tick) = run.value.tick(&plan, &values, now) else {
            return Ok(Some(run));
        };
        let mut transaction = training.transaction().replace(&run, &tick.enrolment, tick.events);
        for (session, events) in tick.sessions {
            let old = known.iter().find(|known| known.value.number == session.number);
            transaction = transaction.write(old, &session, events);
        }
        if tick.enrolment.state != State::Active {
            let (stored, mut athlete) = store::athlete(training, person).await?;
            athlete.active.retain(|active| *active != id);
            transaction = transaction.write(stored.as_ref(), &athlete, Vec::new());
        }
        // Whoever was faster is met in the next turn.
        transaction.commit().await?;
    }
    Err(Error::contended(format!("{id} kept changing")))
}
