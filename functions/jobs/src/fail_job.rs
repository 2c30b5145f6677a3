//! A worker gives up a job that has begun.
//!
//! Called by the job's worker with a reason and an `Idempotency-Key`; the same key again gets the same reply. Writes the
//! job as *failed* and announces `jobs.job-failed.v1`, by which client and worker are settled. Quality looks at it.

use crate::job::{Command, Job, State};
use crate::life::WrongState;
use crate::step::{StepTaken, Taker, take_step};
use derive::Refusal;
use kernel::{JobId, Text};
use platform::http::{self, IdempotencyKey, Json, Path, Worker};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// That work failed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "The windows cannot be reached"}))]
pub struct FailJob {
    /// Why, in the worker's words.
    pub reason: Text<1, 500>,
}

/// Why a job is not failed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job is not under way.
    #[problem(409, "not-under-way", "A job fails after its start. Before it, withdraw.")]
    NotUnderWay {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/jobs/{job}/fail`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/fail", fail_job)
}

/// Moves the job from *started* to *failed*.
pub async fn fail_job(
    worker: Worker,
    key: IdempotencyKey,
    Path(job): Path<JobId>,
    Json(request): Json<FailJob>,
    Now(now): Now,
    jobs: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    let taker = Taker { worker: worker.account, job, key: &key, to: State::Failed };
    let step = |job: &Job, command: Command, _| Ok(job.fail(request.reason.clone(), command, now)?);
    take_step(&jobs, taker, None, step).await
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotUnderWay { state })
    }
}
