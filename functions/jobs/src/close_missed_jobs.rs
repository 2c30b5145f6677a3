//! The clock ends what workers did not: every five minutes.
//!
//! A job that was not started half an hour after its time is *missed* (`jobs.job-missed.v1`): settled as failed, and
//! its client is offered another time. One that was started and never finished has *failed* a day after its time
//! (`jobs.job-failed.v1`). It reads what is due and nothing else. A worker who starts at the same moment is decided on
//! by what is written first. A job that cannot be moved does not keep the others waiting.

use crate::job::{Job, WAITING};
use crate::store;
use kernel::{JobId, Timestamp};
use platform::{Error, Function, Now, Scheduled, Table, schedule};
use std::time::Duration;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), close_missed_jobs)
}

/// Goes through everything that is due. Fails in the end if one of them could not be moved.
pub async fn close_missed_jobs(_: Scheduled, Now(now): Now, jobs: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), jobs.due::<Job>(WAITING, now));
    while let Some(job) = due.next().await? {
        outcome = outcome.and(close(&jobs, job.value.id, now).await);
    }
    outcome
}

/// Ends one job, if it still is to be. What is listed may be a little old: it is read again.
async fn close(jobs: &Table, id: JobId, now: Timestamp) -> Result<(), Error> {
    for _ in 0..store::DECISIONS {
        let Some(old) = jobs.get::<Job>(&store::job_key(id)).await? else {
            return Ok(());
        };
        let Some(next) = old.value.overdue(now) else {
            return Ok(());
        };
        if store::go_on(jobs, &old, next).await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{id} kept changing")))
}
