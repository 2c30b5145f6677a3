//! A client looks at the requests so far.
//!
//! Called by a signed-in customer; the newest first, in pages. A list may be a moment behind; a request itself never
//! is.

use crate::request::State;
use crate::store;
use kernel::{Money, Page, RequestId, Text, Timestamp};
use platform::http::{self, Customer, Paging, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A request in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RequestSummary {
    /// Names it.
    pub id: RequestId,
    /// How far it is.
    pub state: State,
    /// When it was made.
    pub requested_at: Timestamp,
    /// The name of what was requested.
    pub name: Text<1, 100>,
    /// Its list price then.
    pub price: Money,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin.
    pub until: Timestamp,
}

/// `GET /v1/service-requests`
pub fn function() -> Function {
    http::get("/v1/service-requests", list_service_requests)
}

/// Reads one page of the client's requests.
pub async fn list_service_requests(
    customer: Customer,
    Query(query): Query<Paging>,
    services: TableReader,
) -> Result<http::Ok<Page<RequestSummary>>, Failure<Infallible>> {
    let limit = query.limit();
    let page = store::requests_of(&services, customer.account, limit, query.cursor.as_ref()).await?;
    let body = page.map(|request| {
        let request = request.value;
        RequestSummary {
            id: request.id,
            state: request.state,
            requested_at: request.requested_at,
            name: request.order.name,
            price: request.order.price,
            from: request.window.from,
            until: request.window.until,
        }
    });
    Ok(http::Ok { version: None, body })
}
