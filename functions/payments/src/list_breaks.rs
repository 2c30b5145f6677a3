//! Staff look through the differences between our payments and the provider's.
//!
//! Called by a manager or an auditor, in pages: the open ones, the oldest first, or the closed ones, the newest first.
//! The list may be a moment behind.

use crate::break_view::BreakView;
use crate::store::{closed_breaks, open_breaks};
use kernel::{Count, Cursor, Page};
use platform::http::{self, Overseer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::convert::Infallible;

/// How many breaks a page has unless asked otherwise.
const LIMIT: u32 = 20;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListBreaks {
    /// Those that are open, if it is not given, or closed.
    #[serde(default)]
    pub state: BreakState,
    /// The most breaks on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 50>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// Whether a break is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BreakState {
    /// Somebody is to look into it.
    #[default]
    Open,
    /// A manager closed it, or both sides agree.
    Closed,
}

/// `GET /v1/breaks`
pub fn function() -> Function {
    http::get("/v1/breaks", list_breaks)
}

/// Reads one page.
pub async fn list_breaks(
    _: Overseer,
    Query(query): Query<ListBreaks>,
    payments: TableReader,
) -> Result<http::Ok<Page<BreakView>>, Failure<Infallible>> {
    let list = match query.state {
        BreakState::Open => open_breaks(),
        BreakState::Closed => closed_breaks(),
    };
    let limit = query.limit.map_or(LIMIT, Count::get);
    let page = payments.list(&list, limit, query.cursor.as_ref()).await?;
    Ok(http::Ok {
        version: None,
        body: page.map(|found| BreakView::of(found.value)),
    })
}
