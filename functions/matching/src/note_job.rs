//! Notes how a job ended: it moves the worker's rating, and the past result with this client.
//!
//! Consumes `jobs.job-completed.v1`, `jobs.job-failed.v1`, `jobs.job-missed.v1` and `jobs.job-reviewed.v1`, in any
//! order. Each job counts once: its own item remembers what it was counted as, and is written in one transaction with
//! the sums. A review changes what an end counts; one that overtakes the end waits for it. Repeated events change
//! nothing.

use crate::record::{Ending, Job, Past};
use crate::store::{self, job_key, past_key, worker_key};
use crate::town::Towns;
use crate::worker::Worker;
use contracts::jobs::{JobCompleted, JobFailed, JobMissed, JobReviewed};
use kernel::{AccountId, JobId};
use platform::{Commit, Error, Function, Now, On, Setting, Table, events};

contracts::one_of! {
    /// What is heard of a job.
    pub enum JobNews { JobCompleted, JobFailed, JobMissed, JobReviewed }
}

/// How often it is tried anew when others change the same items in between.
const TRIES: usize = 8;

/// On `jobs.job-completed.v1`, `jobs.job-failed.v1`, `jobs.job-missed.v1` and `jobs.job-reviewed.v1`
pub fn function() -> Function {
    events::on(note_job)
}

/// Counts the job anew, if the news changes what it counts.
pub async fn note_job(
    news: On<JobNews>,
    Setting(towns): Setting<Towns>,
    Now(now): Now,
    matching: Table,
) -> Result<(), Error> {
    for _ in 0..TRIES {
        let id = news.event.job();
        let found = matching.get::<Job>(&job_key(id)).await?;
        let known = found.as_ref().map_or_else(|| news.event.unheard(), |found| found.value);
        let job = news.event.added_to(known);
        if found.as_ref().is_some_and(|found| found.value == job) {
            return Ok(());
        }
        let transaction = matching.transaction().write(found.as_ref(), &job, Vec::new());
        let transaction = match (known.counts(), job.counts()) {
            (before, after) if before == after => transaction,
            (before, after) => {
                let (worker, client) = (worker_key(job.worker), past_key(job.client));
                let (worker, past) =
                    platform::both(matching.get::<Worker>(&worker), matching.get::<Past>(&client)).await?;
                let mut next =
                    worker.as_ref().map_or_else(|| Worker::unknown(job.worker), |worker| worker.value.clone());
                next.tally = next.tally.recounted(before, after);
                let known = past.as_ref().map_or_else(|| Past::none(job.client), |past| past.value.clone());
                let recounted = known.recounted(&job, before, after, now);
                let transaction = transaction.write(past.as_ref(), &recounted, Vec::new());
                store::put_worker(transaction, (worker, next), &towns, now)
            }
        };
        if let Commit::Done = transaction.commit().await? {
            return Ok(());
        }
    }
    Err(Error::contended("a job's worker and client kept changing"))
}

impl JobNews {
    fn parts(&self) -> (JobId, AccountId, AccountId) {
        match self {
            Self::JobCompleted(event) => (event.job, event.client, event.worker),
            Self::JobFailed(event) => (event.job, event.client, event.worker),
            Self::JobMissed(event) => (event.job, event.client, event.worker),
            Self::JobReviewed(event) => (event.job, event.client, event.worker),
        }
    }

    fn job(&self) -> JobId {
        self.parts().0
    }

    /// The job before anything was heard of it.
    fn unheard(&self) -> Job {
        let (job, client, worker) = self.parts();
        Job { job, client, worker, ending: None, finding: None }
    }

    /// The job with this known too. The first end stays: a job has one.
    fn added_to(&self, job: Job) -> Job {
        let ended = |ending| Job { ending: job.ending.or(Some(ending)), ..job };
        match self {
            Self::JobCompleted(_) => ended(Ending::Completed),
            Self::JobFailed(_) | Self::JobMissed(_) => ended(Ending::Failed),
            Self::JobReviewed(event) => Job { finding: job.finding.or(Some(event.finding.into())), ..job },
        }
    }
}
