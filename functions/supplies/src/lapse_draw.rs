//! A job ended before it began: nothing is issued for it any more.
//!
//! Consumes `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1`, `jobs.job-closed.v1` (somebody else does it, or nobody)
//! and `jobs.job-missed.v1`. A request that staff did not decide on *lapses*; what was issued stays issued. Of a job of
//! which `jobs.job-created.v1` has not told, and may never tell (a client cancelled before its match arrived), it is
//! noted that it ended. Repeated events change nothing.

use crate::draw::Draw;
use crate::job::Job;
use crate::store::{DECISIONS, draw_key, job_key};
use contracts::jobs::{JobCancelled, JobClosed, JobMissed, JobWithdrawn};
use kernel::{AccountId, JobId, Timestamp};
use platform::{Commit, Creation, Error, Function, Now, On, Table, events};

contracts::one_of! {
    /// Why a job does not begin.
    pub enum Off { JobCancelled, JobWithdrawn, JobClosed, JobMissed }
}

/// On `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1`, `jobs.job-closed.v1` and `jobs.job-missed.v1`
pub fn function() -> Function {
    events::on(lapse_draw)
}

/// Ends the job here, and its request if that is open.
pub async fn lapse_draw(off: On<Off>, Now(now): Now, supplies: Table) -> Result<(), Error> {
    let (job, worker) = match &off.event {
        Off::JobCancelled(event) => (event.job, event.worker),
        Off::JobWithdrawn(event) => (event.job, event.worker),
        Off::JobClosed(event) => (event.job, event.worker),
        Off::JobMissed(event) => (event.job, event.worker),
    };
    end_job(&supplies, job, worker, now).await
}

/// Notes that a job has ended, in one transaction with the end of its open request.
pub(crate) async fn end_job(supplies: &Table, id: JobId, worker: AccountId, now: Timestamp) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        let job = match supplies.get::<Job>(&job_key(id)).await? {
            Some(job) => job,
            None => match supplies.create(&Job::never(id, worker, now), Vec::new()).await? {
                Creation::Created => return Ok(()),
                Creation::Exists(job) => job,
            },
        };
        let draw = match job.value.draw {
            Some(draw) => supplies.get::<Draw>(&draw_key(draw)).await?,
            None => None,
        };
        let lapsed = draw.and_then(|draw| draw.value.lapse().map(|lapsed| (draw, lapsed)));
        if job.value.ended && lapsed.is_none() {
            return Ok(());
        }
        let ended = job.value.end();
        let mut both = supplies.transaction().replace(&job, &ended, Vec::new());
        if let Some((draw, lapsed)) = &lapsed {
            both = both.replace(draw, lapsed, Vec::new());
        }
        if let Commit::Done = both.commit().await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{id} kept changing")))
}
