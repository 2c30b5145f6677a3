//! A client cancels a request.
//!
//! Called by the request's client with an `Idempotency-Key`, until work begins; the same key again gets the same reply.
//! Announces `services.request-cancelled.v1`. While nobody has the job the request is *cancelled* at once and costs
//! nothing, which is announced too (`services.request-ended.v1`). When a worker has it, the request is *cancelling*
//! until jobs says what came first: the cancellation, or the work.

use crate::life::WrongState;
use crate::request::{Cancellation, ServiceRequest, State};
use crate::store;
use derive::Refusal;
use kernel::{RequestId, Text, Timestamp};
use platform::http::{self, Customer, IdempotencyKey, Json, Path};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The wish to cancel.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"reason": "We are away that day"}))]
pub struct CancelServiceRequest {
    /// Why, in the client's words.
    #[serde(default)]
    pub reason: Option<Text<1, 500>>,
}

/// The cancellation as it was taken. Read the request to see what came of it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TakenCancellation {
    /// The request.
    pub id: RequestId,
    /// `cancelled`, or `cancelling` if a worker had the job.
    pub state: State,
    /// When it was taken.
    pub cancelled_at: Timestamp,
}

/// Why a request is not cancelled.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The request cannot be cancelled any more.
    #[problem(409, "not-cancellable", "A request can be cancelled until work begins.")]
    NotCancellable {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/service-requests/{request}/cancel`
pub fn function() -> Function {
    http::post("/v1/service-requests/{request}/cancel", cancel_service_request)
}

/// Decides on the request as it stands, and writes that if nobody was faster.
pub async fn cancel_service_request(
    customer: Customer,
    key: IdempotencyKey,
    Path(id): Path<RequestId>,
    Json(body): Json<CancelServiceRequest>,
    Now(now): Now,
    services: Table,
) -> Result<http::Ok<TakenCancellation>, Failure<Refused>> {
    let command = Cancellation {
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
        reason: body.reason,
        at: now,
        attempt: None,
    };
    let decide = |found: Option<&Stored<ServiceRequest>>| {
        let request = found.map(|request| &request.value).filter(|request| request.client == customer.account);
        let request = request.ok_or_else(http::not_found)?;
        if let Some(known) = request.cancelled.as_ref().filter(|known| known.key == command.key) {
            key.replays(&known.fingerprint)?;
            return Ok(Decision::Keep);
        }
        let (request, events) = request.cancel(command.clone())?;
        Ok(Decision::To(request, events))
    };
    let request = services.change(&store::request_key(id), decide).await?.ok_or_else(http::not_found)?;
    let taken = request.value.cancelled.ok_or_else(|| Error::broken(format!("{id} forgot its cancellation")))?;
    let state = if taken.attempt.is_some() { State::Cancelling } else { State::Cancelled };
    Ok(http::Ok {
        version: None,
        body: TakenCancellation { id, state, cancelled_at: taken.at },
    })
}

impl From<WrongState> for Failure<Refused> {
    fn from(WrongState(state): WrongState) -> Self {
        Failure::Refused(Refused::NotCancellable { state })
    }
}
