//! The sweeper of tests: grades those whose time is over as what came in time, which is nothing.
//!
//! Started by the clock every five minutes. Finds tests that were begun and never answered, and those that were never
//! begun, by their deadlines; announces `hiring.test-graded.v1` for each. An application that cannot be moved does not
//! keep the others waiting.

use crate::application::Waiting;
use crate::store;
use platform::{Error, Function, Now, Scheduled, Table, schedule};
use std::time::Duration;

/// More than can be dealt with in one run; the rest waits for the next one.
const MAX_PAGES: usize = 100;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), close_overdue_tests)
}

/// Goes through everything that is due. Fails in the end if something could not be moved.
pub async fn close_overdue_tests(_: Scheduled, Now(now): Now, hiring: Table) -> Result<(), Error> {
    let (mut outcome, mut cursor) = (Ok(()), None);
    for _ in 0..MAX_PAGES {
        let page = store::due(&hiring, Waiting::Test, now, cursor.as_ref()).await?;
        for application in page.items {
            let moved = store::advance(&hiring, application.value.id, |one| one.close_overdue_tests(now)).await;
            outcome = outcome.and(moved);
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    outcome
}
