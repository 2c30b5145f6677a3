//! What candidates and managers see of an application.

use crate::sitting::Sitting;
use kernel::{TestId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// A test of an application.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SittingView {
    /// Which test.
    pub test: TestId,
    /// Until when it is to be begun.
    pub begin_until: Timestamp,
    /// When its time is up, once it was begun.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// What came of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeView>,
}

/// What came of a test.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OutcomeView {
    /// Right answers in per cent, rounded down. 0 if nothing came in time.
    pub percent: u8,
    /// Whether that is enough.
    pub passed: bool,
    /// When it was graded.
    pub at: Timestamp,
}

impl SittingView {
    /// What is seen of it.
    pub fn of(sitting: Sitting) -> Self {
        Self {
            test: sitting.test,
            begin_until: sitting.begin_until,
            deadline: sitting.paper.map(|paper| paper.deadline),
            outcome: sitting.outcome.map(|outcome| OutcomeView {
                percent: outcome.percent,
                passed: outcome.passed,
                at: outcome.at,
            }),
        }
    }
}
