//! A worker has done a job.
//!
//! Called by the job's worker with an `Idempotency-Key` and the photo of the report, uploaded before; the same key again
//! gets the same reply. Writes the job as *completed* and announces `jobs.job-completed.v1`, by which client and worker
//! are settled. A sample of these jobs waits for quality to look at.

use crate::figures::ReviewPercent;
use crate::job::{Command, Job, State};
use crate::life::WrongState;
use crate::photo::JobPhotos;
use crate::step::{Proof, StepTaken, Taker, take_step};
use derive::Refusal;
use kernel::{JobId, PhotoId};
use platform::http::{self, IdempotencyKey, Json, Path, Worker};
use platform::{Failure, Function, Now, Objects, Setting, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// That work is done.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"photo": PhotoId::from_bits(21)}))]
pub struct FinishJob {
    /// The photo of the report, uploaded before.
    pub photo: PhotoId,
}

/// Why a job is not finished.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The photo is not there.
    #[problem(422, "photo-missing", "Upload the photo first: a JPEG or PNG of at most 10 MB.")]
    PhotoMissing,
    /// The job is not under way.
    #[problem(409, "not-under-way", "A job is finished once, after its start.")]
    NotUnderWay {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/jobs/{job}/finish`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/finish", finish_job)
}

/// Moves the job from *started* to *completed*.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function may touch")]
pub async fn finish_job(
    worker: Worker,
    key: IdempotencyKey,
    Path(job): Path<JobId>,
    Json(request): Json<FinishJob>,
    Now(now): Now,
    Setting(sample): Setting<ReviewPercent>,
    photos: Objects<JobPhotos>,
    jobs: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    let photo = request.photo;
    let taker = Taker { worker: worker.account, job, key: &key, to: State::Completed };
    let step = |job: &Job, command: Command, is_proved: bool| {
        let next = job.finish(photo, command, sample, now)?;
        if is_proved { Ok(next) } else { Err(Refused::PhotoMissing.into()) }
    };
    take_step(&jobs, taker, Some(Proof { photos: &photos, photo }), step).await
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotUnderWay { state })
    }
}
