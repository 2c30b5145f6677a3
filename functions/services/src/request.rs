//! A client's request for a service: what it holds and how it begins. How it goes on is in [`life`](crate::life).

use crate::service::Service;
use crate::window::Window;
use contracts::services::{RequestEnd, Visit};
use kernel::{AccountId, Money, Place, RequestId, ServiceId, Skills, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A request for a service.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ServiceRequest {
    /// Names it.
    pub id: RequestId,
    /// Whose it is.
    pub client: AccountId,
    /// How far it is.
    pub state: State,
    /// When it was made.
    pub requested_at: Timestamp,
    /// What is requested, as it was offered then.
    pub order: Ordered,
    /// When the job may begin.
    pub window: Window,
    /// Where.
    pub place: Place,
    /// What the worker must know to come.
    pub visit: VisitNotes,
    /// How it came to its state: each state once, the last time it came to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<Step>,
    /// Fingerprint of the request that made it.
    pub request: String,
    /// Whether matching ever answered.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answered: bool,
    /// The highest match that was heard of, begun or ended. 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub attempt: u32,
    /// The match that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Match>,
    /// How its client cancelled it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled: Option<Cancellation>,
    /// The missed request of which it is a copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<RequestId>,
    /// Its last copy at another time, if it was missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied_as: Option<RequestId>,
    /// When it last announced once more what nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_again_at: Option<Timestamp>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde passes it")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde passes it")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A service on the terms of the day it was requested.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ordered {
    /// The service.
    pub service: ServiceId,
    /// Its name then.
    pub name: Text<1, 100>,
    /// Its list price then.
    pub price: Money,
    /// What a worker must master, and how well at least.
    pub skills: Skills,
    /// How long it takes, in minutes.
    pub duration_min: u32,
}

/// What the worker must know to come. Personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitNotes {
    /// What is to be done, in the client's words.
    pub description: Text<1, 2000>,
    /// The address.
    pub address: Text<1, 300>,
    /// Whom to ask for, and how to reach them.
    pub contact: Text<1, 200>,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for VisitNotes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VisitNotes(…)")
    }
}

/// A worker who is to do a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Match {
    /// Which match of the request it is, from 1.
    pub attempt: u32,
    /// Who does it.
    pub worker: AccountId,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}

/// How a client cancelled a request, kept so that its repetition is recognised.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Cancellation {
    /// The idempotency key, as stored.
    pub key: String,
    /// The fingerprint of what was sent.
    pub fingerprint: String,
    /// Why, in the client's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text<1, 500>>,
    /// When.
    pub at: Timestamp,
    /// The match that stood then. None: nobody had the job, and it cost nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
}

/// How far a request is.
///
/// ```text
/// requested ◀──▶ matched ──▶ in-progress ──▶ completed
///   │  │           │   │        ▲   └──▶ failed
///   │  │           │   └──▶ no-show
///   │  │           ▼            │
///   │  │       cancelling ──────┘          (a job that had begun goes on)
///   ▼  ▼           ▼
/// unmatched    cancelled
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "RequestState")]
pub enum State {
    /// The client made it; a worker is looked for.
    Requested,
    /// A worker was found.
    Matched,
    /// The client cancelled it when a worker had the job; whether that had begun is being found out.
    Cancelling,
    /// Work has begun.
    InProgress,
    /// It was done.
    Completed,
    /// The worker failed.
    Failed,
    /// The worker did not come.
    NoShow,
    /// The client cancelled it.
    Cancelled,
    /// Nobody could be found in time.
    Unmatched,
}

impl State {
    /// Whether it has not ended.
    pub fn is_open(self) -> bool {
        matches!(self, State::Requested | State::Matched | State::Cancelling | State::InProgress)
    }

    /// The state of a request that ended like this.
    pub fn of(end: RequestEnd) -> Self {
        match end {
            RequestEnd::Completed => State::Completed,
            RequestEnd::Failed => State::Failed,
            RequestEnd::NoShow => State::NoShow,
            RequestEnd::Cancelled => State::Cancelled,
            RequestEnd::Unmatched => State::Unmatched,
        }
    }
}

/// One step of a request's timeline.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RequestStep")]
pub struct Step {
    /// The state it came to.
    pub state: State,
    /// When.
    pub at: Timestamp,
}

/// What a request announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestEvent {
    /// It was made.
    Requested,
    /// Its client cancelled it.
    Cancelled,
    /// It ended.
    Ended(RequestEnd),
}

/// What a client wishes for.
#[derive(Clone, PartialEq, Debug)]
pub struct Wish {
    /// What.
    pub order: Ordered,
    /// When.
    pub window: Window,
    /// Where.
    pub place: Place,
    /// What the worker must know.
    pub visit: VisitNotes,
}

impl ServiceRequest {
    /// A new request; `request` is the fingerprint of what made it.
    pub fn new(id: RequestId, client: AccountId, wish: Wish, request: &str, now: Timestamp) -> Self {
        Self {
            id,
            client,
            state: State::Requested,
            requested_at: now,
            order: wish.order,
            window: wish.window,
            place: wish.place,
            visit: wish.visit,
            timeline: Vec::new(),
            request: request.to_owned(),
            answered: false,
            attempt: 0,
            matched: None,
            cancelled: None,
            copy_of: None,
            copied_as: None,
            told_again_at: None,
        }
    }

    /// The same wish at another time, on the terms of the first time.
    pub fn wish_at(&self, window: Window) -> Wish {
        Wish {
            order: self.order.clone(),
            window,
            place: self.place,
            visit: self.visit.clone(),
        }
    }

    /// When it came to `state` the last time, if it did.
    pub fn came_to(&self, state: State) -> Option<Timestamp> {
        self.timeline.iter().find(|step| step.state == state).map(|step| step.at)
    }
}

impl Ordered {
    /// The service as it is offered now.
    pub fn now(service: &Service) -> Self {
        let details = &service.details;
        Self {
            service: service.id,
            name: details.name.clone(),
            price: details.price.money(),
            skills: details.skills.levels(),
            duration_min: details.duration_min.get(),
        }
    }
}

impl From<VisitNotes> for Visit {
    fn from(notes: VisitNotes) -> Self {
        Visit {
            description: notes.description.as_str().to_owned(),
            address: notes.address.as_str().to_owned(),
            contact: notes.contact.as_str().to_owned(),
        }
    }
}
