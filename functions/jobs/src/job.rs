//! A job: one worker's attempt at a request. What it holds and how it goes on. Pure.

use crate::review::Review;
use contracts::matching::RequestMatched;
use kernel::id::Id;
use kernel::{AccountId, Digest, JobId, Money, PhotoId, RequestId, ServiceId, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The partition of the index `by-due`.
pub const WAITING: &str = "jobs";

/// A job.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// Names it.
    pub id: JobId,
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
    /// Its list price, by which client and worker are settled.
    pub price: Money,
    /// When it begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
    /// How far it is.
    pub state: State,
    /// How it came to its state: each step but the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Step>,
    /// Whether its worker has the supplies, or needs none.
    #[serde(default)]
    pub supplied: bool,
    /// The photo of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_photo: Option<PhotoId>,
    /// The photo of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_photo: Option<PhotoId>,
    /// Why the worker failed or withdrew, in the worker's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<1, 500>>,
    /// The worker's requests that moved it, one a step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<Command>,
    /// Its worker's list that it is in: `acc_…#active`.
    pub shelf: String,
    /// [`WAITING`] while the clock may end it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When the clock ends it, if its worker does not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// What quality does about it, if it does.
    #[serde(flatten)]
    pub review: Review,
}

/// How far a job is.
///
/// ```text
/// assigned ──▶ started ──▶ completed
///   │ │ │ │        └──▶ failed
///   │ │ │ └▶ missed       (the worker did not come)
///   │ │ └──▶ withdrawn    (by its worker)
///   │ └────▶ cancelled    (by the client)
///   └──────▶ closed       (somebody else does it, or nobody: nothing is settled)
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "JobState")]
pub enum State {
    /// Its worker is to do it.
    Assigned,
    /// Work has begun.
    Started,
    /// It is done.
    Completed,
    /// Its worker failed.
    Failed,
    /// Its worker did not come.
    Missed,
    /// The client cancelled it.
    Cancelled,
    /// Its worker withdrew.
    Withdrawn,
    /// It was taken from its worker.
    Closed,
}

/// One of a worker's lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "JobShelf")]
pub enum Shelf {
    /// To be done.
    Active,
    /// Done, well or badly.
    Done,
    /// Not to be done any more.
    Cancelled,
}

/// One step of a job's timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "JobStep")]
pub struct Step {
    /// The state it came to.
    pub state: State,
    /// When.
    pub at: Timestamp,
}

/// A request that moved a job, kept so that its repetition is recognised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Command {
    /// Its idempotency key, as stored.
    pub key: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The state it led to.
    pub to: State,
}

/// What a job announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobEvent {
    /// A worker has it.
    Created,
    /// It came to this state.
    Came(State),
    /// Quality has reviewed it.
    Reviewed,
}

/// A job and what it announces.
pub type Next = (Job, Vec<JobEvent>);

/// How long the clock waits for a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// So long before its time a job may be started.
    pub early: Duration,
    /// So long after its time a job that was not started is missed.
    pub late: Duration,
}

/// So long after its time a job that was started and never finished has failed.
pub const UNFINISHED: Duration = Duration::from_secs(24 * 3600);

/// The job of a match: the same at each repetition.
pub fn id_of(request: RequestId, attempt: u32) -> JobId {
    JobId::from_digest(&Digest::of(["job".to_owned(), request.to_string(), attempt.to_string()]))
}

impl State {
    /// The list that a job in this state is in.
    pub fn shelf(self) -> Shelf {
        match self {
            State::Assigned | State::Started => Shelf::Active,
            State::Completed | State::Failed | State::Missed => Shelf::Done,
            State::Cancelled | State::Withdrawn | State::Closed => Shelf::Cancelled,
        }
    }
}

/// The partition of a worker's list.
pub fn shelf_of(worker: AccountId, shelf: Shelf) -> String {
    let name = match shelf {
        Shelf::Active => "active",
        Shelf::Done => "done",
        Shelf::Cancelled => "cancelled",
    };
    format!("{worker}#{name}")
}

impl Job {
    /// The job of a match, for its worker to do.
    pub fn assigned(found: &RequestMatched, patience: Patience) -> Self {
        Self {
            id: id_of(found.request, found.attempt),
            request: found.request,
            attempt: found.attempt,
            client: found.client,
            worker: found.worker,
            service: found.service,
            price: found.price,
            from: found.from,
            until: found.until,
            state: State::Assigned,
            timeline: Vec::new(),
            supplied: false,
            start_photo: None,
            report_photo: None,
            reason: None,
            commands: Vec::new(),
            shelf: shelf_of(found.worker, Shelf::Active),
            waiting: Some(WAITING.to_owned()),
            due: Some(found.from.after(patience.late)),
            review: Review::default(),
        }
    }

    /// The same in `state`, since `now`.
    pub fn come_to(&self, state: State, now: Timestamp) -> Job {
        let mut job = self.clone();
        job.state = state;
        job.timeline.push(Step { state, at: now });
        job.shelf = shelf_of(job.worker, state.shelf());
        job.due = (state == State::Started).then(|| job.until.max(now).after(UNFINISHED));
        job.waiting = job.due.map(|_| WAITING.to_owned());
        job
    }

    /// When it came to `state`, if it did.
    pub fn came_to(&self, state: State) -> Option<Timestamp> {
        self.timeline.iter().find(|step| step.state == state).map(|step| step.at)
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.timeline.last().filter(|step| step.state.shelf() != Shelf::Active).map(|step| step.at)
    }

    /// Whether the clock is to end it.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.due.is_some_and(|due| due <= now)
    }

    /// The command of this key, if it moved the job.
    pub fn command(&self, key: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.key == key)
    }
}
