//! Publishes what jobs announce: that they were created and how they go on and end (`jobs.job-created.v1`,
//! `jobs.job-started.v1`, `jobs.job-completed.v1` and the others), that quality looked, and that a cancelled request has
//! no job any more.
//!
//! Reads the stream of the jobs table; writes nothing.

use crate::course::{Course, CourseEvent};
use crate::job::{Job, JobEvent, State};
use contracts::jobs::{
    JobCancelled, JobClosed, JobCompleted, JobCreated, JobFailed, JobMissed, JobReviewed, JobStarted, JobWithdrawn,
    Published, RequestReleased,
};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the jobs table
pub fn function() -> Function {
    relay::from_outbox(relay_jobs)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_jobs(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Job::KIND => {
            let (job, outbox) = change.read::<Job>()?;
            outbox.events.into_iter().map(|event| step(&job, event)).collect()
        }
        Course::KIND => {
            let (course, outbox) = change.read::<Course>()?;
            outbox.events.into_iter().map(|CourseEvent::Released| released(&course)).collect()
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn step(job: &Job, event: JobEvent) -> Result<Published, Error> {
    match event {
        JobEvent::Created => Ok(created(job)),
        JobEvent::Came(state) => came(job, state),
        JobEvent::Reviewed => {
            let verdict = job.review.verdict.as_ref();
            let verdict = verdict.ok_or_else(|| Error::broken(format!("{} has no review", job.id)))?;
            let (client, worker, finding) = (job.client, job.worker, verdict.finding);
            Ok(JobReviewed { job: job.id, client, worker, finding }.into())
        }
    }
}

fn created(job: &Job) -> Published {
    JobCreated {
        job: job.id,
        request: job.request,
        attempt: job.attempt,
        client: job.client,
        worker: job.worker,
        service: job.service,
        from: job.from,
        until: job.until,
    }
    .into()
}

fn came(job: &Job, state: State) -> Result<Published, Error> {
    let &Job { id, request, attempt, client, worker, service, price, .. } = job;
    let ended_at = job.came_to(state).ok_or_else(|| Error::broken(format!("{id} never was {state:?}")))?;
    macro_rules! ended {
        ($kind:ident) => {
            $kind {
                job: id,
                request,
                attempt,
                client,
                worker,
                service,
                price,
                ended_at,
            }
            .into()
        };
    }
    Ok(match state {
        State::Started => JobStarted { job: id, request, attempt, client, worker }.into(),
        State::Completed => ended!(JobCompleted),
        State::Failed => ended!(JobFailed),
        State::Missed => ended!(JobMissed),
        State::Cancelled => ended!(JobCancelled),
        State::Withdrawn => JobWithdrawn { job: id, request, attempt, worker }.into(),
        State::Closed => JobClosed { job: id, request, attempt, worker }.into(),
        State::Assigned => return Err(Error::broken(format!("{id} announces {state:?}"))),
    })
}

fn released(course: &Course) -> Result<Published, Error> {
    let request = course.request;
    let cancelled = course.cancelled.ok_or_else(|| Error::broken(format!("{request} was not cancelled")))?;
    Ok(RequestReleased { request, client: cancelled.client }.into())
}
