//! The sweeper of applications: ends those that nobody decided for three months.
//!
//! Started by the clock once a day. Nobody waits for ever, and nobody's data is kept for ever: the candidate hears that
//! it came to nothing (`hiring.application-rejected.v1`), and may apply again at once. An application that cannot be
//! moved does not keep the others waiting.

use crate::application::{Application, Waiting};
use crate::settings::CandidateKeptDays;
use crate::store;
use platform::{Error, Function, Now, Scheduled, Setting, Table, schedule};

/// Each day
pub fn function() -> Function {
    schedule::daily(3, 10, close_undecided_applications)
}

/// Goes through everything that is due. Fails in the end if something could not be moved.
pub async fn close_undecided_applications(
    _: Scheduled,
    Now(now): Now,
    Setting(kept): Setting<CandidateKeptDays>,
    hiring: Table,
) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), hiring.due::<Application>(Waiting::Decision.name(), now));
    while let Some(application) = due.next().await? {
        let moved = store::advance(&hiring, application.value.id, |one| one.undecided(kept, now)).await;
        outcome = outcome.and(moved);
    }
    outcome
}
