//! Anybody browses what can be requested.
//!
//! Needs no sign-in. By name, in pages; what is not offered is in a list of its own. The lists follow changes within a
//! moment.

use crate::get_service::ServiceView;
use crate::service::Listing;
use crate::store;
use kernel::{Count, Cursor, Page};
use platform::http::{self, Anyone, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// For how long a page may be kept on its way, in seconds.
const MAX_AGE_S: u32 = 30;

/// Which page of which list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListServices {
    /// The list; what is offered if it is not said.
    #[serde(default)]
    pub list: Option<Listing>,
    /// The most services on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/services`
pub fn function() -> Function {
    http::get("/v1/services", list_services)
}

/// Reads one page of the list.
pub async fn list_services(
    _: Anyone,
    Query(query): Query<ListServices>,
    services: TableReader,
) -> Result<http::Cached<Page<ServiceView>>, Failure<Infallible>> {
    let list = query.list.unwrap_or(Listing::Offered);
    let limit = query.limit.map_or(20, Count::get);
    let mut page = store::services(&services, list, limit, query.cursor.as_ref()).await?;
    // What the index says may be a moment old: the service itself has the last word.
    page.items.retain(|service| service.value.list == list);
    let body = page.map(|service| ServiceView::of(service.value));
    Ok(http::Cached { max_age_s: MAX_AGE_S, body })
}
