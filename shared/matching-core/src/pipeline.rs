//! The pipeline: which steps score a candidate, in which order, with which weights, and how a decision goes. It is data
//! that a manager edits; [`draft`](crate::draft) checks what comes in. What is checked is a [`Pipeline`], and a pipeline
//! is never wrong.
//!
//! The steps run in their order. A step that asks for a least score (`at_least`) leaves out who has less, unless that
//! would leave nobody: somebody feasible is always found. The score is the weighted mean of the steps.

use crate::draft::{PipelineDraft, Problems};
use crate::fit::Fit;
use crate::request::Request;
use crate::share::Share;
use crate::step::{Step, StepName};
use crate::worker::Worker;
use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A step with its weight.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WeightedStep {
    /// The step.
    pub step: Step,
    /// How much its score counts, against the other steps' weights. 0: it only leaves out.
    pub weight: u32,
    /// Who scores less is left out, as long as anybody remains.
    pub at_least: Share,
}

/// A checked pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Pipeline {
    version: u32,
    steps: Vec<WeightedStep>,
    policy: Policy,
}

/// How a decision goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Policy {
    /// How many candidates are scored: 16 to 32.
    pub candidates: u32,
    /// How many index entries are looked at to find them: 16 to 256.
    pub look_at: u32,
    /// The score below which a request rather waits for somebody better. It falls linearly to 0 until the pair expires.
    pub reservation: Share,
    /// When batches are decided.
    pub timing: Timing,
}

/// When batches are decided. All in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timing {
    /// How often open requests are looked at again: 1 s to 2 min.
    pub tick_ms: i64,
    /// How long after its placing a request may be held back for a better match, up to an hour. 0: on demand.
    pub hold_ms: i64,
    /// How long a worker may take to accept an offer, up to 15 min. 0: assigned directly.
    pub offer_timeout_ms: i64,
}

/// One step's part of a score.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StepScore {
    /// The step.
    pub step: StepName,
    /// What the candidate got.
    pub score_ppm: Share,
}

impl Pipeline {
    /// The first version.
    pub fn first(draft: &PipelineDraft) -> Result<Self, Problems> {
        draft.check().map(|(steps, policy)| Self { version: 1, steps, policy })
    }

    /// The next version.
    pub fn revise(&self, draft: &PipelineDraft) -> Result<Self, Problems> {
        draft.check().map(|(steps, policy)| Self { version: self.version.saturating_add(1), steps, policy })
    }

    /// Counts its changes from 1; each decision stores it.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Its steps, in order.
    pub fn steps(&self) -> &[WeightedStep] {
        &self.steps
    }

    /// How a decision goes.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The weighted mean of the steps' scores, rounded down.
    pub fn mean(&self, score: impl Fn(&Step) -> Share) -> Share {
        let parts = self.steps.iter().map(|one| (u64::from(one.weight), u64::from(score(&one.step).ppm())));
        let (weights, sum) = parts.fold((0_u64, 0_u64), |(weights, sum), (weight, ppm)| {
            (weights.saturating_add(weight), sum.saturating_add(weight.saturating_mul(ppm)))
        });
        Share::of(sum, weights.saturating_mul(u64::from(Share::FULL.ppm())))
    }

    /// The most that a worker can score for a request, before the facts about the worker are read.
    pub fn bound(&self, request: &Request, worker: &Worker, fit: &Fit) -> Share {
        self.mean(|step| step.bound(request, worker, fit))
    }
}

impl Policy {
    /// The score that a pair must have now. It is whole when the request is placed and nothing when the pair expires, or
    /// would before anybody looks again.
    pub fn reservation_at(&self, request: &Request, depart_by: Timestamp, now: Timestamp) -> Share {
        if depart_by < self.timing.horizon(now) {
            return Share::NONE;
        }
        let span = |from: Timestamp| u64::try_from(depart_by.as_millis().saturating_sub(from.as_millis())).unwrap_or(0);
        self.reservation.times(Share::of(span(now), span(request.placed_at).max(1)))
    }
}

impl Timing {
    /// The first tick after now.
    pub fn next_tick(&self, now: Timestamp) -> Timestamp {
        let tick = self.tick_ms.max(1);
        Timestamp::from_millis(now.as_millis().div_euclid(tick).saturating_add(1).saturating_mul(tick))
    }

    /// What is to happen before this moment must be decided now: an offer made at the next tick could be answered too
    /// late.
    pub fn horizon(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(self.next_tick(now).as_millis().saturating_add(self.offer_timeout_ms.max(0)))
    }
}

/// A pipeline as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    pipeline: PipelineDraft,
}

impl From<Pipeline> for Stored {
    fn from(pipeline: Pipeline) -> Self {
        Self {
            version: pipeline.version,
            pipeline: PipelineDraft::from(&pipeline),
        }
    }
}

impl TryFrom<Stored> for Pipeline {
    type Error = Problems;

    fn try_from(stored: Stored) -> Result<Self, Problems> {
        stored.pipeline.check().map(|(steps, policy)| Self { version: stored.version, steps, policy })
    }
}
