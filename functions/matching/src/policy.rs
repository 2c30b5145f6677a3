//! The pipeline in force: how workers are chosen. Each version is kept, and each decision names its own. Pure.

use kernel::{AccountId, Timestamp};
use matching_core::{Pipeline, PipelineDraft, Problems};
use serde::{Deserialize, Serialize};

/// The clock looks at open requests once a minute: a shorter tick counts as that.
const TICK_S: i64 = 60;

/// The pipeline that decides now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct InForce {
    /// What it is.
    pub pipeline: Pipeline,
}

/// A version of the pipeline. Written once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Revision {
    /// What it is.
    pub pipeline: Pipeline,
    /// Who made it.
    pub editor: AccountId,
    /// When.
    pub at: Timestamp,
}

/// What a version announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RevisionEvent {
    /// It is in force.
    Changed,
}

/// What is in force until a manager writes something else.
pub fn standard() -> Result<Pipeline, Problems> {
    Pipeline::first(&as_kept(&PipelineDraft::default()))
}

/// A draft as it is kept: with the tick that this clock has.
pub fn as_kept(draft: &PipelineDraft) -> PipelineDraft {
    let mut draft = draft.clone();
    if draft.policy.tick_s > 0 {
        draft.policy.tick_s = draft.policy.tick_s.max(TICK_S);
    }
    draft
}
