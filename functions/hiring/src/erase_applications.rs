//! The sweeper of personal data: forgets who applied, half a year after an application ended without a job.
//!
//! Started by the clock once a day. One transaction takes the person out of the application, and the application from
//! among those that are like it; what it announced holds no personal data and stays. Nothing is announced. An
//! application that cannot be moved does not keep the others waiting.

use crate::application::{Application, Waiting};
use crate::likeness::Likeness;
use crate::store;
use kernel::{ApplicationId, Timestamp};
use platform::{Commit, Error, Function, Now, Scheduled, Table, schedule};

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// Each day
pub fn function() -> Function {
    schedule::daily(3, 40, erase_applications)
}

/// Goes through everything that is due. Fails in the end if something could not be erased.
pub async fn erase_applications(_: Scheduled, Now(now): Now, hiring: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), hiring.due::<Application>(Waiting::Erasure.name(), now));
    while let Some(application) = due.next().await? {
        outcome = outcome.and(erase(&hiring, application.value.id, now).await);
    }
    outcome
}

/// Takes the person out, on the items as they stand; decides anew if somebody was faster.
async fn erase(hiring: &Table, id: ApplicationId, now: Timestamp) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        let Some(old) = hiring.get::<Application>(&store::application_key(id)).await? else {
            return Ok(());
        };
        let Some(erased) = old.value.erased(now) else {
            return Ok(());
        };
        let alike = match &old.value.likeness {
            Some(mark) => hiring.get::<Likeness>(&store::likeness_key(mark)).await?,
            None => None,
        };
        let mut transaction = hiring.transaction().replace(&old, &erased, Vec::new());
        if let Some((alike, without)) = alike.as_ref().and_then(|alike| Some((alike, alike.value.without(id)?))) {
            transaction = transaction.replace(alike, &without, Vec::new());
        }
        if let Commit::Done = transaction.commit().await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{id} kept changing")))
}
