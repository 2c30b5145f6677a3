//! A client looks at the requests so far.
//!
//! Called by a signed-in customer; the newest first, in pages. A list may be a moment behind; a request itself never is.

use crate::request::State;
use crate::store;
use kernel::{Count, Cursor, Money, Page, RequestId, Text, Timestamp};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListServiceRequests {
    /// The most requests on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

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
    Query(query): Query<ListServiceRequests>,
    services: TableReader,
) -> Result<http::Ok<Page<RequestSummary>>, Failure<Infallible>> {
    let limit = query.limit.map_or(20, Count::get);
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
