//! A partner looks at what was sent to an endpoint, and what came of it.
//!
//! Called by its partner; the newest events first, in pages.

use crate::delivery::{Delivery, DeliveryId, State};
use crate::endpoint::Endpoint;
use crate::store::{deliveries_to, endpoint_key};
use kernel::{EndpointId, Page, Timestamp};
use platform::http::{self, Machine, Paging, Path, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A delivery.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeliveryView {
    /// Names it among those to its endpoint.
    pub id: DeliveryId,
    /// The event's name (`webhook-id`).
    pub event: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// When it was decided.
    pub at: Timestamp,
    /// How far the delivery is.
    pub state: State,
    /// How often it was tried since it was last asked for.
    pub tries: u32,
    /// What the last try came to: `status-500`, `timed-out`, `unreachable`, `not-public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When it is tried next, at the earliest.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try: Option<Timestamp>,
}

/// `GET /v1/webhook-endpoints/{endpoint}/deliveries`
pub fn function() -> Function {
    http::get("/v1/webhook-endpoints/{endpoint}/deliveries", list_deliveries)
}

/// Reads one page of the endpoint's deliveries.
pub async fn list_deliveries(
    machine: Machine,
    Path(id): Path<EndpointId>,
    Query(query): Query<Paging>,
    partners: TableReader,
) -> Result<http::Ok<Page<DeliveryView>>, Failure<Infallible>> {
    let endpoint = partners.get::<Endpoint>(&endpoint_key(machine.account, id)).await?;
    endpoint.filter(|found| found.value.is_there()).ok_or_else(http::not_found)?;
    let limit = query.limit();
    let list = deliveries_to(id).newest_first();
    let page = partners.list::<Delivery, Infallible>(&list, limit, query.cursor.as_ref()).await?;
    Ok(http::Ok { version: None, body: page.map(|found| view(found.value)) })
}

fn view(delivery: Delivery) -> DeliveryView {
    DeliveryView {
        id: delivery.id,
        event: delivery.event,
        kind: delivery.kind,
        at: delivery.at,
        state: delivery.state,
        tries: delivery.tries,
        outcome: delivery.outcome,
        next_try: delivery.due,
    }
}
