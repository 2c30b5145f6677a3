//! Staff look at a credit or fine: what, why, who asked for it and who decided.
//!
//! Called by a manager or an auditor. Strongly consistent.

use crate::adjustment::Adjustment;
use crate::adjustment_view::AdjustmentView;
use crate::store::adjustment_key;
use kernel::AdjustmentId;
use platform::http::{self, Overseer, Path};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/adjustments/{adjustment}`
pub fn function() -> Function {
    http::get("/v1/adjustments/{adjustment}", get_adjustment)
}

/// Reads it.
pub async fn get_adjustment(
    _: Overseer,
    Path(id): Path<AdjustmentId>,
    billing: TableReader,
) -> Result<http::Ok<AdjustmentView>, Failure<Infallible>> {
    let found = billing.get::<Adjustment>(&adjustment_key(id)).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok { version: None, body: AdjustmentView::of(found.value) })
}
