//! A worker has the supplies of a job, or it needs none: it can be started.
//!
//! Consumes `supplies.supplies-issued.v1` and `supplies.supplies-not-needed.v1`. Supplies that somebody else drew, a
//! worker who does not have the job, change nothing; neither do repeated and late events.

use crate::job::Job;
use crate::store;
use contracts::supplies::{SuppliesIssued, SuppliesNotNeeded};
use kernel::{AccountId, JobId};
use platform::{Decision, Error, Function, On, Stored, Table, events};

contracts::one_of! {
    /// That nothing is missing.
    pub enum Supplied {
        SuppliesIssued,
        SuppliesNotNeeded,
    }
}

/// On `supplies.supplies-issued.v1` and `supplies.supplies-not-needed.v1`
pub fn function() -> Function {
    events::on(note_supplies)
}

/// Notes it at the job.
pub async fn note_supplies(said: On<Supplied>, jobs: Table) -> Result<(), Error> {
    let (id, worker) = said.job_and_worker();
    let decide = |found: Option<&Stored<Job>>| {
        let job = &found.ok_or_else(|| Error::unavailable(format!("{id} is not here")))?.value;
        Ok(match job.supplied || job.worker != worker {
            true => Decision::Keep,
            false => Decision::To(Job { supplied: true, ..job.clone() }, Vec::new()),
        })
    };
    jobs.advance(&store::job_key(id), decide).await
}

impl Supplied {
    fn job_and_worker(&self) -> (JobId, AccountId) {
        match self {
            Supplied::SuppliesIssued(event) => (event.job, event.worker),
            Supplied::SuppliesNotNeeded(event) => (event.job, event.worker),
        }
    }
}
