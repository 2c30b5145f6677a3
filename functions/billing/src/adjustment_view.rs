//! A credit or fine as managers and auditors see it.

use crate::adjustment::{Adjustment, Standing};
use crate::ledger::Side;
use kernel::{AccountId, AdjustmentId, Money, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

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

impl AdjustmentView {
    /// What is shown of an adjustment.
    pub fn of(found: Adjustment) -> Self {
        Self {
            id: found.id,
            account: found.account,
            side: found.side,
            amount: found.amount,
            state: found.standing(),
            decided_by: found.verdict().map(|verdict| verdict.manager),
            reason: found.reason,
            proposed_by: found.proposed_by,
            proposed_at: found.proposed_at,
        }
    }
}
