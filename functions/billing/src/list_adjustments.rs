//! Staff look through credits and fines.
//!
//! Called by a manager or an auditor, in pages: those that stand in one way, the newest first. Those that are proposed
//! wait for a second manager. The list may be a moment behind.

use crate::adjustment::Standing;
use crate::adjustment_view::AdjustmentView;
use crate::store::adjustments;
use kernel::{Count, Cursor, Page};
use platform::http::{self, Overseer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// How many adjustments a page has unless asked otherwise.
const LIMIT: u32 = 20;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAdjustments {
    /// Those that stand like this; those that are proposed if it is not given.
    #[serde(default)]
    pub state: Option<Standing>,
    /// The most adjustments on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 50>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/adjustments`
pub fn function() -> Function {
    http::get("/v1/adjustments", list_adjustments)
}

/// Reads one page.
pub async fn list_adjustments(
    _: Overseer,
    Query(query): Query<ListAdjustments>,
    billing: TableReader,
) -> Result<http::Ok<Page<AdjustmentView>>, Failure<Infallible>> {
    let (state, limit) = (query.state.unwrap_or(Standing::Proposed), query.limit.map_or(LIMIT, Count::get));
    let page = billing.list(&adjustments(state), limit, query.cursor.as_ref()).await?;
    Ok(http::Ok {
        version: None,
        body: page.map(|found| AdjustmentView::of(found.value)),
    })
}
