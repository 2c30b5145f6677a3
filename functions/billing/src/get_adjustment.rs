//! Staff look at a credit or fine: what, why, who asked for it and who decided.
//!
//! Called by a manager or an auditor. Strongly consistent.

use crate::adjustment::{Adjustment, Standing};
use crate::ledger::Side;
use crate::store::adjustment_key;
use kernel::{AccountId, AdjustmentId, Money, Timestamp};
use platform::http::{self, Overseer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A credit or a fine.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AdjustmentView {
    /// Names it.
    pub id: AdjustmentId,
    /// Whose account.
    pub account: AccountId,
    /// Which of them.
    pub side: Side,
    /// By how much; a fine is negative.
    pub amount: Money,
    /// Why.
    pub reason: String,
    /// How far it is.
    pub state: Standing,
    /// Who asked for it.
    pub proposed_by: AccountId,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided, if that was needed and done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<AccountId>,
}

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
    let (decided_by, state) = (found.value.verdict().map(|verdict| verdict.manager), found.value.standing());
    let Adjustment { account, side, amount, reason, proposed_by, proposed_at, .. } = found.value;
    let body = AdjustmentView {
        id,
        account,
        side,
        amount,
        reason,
        state,
        proposed_by,
        proposed_at,
        decided_by,
    };
    Ok(http::Ok { version: None, body })
}
