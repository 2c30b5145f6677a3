//! Steps that a worker takes: what these requests have in common.

use crate::job::{Command, Job, Next, State};
use crate::photo::{self, JobPhotos};
use crate::store;
use kernel::{AccountId, JobId, PhotoId, Timestamp};
use platform::http::{self, IdempotencyKey};
use platform::{Error, Failure, Objects, Table};
use schemars::JsonSchema;
use serde::Serialize;

/// A step of a job: the same at each repetition, however far the job is by then.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobStepTaken")]
pub struct StepTaken {
    /// The job.
    pub id: JobId,
    /// The state it came to by this step.
    pub state: State,
    /// When.
    pub at: Timestamp,
}

/// Who takes a step of which job, by which request.
#[derive(Clone, Copy, Debug)]
pub struct Taker<'t> {
    /// The worker.
    pub worker: AccountId,
    /// The job.
    pub job: JobId,
    /// The request's key.
    pub key: &'t IdempotencyKey,
    /// The state that it is to come to.
    pub to: State,
}

/// A photo that is to prove a step.
#[derive(Clone, Copy)]
pub struct Proof<'p> {
    /// Where photos are.
    pub photos: &'p Objects<JobPhotos>,
    /// Which one.
    pub photo: PhotoId,
}

/// Takes a worker's step of a job as `step` decides on it, told whether the photo is there, and writes that if nobody
/// was faster; decides anew if somebody was. A repeated request changes nothing.
pub async fn take_step<R>(
    jobs: &Table,
    taker: Taker<'_>,
    proof: Option<Proof<'_>>,
    step: impl Fn(&Job, Command, bool) -> Result<Next, Failure<R>>,
) -> Result<http::Ok<StepTaken>, Failure<R>> {
    let Taker { worker, job: id, key, to } = taker;
    for _ in 0..store::DECISIONS {
        let old = store::job_of(jobs, worker, id).await?;
        if let Some(known) = old.value.command(&key.stored()) {
            key.replays(&known.fingerprint)?;
            return taken(&old.value, known.to);
        }
        let is_proved = match proof {
            Some(Proof { photos, photo }) => photo::is_there(photos, id, photo).await?,
            None => true,
        };
        let command = Command {
            key: key.stored(),
            fingerprint: key.fingerprint().to_owned(),
            to,
        };
        let next = step(&old.value, command, is_proved)?;
        let new = next.0.clone();
        if store::go_on(jobs, &old, next).await? {
            return taken(&new, to);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

fn taken<R>(job: &Job, to: State) -> Result<http::Ok<StepTaken>, Failure<R>> {
    let (id, at) = (job.id, job.came_to(to));
    let at = at.ok_or_else(|| Error::broken(format!("{id} took a step that it does not know of")))?;
    Ok(http::Ok { version: None, body: StepTaken { id, state: to, at } })
}
