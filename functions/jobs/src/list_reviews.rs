//! Quality looks at what waits for a review: the oldest first, in pages.
//!
//! Called by quality staff. Everything that went wrong is in it, and a sample of what went well. The list follows what
//! happens within a moment.

use crate::job::State;
use crate::store;
use kernel::{AccountId, JobId, Page, PhotoId, RequestId, ServiceId, Text, Timestamp};
use platform::http::caller::Quality;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A job that waits for a review.
#[derive(Debug, Serialize, JsonSchema)]
pub struct JobToReview {
    /// Names it.
    pub id: JobId,
    /// The request it did.
    pub request: RequestId,
    /// What was to be done.
    pub service: ServiceId,
    /// Whose request it was.
    pub client: AccountId,
    /// Whose job it was.
    pub worker: AccountId,
    /// How it ended.
    pub state: State,
    /// Since when it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Why it failed, in the worker's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<1, 500>>,
    /// The photo of the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_photo: Option<PhotoId>,
    /// The photo of the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report_photo: Option<PhotoId>,
}

/// `GET /v1/job-reviews`
pub fn function() -> Function {
    http::get("/v1/job-reviews", list_reviews)
}

/// Reads one page of what waits.
pub async fn list_reviews(
    _: Staff<Quality>,
    Query(query): Query<Paging>,
    jobs: TableReader,
) -> Result<http::Ok<Page<JobToReview>>, Failure<Infallible>> {
    let limit = query.limit();
    let mut page = store::reviews(&jobs, limit, query.cursor.as_ref()).await?;
    page.items.retain(|job| job.value.review.review_list.is_some());
    let body = page.map(|job| {
        let job = job.value;
        JobToReview {
            id: job.id,
            request: job.request,
            service: job.service,
            client: job.client,
            worker: job.worker,
            state: job.state,
            since: job.review.review_since,
            reason: job.reason,
            start_photo: job.start_photo,
            report_photo: job.report_photo,
        }
    });
    Ok(http::Ok { version: None, body })
}
