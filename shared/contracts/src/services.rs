//! What the services context publishes and answers: what clients can request, and what became of their requests.

use crate::{Question, event, published};
use kernel::{AccountId, Money, Place, RequestId, ServiceId, Skills, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A type of service was created or changed: the whole of it as it is offered now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ServiceChanged::example())]
pub struct ServiceChanged {
    /// The type of service.
    pub service: ServiceId,
    /// Its name.
    pub name: String,
    /// Its list price.
    pub price: Money,
    /// What a worker must master for it, and how well at least.
    pub skills: Skills,
    /// How long it takes, in minutes.
    pub duration_min: u32,
    /// Whether clients may request it.
    pub offered: bool,
}
event!(ServiceChanged = "services.service-changed.v1", about service);

/// A client requested a service. Where exactly and whom to ask for there is told to the worker alone
/// ([`ReadVisit`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = ServiceRequested::example())]
pub struct ServiceRequested {
    /// The request.
    pub request: RequestId,
    /// Whose it is.
    pub client: AccountId,
    /// What is requested.
    pub service: ServiceId,
    /// Its list price then: what client and worker are settled by.
    pub price: Money,
    /// What a worker must master, and how well at least.
    pub skills: Skills,
    /// How long it takes, in minutes.
    pub duration_min: u32,
    /// Where.
    pub place: Place,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin; this moment excluded.
    pub until: Timestamp,
    /// When it was requested.
    pub requested_at: Timestamp,
}
event!(ServiceRequested = "services.service-requested.v1", about request);

/// A client wants a request no longer. A job that has begun goes on all the same: jobs say what came of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"request": RequestId::from_bits(11), "client": AccountId::from_bits(2), "attempt": 1}))]
pub struct RequestCancelled {
    /// The request.
    pub request: RequestId,
    /// Whose it was.
    pub client: AccountId,
    /// The match that it had then, as far as its client was told. Absent: nobody had the job, and the client was told
    /// that the request is cancelled and costs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
}
event!(RequestCancelled = "services.request-cancelled.v1", about request);

/// How a request ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestEnd {
    /// It was done.
    Completed,
    /// A worker failed.
    Failed,
    /// A worker did not come: the client is offered a copy at another time.
    NoShow,
    /// Its client cancelled it.
    Cancelled,
    /// Nobody could be found in time.
    Unmatched,
}

/// A request has ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "request": RequestId::from_bits(11), "client": AccountId::from_bits(2), "end": "completed",
}))]
pub struct RequestEnded {
    /// The request.
    pub request: RequestId,
    /// Whose it was.
    pub client: AccountId,
    /// How.
    pub end: RequestEnd,
}
event!(RequestEnded = "services.request-ended.v1", about request);

published!(ServiceChanged, ServiceRequested, RequestCancelled, RequestEnded);

/// Where is this job, and whom does the worker ask for? Answered by `read-visit`; `None` for a request that does not
/// exist or has ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"request": RequestId::from_bits(11)}))]
pub struct ReadVisit {
    /// The request.
    pub request: RequestId,
}

impl Question for ReadVisit {
    type Reply = Option<Visit>;
    const FUNCTION: &'static str = "read-visit";
}

/// What a worker must know to come. Personal data: to be shown to the worker of the job and forgotten.
#[derive(Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Visit {
    /// The client's words for what is to be done.
    pub description: String,
    /// The address.
    pub address: String,
    /// Whom to ask for, and how to reach them.
    pub contact: String,
}

// Personal data stays out of logs, whoever prints a value.
impl std::fmt::Debug for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Visit(…)")
    }
}

impl ServiceChanged {
    fn example() -> Value {
        json!({
            "service": ServiceId::from_bits(10),
            "name": "Window cleaning",
            "price": {"amount_minor": 10_000, "currency": "RUB"},
            "skills": {"windows": 1},
            "duration_min": 60,
            "offered": true,
        })
    }
}

impl ServiceRequested {
    fn example() -> Value {
        json!({
            "request": RequestId::from_bits(11),
            "client": AccountId::from_bits(2),
            "service": ServiceId::from_bits(10),
            "price": {"amount_minor": 10_000, "currency": "RUB"},
            "skills": {"windows": 1},
            "duration_min": 60,
            "place": {"latitude_e7": 557_520_000, "longitude_e7": 376_175_000},
            "from": "2026-02-02T08:00:00.000Z",
            "until": "2026-02-02T12:00:00.000Z",
            "requested_at": "2026-01-31T12:00:00.000Z",
        })
    }
}
