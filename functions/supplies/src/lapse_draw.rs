//! A job ended before it began: nothing is issued for it any more.
//!
//! Consumes `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1` and `jobs.job-missed.v1`. A request that staff did not
//! decide on *lapses*; what was issued stays issued. A job of which `jobs.job-created.v1` has not told yet is waited for.
//! Repeated events change nothing.

use crate::draw::Draw;
use crate::job::Job;
use crate::store::{DECISIONS, draw_key, job_key};
use contracts::jobs::{JobCancelled, JobMissed, JobWithdrawn};
use kernel::JobId;
use platform::{Commit, Error, Function, On, Table, events};

contracts::one_of! {
    /// Why a job does not begin.
    pub enum Off { JobCancelled, JobWithdrawn, JobMissed }
}

/// On `jobs.job-cancelled.v1`, `jobs.job-withdrawn.v1` and `jobs.job-missed.v1`
pub fn function() -> Function {
    events::on(lapse_draw)
}

/// Ends the job here, and its request if that is open.
pub async fn lapse_draw(off: On<Off>, supplies: Table) -> Result<(), Error> {
    let job = match &off.event {
        Off::JobCancelled(event) => event.job,
        Off::JobWithdrawn(event) => event.job,
        Off::JobMissed(event) => event.job,
    };
    end_job(&supplies, job).await
}

/// Notes that a job has ended, in one transaction with the end of its open request.
pub(crate) async fn end_job(supplies: &Table, id: JobId) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        let job = supplies.get::<Job>(&job_key(id)).await?;
        let job = job.ok_or_else(|| Error::unavailable(format!("{id} is not here yet")))?;
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
