//! Jobs says how the work on a request goes.
//!
//! Consumes `jobs.job-started.v1`, `jobs.job-completed.v1`, `jobs.job-cancelled.v1`, `jobs.job-failed.v1`,
//! `jobs.job-missed.v1`, `jobs.job-withdrawn.v1` and `jobs.request-released.v1`. Work that begins makes the request *in-progress*, also while it is *cancelling*: it
//! had begun first. Its end ends the request, which is announced as `services.request-ended.v1`. A worker who withdraws
//! before the start leaves it *requested*; a release ends one that is *cancelling*. Repeated and late events change nothing.

use crate::request::ServiceRequest;
use crate::store;
use contracts::jobs::{JobCancelled, JobCompleted, JobFailed, JobMissed, JobStarted, JobWithdrawn, RequestReleased};
use contracts::services::RequestEnd;
use kernel::RequestId;
use platform::{Error, Function, Now, On, Table, events};

contracts::one_of! {
    /// What jobs says of requests.
    pub enum Work {
        JobStarted,
        JobCompleted,
        JobCancelled,
        JobFailed,
        JobMissed,
        JobWithdrawn,
        RequestReleased,
    }
}

/// On what jobs announces
pub fn function() -> Function {
    events::on(follow_job)
}

/// Moves the request on as jobs says.
pub async fn follow_job(said: On<Work>, Now(now): Now, services: Table) -> Result<(), Error> {
    let step = |request: &ServiceRequest| match &*said {
        Work::JobStarted(_) => request.started(now),
        Work::JobCompleted(_) => request.over(RequestEnd::Completed, now),
        Work::JobCancelled(_) => request.over(RequestEnd::Cancelled, now),
        Work::JobFailed(_) => request.over(RequestEnd::Failed, now),
        Work::JobMissed(_) => request.over(RequestEnd::NoShow, now),
        Work::JobWithdrawn(event) => request.unmatched_again(event.attempt, now),
        Work::RequestReleased(_) => request.released(now),
    };
    store::advance(&services, said.request(), step).await
}

impl Work {
    fn request(&self) -> RequestId {
        match self {
            Work::JobStarted(event) => event.request,
            Work::JobCompleted(event) => event.request,
            Work::JobCancelled(event) => event.request,
            Work::JobFailed(event) => event.request,
            Work::JobMissed(event) => event.request,
            Work::JobWithdrawn(event) => event.request,
            Work::RequestReleased(event) => event.request,
        }
    }
}
