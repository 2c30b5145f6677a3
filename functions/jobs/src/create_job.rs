//! Matching found a worker: there is a job to do.
//!
//! Consumes `matching.request-matched.v1`. The job's id follows from the request and the number of the match, so it is
//! created once; `jobs.job-created.v1` announces it. A job of an earlier match that still waits for its start is closed
//! in the same transaction. If the client had cancelled this very match before it was heard of here, the job begins as
//! *cancelled* (`jobs.job-cancelled.v1`). A match that ended before, or of a request of which a job has begun or ended,
//! creates nothing.

use crate::course::Birth;
use crate::figures::StartMinutes;
use crate::job::{Job, JobEvent};
use crate::store;
use contracts::matching::RequestMatched;
use platform::{Error, Function, Now, On, Setting, Table, events};

/// On `matching.request-matched.v1`
pub fn function() -> Function {
    events::on(create_job)
}

/// Takes the turn of the request's course that the match means.
pub async fn create_job(
    found: On<RequestMatched>,
    Now(now): Now,
    Setting(patience): Setting<StartMinutes>,
    jobs: Table,
) -> Result<(), Error> {
    let newborn = |birth| {
        let job = Job::assigned(&found, patience);
        Some(match birth {
            Birth::Assigned => (job, vec![JobEvent::Created]),
            Birth::Cancelled => job.cancelled(now),
        })
    };
    store::take_turn(&jobs, found.request, now, |course| course.matched(found.attempt), newborn).await
}
