//! What the jobs context publishes: each step of a worker's job, by which client and worker are settled.

use crate::{event, published};
use kernel::{AccountId, JobId, Money, RequestId, ServiceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A worker has a job: a match that is to be done.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = JobCreated::example())]
pub struct JobCreated {
    /// The job.
    pub job: JobId,
    /// The request it does.
    pub request: RequestId,
    /// Which match of the request it is.
    pub attempt: u32,
    /// Whose request it is.
    pub client: AccountId,
    /// Who does it.
    pub worker: AccountId,
    /// What is done.
    pub service: ServiceId,
    /// When it begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}
event!(JobCreated = "jobs.job-created.v1", about job);

/// Work has begun.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "job": JobId::from_bits(14), "request": RequestId::from_bits(11), "attempt": 1, "client": AccountId::from_bits(2),
    "worker": AccountId::from_bits(3),
}))]
pub struct JobStarted {
    /// The job.
    pub job: JobId,
    /// The request it does.
    pub request: RequestId,
    /// Which match of the request it is.
    pub attempt: u32,
    /// Whose request it is.
    pub client: AccountId,
    /// Who does it.
    pub worker: AccountId,
}
event!(JobStarted = "jobs.job-started.v1", about job);

/// Declares how a job ended: what client and worker are settled by, once.
macro_rules! ended {
    ($(#[doc = $doc:literal])* $name:ident = $kind:literal) => {
        $(#[doc = $doc])*
        #[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
        #[schemars(example = ended_example())]
        pub struct $name {
            /// The job.
            pub job: JobId,
            /// The request it did.
            pub request: RequestId,
            /// Which match of the request it was.
            pub attempt: u32,
            /// Whose request it is.
            pub client: AccountId,
            /// Whose job it was.
            pub worker: AccountId,
            /// What was requested.
            pub service: ServiceId,
            /// Its list price, as the request has it.
            pub price: Money,
            /// When it ended.
            pub ended_at: Timestamp,
        }
        event!($name = $kind, about job);
    };
}

ended! {
    /// A job is done.
    JobCompleted = "jobs.job-completed.v1"
}
ended! {
    /// A client cancelled the request when a worker had the job already.
    JobCancelled = "jobs.job-cancelled.v1"
}
ended! {
    /// A worker failed at a job, or gave it up after it had begun.
    JobFailed = "jobs.job-failed.v1"
}
ended! {
    /// A worker did not come: settled as a failed job, and the client is offered another time.
    JobMissed = "jobs.job-missed.v1"
}

/// A worker withdrew before the start: nothing is settled, somebody else is looked for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "job": JobId::from_bits(14), "request": RequestId::from_bits(11), "attempt": 1, "worker": AccountId::from_bits(3),
}))]
pub struct JobWithdrawn {
    /// The job.
    pub job: JobId,
    /// The request it was for.
    pub request: RequestId,
    /// Which match of the request it was.
    pub attempt: u32,
    /// Whose job it was.
    pub worker: AccountId,
}
event!(JobWithdrawn = "jobs.job-withdrawn.v1", about job);

/// A job was taken from its worker before its start: somebody else does it, or nobody. Nothing is settled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "job": JobId::from_bits(14), "request": RequestId::from_bits(11), "attempt": 1, "worker": AccountId::from_bits(3),
}))]
pub struct JobClosed {
    /// The job.
    pub job: JobId,
    /// The request it was for.
    pub request: RequestId,
    /// Which match of the request it was.
    pub attempt: u32,
    /// Whose job it was.
    pub worker: AccountId,
}
event!(JobClosed = "jobs.job-closed.v1", about job);

/// A client cancelled a request that had a worker when it was cancelled, and nobody has it any more: no job of it began
/// or will, and nothing is settled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"request": RequestId::from_bits(11), "client": AccountId::from_bits(2)}))]
pub struct RequestReleased {
    /// The request.
    pub request: RequestId,
    /// Whose it was.
    pub client: AccountId,
}
event!(RequestReleased = "jobs.request-released.v1", about request);

/// What a review of a job found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Nothing to complain of.
    Good,
    /// Something was not as it should be.
    Flawed,
    /// Not the worker's fault.
    Excused,
}

/// Quality has reviewed a job.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "job": JobId::from_bits(14), "client": AccountId::from_bits(2), "worker": AccountId::from_bits(3),
    "finding": "good",
}))]
pub struct JobReviewed {
    /// The job.
    pub job: JobId,
    /// Whose request it was.
    pub client: AccountId,
    /// Whose job it was.
    pub worker: AccountId,
    /// What was found.
    pub finding: Finding,
}
event!(JobReviewed = "jobs.job-reviewed.v1", about job);

published!(
    JobCreated,
    JobStarted,
    JobCompleted,
    JobCancelled,
    JobFailed,
    JobMissed,
    JobWithdrawn,
    JobClosed,
    RequestReleased,
    JobReviewed,
);

impl JobCreated {
    fn example() -> Value {
        json!({
            "job": JobId::from_bits(14),
            "request": RequestId::from_bits(11),
            "attempt": 1,
            "client": AccountId::from_bits(2),
            "worker": AccountId::from_bits(3),
            "service": ServiceId::from_bits(10),
            "from": "2026-02-02T09:00:00.000Z",
            "until": "2026-02-02T10:00:00.000Z",
        })
    }
}

fn ended_example() -> Value {
    json!({
        "job": JobId::from_bits(14),
        "request": RequestId::from_bits(11),
        "attempt": 1,
        "client": AccountId::from_bits(2),
        "worker": AccountId::from_bits(3),
        "service": ServiceId::from_bits(10),
        "price": {"amount_minor": 10_000, "currency": "RUB"},
        "ended_at": "2026-02-02T10:00:00.000Z",
    })
}
