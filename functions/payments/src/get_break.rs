//! Staff look at a difference between our payments and the provider's.
//!
//! Called by a manager or an auditor. Strongly consistent.

use crate::break_view::BreakView;
use crate::discrepancy::Break;
use crate::store::break_key;
use kernel::BreakId;
use platform::http::{self, Overseer, Path};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/breaks/{break}`
pub fn function() -> Function {
    http::get("/v1/breaks/{break}", get_break)
}

/// Reads it.
pub async fn get_break(
    _: Overseer,
    Path(id): Path<BreakId>,
    payments: TableReader,
) -> Result<http::Ok<BreakView>, Failure<Infallible>> {
    let found = payments.get::<Break>(&break_key(id)).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok {
        version: Some(found.version),
        body: BreakView::of(found.value),
    })
}
