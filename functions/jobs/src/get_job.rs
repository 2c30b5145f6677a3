//! A worker looks at a job.
//!
//! Called by a signed-in worker; somebody else's job is not found. Where it is and whom to ask for there is told while
//! the job is to be done: it is read at services then and there, and never kept. If services do not answer, neither does
//! this.

use crate::job::{Job, Shelf, State, Step};
use crate::store;
use contracts::services::{ReadVisit, Visit};
use kernel::{JobId, PhotoId, RequestId, ServiceId, Timestamp};
use platform::http::{self, Path, Worker};
use platform::{Ask, Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A job as its worker sees it.
#[derive(Serialize, JsonSchema)]
pub struct JobView {
    /// Names it.
    pub id: JobId,
    /// The request it does.
    pub request: RequestId,
    /// What is done.
    pub service: ServiceId,
    /// How far it is.
    pub state: State,
    /// When it begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
    /// Whether its supplies are drawn, or it needs none.
    pub supplied: bool,
    /// Until when it must be started, or finished.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Where to go and whom to ask for, while it is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit: Option<Visit>,
    /// The photo of the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_photo: Option<PhotoId>,
    /// The photo of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_photo: Option<PhotoId>,
    /// The steps since the worker got it, oldest first.
    pub timeline: Vec<Step>,
}

/// `GET /v1/jobs/{job}`
pub fn function() -> Function {
    http::get("/v1/jobs/{job}", get_job)
}

/// Reads the job, and at services where it is.
pub async fn get_job(
    worker: Worker,
    Path(id): Path<JobId>,
    services: Ask<ReadVisit>,
    jobs: TableReader,
) -> Result<http::Ok<JobView>, Failure<Infallible>> {
    let job = store::job_of(&jobs, worker.account, id).await?;
    let visit = match job.value.state.shelf() {
        Shelf::Active => services.send(&ReadVisit { request: job.value.request }).await?,
        Shelf::Done | Shelf::Cancelled => None,
    };
    Ok(http::Ok::at(job.version, view(job.value, visit)))
}

fn view(job: Job, visit: Option<Visit>) -> JobView {
    JobView {
        id: job.id,
        request: job.request,
        service: job.service,
        state: job.state,
        from: job.from,
        until: job.until,
        supplied: job.supplied,
        due: job.due,
        visit,
        start_photo: job.start_photo,
        report_photo: job.report_photo,
        timeline: job.timeline,
    }
}
