//! The sweeper of tests: grades those whose time is over as what came in time, which is nothing.
//!
//! Started by the clock every five minutes. Finds tests that were begun and never answered, and those that were never
//! begun, by their deadlines; announces `hiring.test-graded.v1` for each. An application that cannot be moved does not
//! keep the others waiting.

use crate::application::{Application, Waiting};
use crate::store;
use platform::{Error, Function, Now, Scheduled, Table, schedule};
use std::time::Duration;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), close_overdue_tests)
}

/// Goes through everything that is due. Fails in the end if something could not be moved.
pub async fn close_overdue_tests(_: Scheduled, Now(now): Now, hiring: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), hiring.due::<Application>(Waiting::Test.name(), now));
    while let Some(application) = due.next().await? {
        let moved = store::advance(&hiring, application.value.id, |one| one.close_overdue_tests(now)).await;
        outcome = outcome.and(moved);
    }
    outcome
}
