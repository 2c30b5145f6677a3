//! Staff look at what there is of everything that workers use up.
//!
//! Called by a supplier; by code, in pages. A list may be a moment behind: a count names the version that it is about.

use crate::set_supply::SupplyView;
use crate::store;
use kernel::Page;
use platform::http::caller::Supplier;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/supplies`
pub fn function() -> Function {
    http::get("/v1/supplies", list_supplies)
}

/// Reads one page of the supplies.
pub async fn list_supplies(
    _: Staff<Supplier>,
    Query(query): Query<Paging>,
    supplies: TableReader,
) -> Result<http::Ok<Page<SupplyView>>, Failure<Infallible>> {
    let page = store::all_supplies(&supplies, query.limit(), query.cursor.as_ref()).await?;
    Ok(http::Ok { version: None, body: page.map(SupplyView::from) })
}
