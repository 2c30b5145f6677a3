//! A manager looks at the requests that nobody does yet.
//!
//! Called by a manager; those that are looked at first come first, in pages. The list may be a moment behind.

use crate::request::{Request, Standing, WAITING};
use kernel::{AccountId, Page, RequestId, ServiceId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Paging, Query, Staff};
use platform::{BY_DUE, Failure, Function, List, Stored, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A request that nobody does yet.
#[derive(Debug, Serialize, JsonSchema)]
pub struct WaitingView {
    /// Names it.
    pub request: RequestId,
    /// Whose it is.
    pub client: AccountId,
    /// What is requested.
    pub service: ServiceId,
    /// From when the job may begin.
    pub from: Timestamp,
    /// Until when it may begin.
    pub until: Timestamp,
    /// Since when somebody is looked for.
    pub since: Timestamp,
    /// When it is looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Who is asked to do it, if it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered_to: Option<AccountId>,
    /// How many matches and offers it had so far.
    pub attempts: u32,
}

/// `GET /v1/matching/waiting`
pub fn function() -> Function {
    http::get("/v1/matching/waiting", list_waiting)
}

/// Reads one page of what waits.
pub async fn list_waiting(
    _: Staff<Manager>,
    Query(query): Query<Paging>,
    matching: TableReader,
) -> Result<http::Ok<Page<WaitingView>>, Failure<Infallible>> {
    let limit = query.limit();
    let page = matching.list::<Request, _>(&List::index(BY_DUE, WAITING), limit, query.cursor.as_ref()).await?;
    let items = page.items.into_iter().filter_map(WaitingView::of).collect();
    Ok(http::Ok { version: None, body: Page { items, next: page.next } })
}

impl WaitingView {
    /// Nothing if somebody does the request meanwhile.
    fn of(request: Stored<Request>) -> Option<Self> {
        let request = request.value;
        let offered_to = match &request.standing {
            Standing::Open => None,
            Standing::Offered { held, .. } => Some(held.worker),
            Standing::Matched { .. } | Standing::Closed { .. } => return None,
        };
        let asked = request.asked?;
        Some(Self {
            request: request.id,
            client: request.client,
            service: asked.service,
            from: asked.from,
            until: asked.until,
            since: request.since,
            due: request.due,
            offered_to,
            attempts: request.attempt,
        })
    }
}
