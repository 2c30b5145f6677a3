//! What a client is told of a request that was made: facts of its making, the same at each repetition.

use crate::request::{ServiceRequest, State};
use kernel::{Money, RequestId, Timestamp};
use platform::http::Created;
use schemars::JsonSchema;
use serde::Serialize;

/// The request as it was made. Read it again to see how far it is.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MadeRequest {
    /// Names it.
    pub id: RequestId,
    /// Always `requested`.
    pub state: State,
    /// When it was made.
    pub requested_at: Timestamp,
    /// The list price, which it keeps.
    pub price: Money,
}

/// What the client is told of a new request.
pub fn made(request: &ServiceRequest) -> Created<MadeRequest> {
    Created {
        location: format!("/v1/service-requests/{}", request.id),
        body: MadeRequest {
            id: request.id,
            state: State::Requested,
            requested_at: request.requested_at,
            price: request.order.price,
        },
    }
}
