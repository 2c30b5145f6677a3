//! What the matching context publishes: who does which request, and when.

use crate::{event, published};
use kernel::{AccountId, Money, OfferId, RequestId, ServiceId, SlotId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A worker was found for a request, and the worker's slot is taken for it. A request that is matched again has a higher
/// `attempt`; the earlier match has ended then ([`MatchEnded`]).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = RequestMatched::example())]
pub struct RequestMatched {
    /// The request.
    pub request: RequestId,
    /// Which match of the request this is, from 1.
    pub attempt: u32,
    /// Whose request it is.
    pub client: AccountId,
    /// Who does it.
    pub worker: AccountId,
    /// In which slot of the worker.
    pub slot: SlotId,
    /// What is requested.
    pub service: ServiceId,
    /// Its list price, as the request has it.
    pub price: Money,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}
event!(RequestMatched = "matching.request-matched.v1", about request);

/// Nobody can do a request yet; it is looked at again until its window ends. Said once a wait.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"request": RequestId::from_bits(11), "client": AccountId::from_bits(2)}))]
pub struct RequestWaiting {
    /// The request.
    pub request: RequestId,
    /// Whose it is.
    pub client: AccountId,
}
event!(RequestWaiting = "matching.request-waiting.v1", about request);

/// Nobody was found for a request until the end of its window: it is looked at no more.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"request": RequestId::from_bits(11), "client": AccountId::from_bits(2)}))]
pub struct RequestUnmatched {
    /// The request.
    pub request: RequestId,
    /// Whose it is.
    pub client: AccountId,
}
event!(RequestUnmatched = "matching.request-unmatched.v1", about request);

/// Why a match ended before its job began.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MatchEnd {
    /// The client cancelled the request.
    ClientCancelled,
    /// The worker withdrew from the job.
    WorkerWithdrew,
    /// A manager chose somebody else.
    Rematched,
}

/// A match ended before its job began; the worker's slot is free again.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "request": RequestId::from_bits(11), "attempt": 1, "worker": AccountId::from_bits(3), "end": "rematched",
}))]
pub struct MatchEnded {
    /// The request.
    pub request: RequestId,
    /// Which match of it.
    pub attempt: u32,
    /// Whose slot is free again.
    pub worker: AccountId,
    /// Why.
    pub end: MatchEnd,
}
event!(MatchEnded = "matching.match-ended.v1", about request);

/// A request is offered to a worker, who may accept it for some time.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = OfferMade::example())]
pub struct OfferMade {
    /// The offer.
    pub offer: OfferId,
    /// The request.
    pub request: RequestId,
    /// To whom.
    pub worker: AccountId,
    /// When the job would begin.
    pub from: Timestamp,
    /// Until when it can be accepted.
    pub accept_until: Timestamp,
}
event!(OfferMade = "matching.offer-made.v1", about offer);

/// How an offer ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OfferEnd {
    /// The worker took it.
    Accepted,
    /// The worker declined it.
    Declined,
    /// The worker did not answer in time.
    Lapsed,
    /// The request is not open any more.
    Closed,
}

/// An offer has ended.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "offer": OfferId::from_bits(12), "request": RequestId::from_bits(11), "worker": AccountId::from_bits(3),
    "end": "accepted",
}))]
pub struct OfferEnded {
    /// The offer.
    pub offer: OfferId,
    /// The request.
    pub request: RequestId,
    /// To whom it was made.
    pub worker: AccountId,
    /// How.
    pub end: OfferEnd,
}
event!(OfferEnded = "matching.offer-ended.v1", about offer);

/// A manager changed how workers are chosen.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"version": 2, "by": AccountId::from_bits(3)}))]
pub struct PipelineChanged {
    /// The pipeline's version.
    pub version: u32,
    /// Who changed it.
    pub by: AccountId,
}
event!(PipelineChanged = "matching.pipeline-changed.v1", about version);

published!(RequestMatched, RequestWaiting, RequestUnmatched, MatchEnded, OfferMade, OfferEnded, PipelineChanged,);

impl RequestMatched {
    fn example() -> Value {
        json!({
            "request": RequestId::from_bits(11),
            "attempt": 1,
            "client": AccountId::from_bits(2),
            "worker": AccountId::from_bits(3),
            "slot": SlotId::from_bits(13),
            "service": ServiceId::from_bits(10),
            "price": {"amount_minor": 10_000, "currency": "RUB"},
            "from": "2026-02-02T09:00:00.000Z",
            "until": "2026-02-02T10:00:00.000Z",
        })
    }
}

impl OfferMade {
    fn example() -> Value {
        json!({
            "offer": OfferId::from_bits(12),
            "request": RequestId::from_bits(11),
            "worker": AccountId::from_bits(3),
            "from": "2026-02-02T09:00:00.000Z",
            "accept_until": "2026-01-31T12:01:00.000Z",
        })
    }
}
