//! A worker withdraws from a job before its time.
//!
//! Called by the job's worker with an `Idempotency-Key`; the same key again gets the same reply. Writes the job as
//! *withdrawn*, frees the course of its request for another match, and announces `jobs.job-withdrawn.v1`: matching looks
//! for somebody else, and nothing is settled. Who withdraws when the job should have begun did not come.

use crate::job::{Command, Job, State};
use crate::life::NotWithdrawn;
use crate::step::{StepTaken, Taker, take_step};
use derive::Refusal;
use kernel::{JobId, Text};
use platform::http::{self, IdempotencyKey, Json, Path, Worker};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// That the worker does not come.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "Ill"}))]
pub struct WithdrawJob {
    /// Why, in the worker's words.
    #[serde(default)]
    pub reason: Option<Text<1, 500>>,
}

/// Why a job is not given back.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job is not to be withdrawn from.
    #[problem(409, "not-withdrawable", "A job is given back before its start. After it, it fails.")]
    NotWithdrawable {
        /// The state it is in.
        state: State,
    },
    /// The job should have begun.
    #[problem(409, "too-late", "Its time has come: nobody else can be found.")]
    TooLate,
}

/// `POST /v1/jobs/{job}/withdraw`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/withdraw", withdraw_job)
}

/// Moves the job from *assigned* to *withdrawn*.
pub async fn withdraw_job(
    worker: Worker,
    key: IdempotencyKey,
    Path(job): Path<JobId>,
    Json(request): Json<WithdrawJob>,
    Now(now): Now,
    jobs: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    let taker = Taker { worker: worker.account, job, key: &key, to: State::Withdrawn };
    let step = |job: &Job, command: Command, _| Ok(job.withdraw(request.reason.clone(), command, now)?);
    take_step(&jobs, taker, None, step).await
}

impl From<NotWithdrawn> for Failure<Refused> {
    fn from(reason: NotWithdrawn) -> Self {
        Failure::Refused(match reason {
            NotWithdrawn::State(state) => Refused::NotWithdrawable { state },
            NotWithdrawn::TooLate => Refused::TooLate,
        })
    }
}
