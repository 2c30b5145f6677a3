//! A worker has a job: this context notes whose it is and what supplies it needs.
//!
//! Consumes `jobs.job-created.v1`. What the job needs is what its service needs at this moment, and stays that. A job
//! that needs nothing is announced at once, `supplies.supplies-not-needed.v1`: its worker may start without. Repeated
//! events find the job noted.

use crate::job::{Job, Kit};
use crate::store::kit_key;
use contracts::jobs::JobCreated;
use platform::{Error, Function, On, Table, events};

/// On `jobs.job-created.v1`
pub fn function() -> Function {
    events::on(keep_job)
}

/// Notes the job, unless it is known.
pub async fn keep_job(created: On<JobCreated>, supplies: Table) -> Result<(), Error> {
    let kit = supplies.get::<Kit>(&kit_key(created.service)).await?;
    let (job, events) = Job::heard_of(created.job, created.worker, created.from, kit.map(|kit| kit.value));
    supplies.create(&job, events).await?;
    Ok(())
}
