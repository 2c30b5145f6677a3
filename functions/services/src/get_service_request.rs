//! A client looks at a request.
//!
//! Called by a signed-in customer. Somebody else's request is not found. Shows what was requested, the state and how the
//! request came to it, and who comes when; a strongly consistent read, so a client always sees the effect of the last
//! command.

use crate::request::{State, Step};
use crate::store;
use kernel::{AccountId, Money, Place, RequestId, ServiceId, Text, Timestamp};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A request as its client sees it.
#[derive(Serialize, JsonSchema)]
pub struct RequestView {
    /// Names it.
    pub id: RequestId,
    /// How far it is.
    pub state: State,
    /// When it was made.
    pub requested_at: Timestamp,
    /// What was requested.
    pub service: ServiceId,
    /// Its name then.
    pub name: Text<1, 100>,
    /// Its list price then.
    pub price: Money,
    /// How long it takes, in minutes.
    pub duration_min: u32,
    /// What is to be done, in the client's words.
    pub description: Text<1, 2000>,
    /// The address.
    pub address: Text<1, 300>,
    /// Whom to ask for.
    pub contact: Text<1, 200>,
    /// Where it is on the map.
    pub place: Place,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin.
    pub until: Timestamp,
    /// Who comes when, while somebody does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appointment: Option<Appointment>,
    /// The missed request of which it is a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<RequestId>,
    /// Its last copy at another time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copied_as: Option<RequestId>,
    /// The steps since it was made, oldest first: each state once, the last time it came to it.
    pub timeline: Vec<Step>,
}

/// Who comes when.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Appointment {
    /// The worker.
    pub worker: AccountId,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
}

/// `GET /v1/service-requests/{request}`
pub fn function() -> Function {
    http::get("/v1/service-requests/{request}", get_service_request)
}

/// Reads the request.
pub async fn get_service_request(
    customer: Customer,
    Path(id): Path<RequestId>,
    services: TableReader,
) -> Result<http::Ok<RequestView>, Failure<Infallible>> {
    let found = store::request_of(&services, customer.account, id).await?;
    let (version, request) = (found.version, found.value);
    let (order, visit) = (request.order, request.visit);
    let view = RequestView {
        id,
        state: request.state,
        requested_at: request.requested_at,
        service: order.service,
        name: order.name,
        price: order.price,
        duration_min: order.duration_min,
        description: visit.description,
        address: visit.address,
        contact: visit.contact,
        place: request.place,
        from: request.window.from,
        until: request.window.until,
        appointment: request.matched.map(|found| Appointment {
            worker: found.worker,
            from: found.from,
            until: found.until,
        }),
        copy_of: request.copy_of,
        copied_as: request.copied_as,
        timeline: request.timeline,
    };
    Ok(http::Ok::at(version, view))
}
