//! Quality has looked at a job.
//!
//! Called by quality staff with an `Idempotency-Key`; the same key again gets the same reply. Writes what was found at
//! the job, takes it off the list, and announces `jobs.job-reviewed.v1`. A job is reviewed once; one that nobody asked
//! to look at is refused.

use crate::job::Job;
use crate::review::{NotOpen, Verdict};
use crate::store;
use contracts::jobs::Finding;
use derive::Refusal;
use kernel::{JobId, Text, Timestamp};
use platform::http::caller::Quality;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was found.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"finding": "flawed", "note": "One window was left out"}))]
pub struct RecordReview {
    /// What.
    pub finding: Finding,
    /// In the reviewer's words.
    #[serde(default)]
    pub note: Option<Text<1, 1000>>,
}

/// A review as it was recorded.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordedReview {
    /// The job.
    pub id: JobId,
    /// What was found.
    pub finding: Finding,
    /// When it was recorded.
    pub reviewed_at: Timestamp,
}

/// Why a review is not recorded.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job does not wait for a review.
    #[problem(409, "not-to-review", "A job is reviewed once, when it is on the list.")]
    NotToReview,
}

/// `POST /v1/jobs/{job}/review`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/review", record_review)
}

/// Decides on the job as it stands, and writes that if nobody was faster.
pub async fn record_review(
    staff: Staff<Quality>,
    key: IdempotencyKey,
    Path(id): Path<JobId>,
    Json(request): Json<RecordReview>,
    Now(now): Now,
    jobs: Table,
) -> Result<http::Ok<RecordedReview>, Failure<Refused>> {
    let verdict = Verdict {
        finding: request.finding,
        note: request.note,
        reviewer: staff.account,
        at: now,
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
    };
    let decide = |found: Option<&Stored<Job>>| {
        let job = &found.ok_or_else(http::not_found)?.value;
        if let Some(known) = job.review.verdict.as_ref().filter(|known| known.key == verdict.key) {
            key.replays(&known.fingerprint)?;
            return Ok(Decision::Keep);
        }
        let (job, events) = job.reviewed(verdict.clone())?;
        Ok(Decision::To(job, events))
    };
    let job = jobs.change(&store::job_key(id), decide).await?.ok_or_else(http::not_found)?;
    let known = job.value.review.verdict.ok_or_else(|| Error::broken(format!("{id} forgot its review")))?;
    Ok(http::Ok {
        version: None,
        body: RecordedReview { id, finding: known.finding, reviewed_at: known.at },
    })
}

impl From<NotOpen> for Failure<Refused> {
    fn from(NotOpen: NotOpen) -> Self {
        Failure::Refused(Refused::NotToReview)
    }
}
