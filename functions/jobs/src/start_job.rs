//! A worker begins a job.
//!
//! Called by the job's worker with an `Idempotency-Key`, a photo that was uploaded, and the worker's word that the place
//! and the client are the right ones; the same key again gets the same reply. From half an hour before its time until
//! the worker counts as missing, and with the supplies drawn. One transaction writes the job as *started* and the course
//! of its request, so that nobody else begins it, and announces `jobs.job-started.v1`.

use crate::figures::StartMinutes;
use crate::job::{Command, Job, State};
use crate::life::NotStarted;
use crate::photo::JobPhotos;
use crate::step::{Proof, StepTaken, Taker, take_step};
use derive::Refusal;
use kernel::{JobId, PhotoId, Timestamp};
use platform::http::{self, IdempotencyKey, Json, Path, Worker};
use platform::{Failure, Function, Now, Objects, Setting, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// That work begins.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"photo": PhotoId::from_bits(20), "confirmed": true}))]
pub struct StartJob {
    /// A photo of the place, uploaded before.
    pub photo: PhotoId,
    /// Whether the worker confirms to be at the right place, with the client's consent to begin.
    pub confirmed: bool,
}

/// Why a job does not begin.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The start is not confirmed.
    #[problem(422, "not-confirmed", "Confirm that the place is right and the client agrees.")]
    NotConfirmed,
    /// The photo is not there.
    #[problem(422, "photo-missing", "Upload the photo first: a JPEG or PNG of at most 10 MB.")]
    PhotoMissing,
    /// The job is not to be started.
    #[problem(409, "not-startable", "A job is started once, while it is assigned.")]
    NotStartable {
        /// The state it is in.
        state: State,
    },
    /// It is too early.
    #[problem(409, "too-early", "The job can be started from {from} on.")]
    TooEarly {
        /// From when on.
        from: Timestamp,
    },
    /// It is too late.
    #[problem(409, "too-late", "The worker was not there in time.")]
    TooLate,
    /// The supplies are missing.
    #[problem(409, "supplies-missing", "Draw the supplies of the job first.")]
    SuppliesMissing,
}

/// `POST /v1/jobs/{job}/start`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/start", start_job)
}

/// Moves the job from *assigned* to *started*.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function may touch")]
pub async fn start_job(
    worker: Worker,
    key: IdempotencyKey,
    Path(job): Path<JobId>,
    Json(request): Json<StartJob>,
    Now(now): Now,
    Setting(patience): Setting<StartMinutes>,
    photos: Objects<JobPhotos>,
    jobs: Table,
) -> Result<http::Ok<StepTaken>, Failure<Refused>> {
    let StartJob { photo, confirmed } = request;
    let taker = Taker { worker: worker.account, job, key: &key, to: State::Started };
    let step = |job: &Job, command: Command, is_proved: bool| {
        let next = job.start(photo, command, patience, now)?;
        match (confirmed, is_proved) {
            (false, _) => Err(Refused::NotConfirmed.into()),
            (_, false) => Err(Refused::PhotoMissing.into()),
            (true, true) => Ok(next),
        }
    };
    take_step(&jobs, taker, Some(Proof { photos: &photos, photo }), step).await
}

impl From<NotStarted> for Failure<Refused> {
    fn from(reason: NotStarted) -> Self {
        Failure::Refused(match reason {
            NotStarted::State(state) => Refused::NotStartable { state },
            NotStarted::TooEarly(from) => Refused::TooEarly { from },
            NotStarted::TooLate => Refused::TooLate,
            NotStarted::NoSupplies => Refused::SuppliesMissing,
        })
    }
}
