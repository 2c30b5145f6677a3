//! Staff look at the requests for supplies that wait for them.
//!
//! Called by a supplier; what is needed first comes first, in pages. A list may be a moment behind; a request that was
//! settled in between is left out.

use crate::draw::State;
use crate::list_draws::DrawView;
use crate::store;
use kernel::Page;
use platform::http::caller::Supplier;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/draws/open`
pub fn function() -> Function {
    http::get("/v1/draws/open", list_open_draws)
}

/// Reads one page of the open requests.
pub async fn list_open_draws(
    _: Staff<Supplier>,
    Query(query): Query<Paging>,
    supplies: TableReader,
) -> Result<http::Ok<Page<DrawView>>, Failure<Infallible>> {
    let page = store::open_draws(&supplies, query.limit(), query.cursor.as_ref()).await?;
    let open = page.items.into_iter().map(|draw| draw.value).filter(|draw| draw.state == State::Requested);
    let body = Page { items: open.map(DrawView::from).collect(), next: page.next };
    Ok(http::Ok { version: None, body })
}
