//! A break as managers and auditors see it.

use crate::compare::Said;
use crate::discrepancy::Break;
use contracts::payments::BreakKind;
use kernel::{AccountId, BreakId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A difference between our payments and the provider's.
#[derive(Debug, Serialize, JsonSchema)]
pub struct BreakView {
    /// Names it.
    pub id: BreakId,
    /// What differs.
    pub kind: BreakKind,
    /// The provider's name of what it is about; ours of a refund that the provider does not know.
    pub object: String,
    /// The provider's name of the intent that it belongs to.
    pub intent: String,
    /// What is paid: an order, an invoice or a top-up.
    pub paid: String,
    /// What we said when it was found; absent if we knew nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<Said>,
    /// What the provider said then; absent if it knew nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Said>,
    /// When it was found.
    pub found_at: Timestamp,
    /// How often it was found: once more each time it had gone.
    pub times: u32,
    /// How it was closed; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedView>,
}

/// How a break was closed.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ClosedBreakView")]
pub struct ClosedView {
    /// When.
    pub at: Timestamp,
    /// By which manager; absent if both sides came to agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Why, in the manager's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl BreakView {
    /// What is shown of a break.
    pub fn of(found: Break) -> Self {
        let closed = found.closed.map(|closed| {
            let (by, note) = closed.by.map(|by| (by.account, by.note)).unzip();
            ClosedView { at: closed.at, by, note }
        });
        Self {
            id: found.id,
            kind: found.kind,
            object: found.object,
            intent: found.intent.as_str().to_owned(),
            paid: found.purpose.to_string(),
            ours: found.ours,
            theirs: found.theirs,
            found_at: found.found_at,
            times: found.times,
            closed,
        }
    }
}
