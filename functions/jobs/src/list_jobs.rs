//! A worker looks at the jobs: those to be done, those that are done, those that are not to be done any more.
//!
//! Called by a signed-in worker; in pages. What is to be done next comes first, of the others the last. A list may be a
//! moment behind; a job itself never is.

use crate::job::{Shelf, State};
use crate::store;
use kernel::{Count, Cursor, JobId, Page, RequestId, ServiceId, Timestamp};
use platform::http::{self, Query, Worker};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Which page of which list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListJobs {
    /// The list; what is to be done if it is not said.
    #[serde(default)]
    pub list: Option<Shelf>,
    /// The most jobs on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A job in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobSummary {
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
}

/// `GET /v1/jobs`
pub fn function() -> Function {
    http::get("/v1/jobs", list_jobs)
}

/// Reads one page of the worker's list.
pub async fn list_jobs(
    worker: Worker,
    Query(query): Query<ListJobs>,
    jobs: TableReader,
) -> Result<http::Ok<Page<JobSummary>>, Failure<Infallible>> {
    let shelf = query.list.unwrap_or(Shelf::Active);
    let limit = query.limit.map_or(20, Count::get);
    let mut page = store::jobs_of(&jobs, worker.account, shelf, limit, query.cursor.as_ref()).await?;
    // What the index says may be a moment old: the job itself has the last word.
    page.items.retain(|job| job.value.worker == worker.account && job.value.state.shelf() == shelf);
    let body = page.map(|job| {
        let job = job.value;
        JobSummary {
            id: job.id,
            request: job.request,
            service: job.service,
            state: job.state,
            from: job.from,
            until: job.until,
        }
    });
    Ok(http::Ok { version: None, body })
}
