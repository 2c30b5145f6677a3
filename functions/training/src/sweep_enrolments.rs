//! Every five minutes: people are reminded of their sessions, and weeks that are over are judged.
//!
//! Started by the clock. What is due stands in an index; a run that was missed is made up for by the next one. A
//! session whose reminder was missed until it began is not reminded of. One run that cannot be looked after holds up no
//! other. Announces `training.session-due.v1` and `training.programme-completed.v1`.

use crate::enrolment::{Enrolment, WAITING};
use crate::look_after::look_after;
use platform::{Error, Function, Now, Table, schedule};
use std::time::Duration;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), sweep_enrolments)
}

/// Looks after each run to which something is due.
pub async fn sweep_enrolments(Now(now): Now, training: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), training.due::<Enrolment>(WAITING, now));
    while let Some(run) = due.next().await? {
        outcome = outcome.and(look_after(&training, run.value.person, run.value.id, now).await.map(|_| ()));
    }
    outcome
}
