//! A worker requests the supplies of a job.
//!
//! Called by the job's worker with an `Idempotency-Key`; the same key again gets the same reply. What is requested is
//! what the job needs. A job of which `jobs.job-created.v1` has not told yet is 503: the request may be sent again. One
//! transaction writes the request and notes it with the job, so that a job has one at a time; staff then issue or refuse
//! it. After a refusal the worker may request again.

use crate::draw::{Draw, State};
use crate::job::{Job, NotRequestable};
use crate::store::{DECISIONS, draw_key, job_key};
use contracts::supplies::SupplyLine;
use derive::Refusal;
use kernel::{DrawId, JobId, Timestamp};
use platform::http::{self, Created, IdempotencyKey, Path, Worker};
use platform::{Commit, Error, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// The request as it was taken. List the requests to see what became of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestedSupplies {
    /// Names it.
    pub id: DrawId,
    /// The job they are for.
    pub job: JobId,
    /// What the job needs.
    pub lines: Vec<SupplyLine>,
    /// Always `requested`.
    pub state: State,
    /// When it was requested.
    pub requested_at: Timestamp,
}

/// Why supplies are not requested.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job needs no supplies.
    #[problem(409, "nothing-needed", "Start the job without.")]
    NothingNeeded,
    /// The supplies of the job were requested before.
    #[problem(409, "already-requested", "Staff have the request {draw}, or have issued it.")]
    AlreadyRequested {
        /// That request.
        draw: DrawId,
    },
    /// The job has ended.
    #[problem(409, "job-ended", "Nothing is issued for a job that does not take place.")]
    JobEnded,
}

/// `POST /v1/jobs/{job}/supplies`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/supplies", request_supplies)
}

/// Decides on the job as it stands, and writes the request; decides anew if somebody was faster.
pub async fn request_supplies(
    worker: Worker,
    key: IdempotencyKey,
    Path(job): Path<JobId>,
    Now(now): Now,
    supplies: Table,
) -> Result<Created<RequestedSupplies>, Failure<Refused>> {
    let id: DrawId = key.id();
    for _ in 0..DECISIONS {
        let (draw_key, job_key) = (draw_key(id), job_key(job));
        let (known, found) = platform::both(supplies.get::<Draw>(&draw_key), supplies.get::<Job>(&job_key)).await?;
        if let Some(known) = known {
            key.replays(&known.value.request)?;
            return Ok(requested(&known.value));
        }
        let found = found.ok_or_else(|| Error::unavailable(format!("{job} is not here yet")))?;
        if found.value.worker != worker.account {
            return Err(http::not_found());
        }
        let noted = found.value.request(id)?;
        let draw = Draw::request(id, &found.value, key.fingerprint(), now);
        let both = supplies.transaction().create(&draw, Vec::new()).replace(&found, &noted, Vec::new());
        if let Commit::Done = both.commit().await? {
            return Ok(requested(&draw));
        }
    }
    Err(Error::contended(format!("{job} kept changing")).into())
}

fn requested(draw: &Draw) -> Created<RequestedSupplies> {
    Created {
        location: "/v1/draws".to_owned(),
        body: RequestedSupplies {
            id: draw.id,
            job: draw.job,
            lines: draw.lines.clone(),
            state: State::Requested,
            requested_at: draw.requested_at,
        },
    }
}

impl From<NotRequestable> for Failure<Refused> {
    fn from(reason: NotRequestable) -> Self {
        Failure::Refused(match reason {
            NotRequestable::NothingNeeded => Refused::NothingNeeded,
            NotRequestable::Requested(draw) => Refused::AlreadyRequested { draw },
            NotRequestable::Ended => Refused::JobEnded,
        })
    }
}
