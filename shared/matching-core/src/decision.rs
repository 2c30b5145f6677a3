//! A decision on demand: one request, its candidates, and who does it. It holds each candidate's scores and the reason why
//! everybody else was not chosen; the caller stores it as it is.

use crate::fit::{Fit, Misfit};
use crate::pipeline::{Pipeline, StepScore};
use crate::ranking::{Candidate, Ranked, Ranking, rank};
use crate::request::Request;
use crate::share::Share;
use crate::step::StepName;
use kernel::{AccountId, RequestId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was decided, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// The request.
    pub request: RequestId,
    /// The version of the pipeline that decided.
    pub pipeline_version: u32,
    /// When.
    pub decided_at: Timestamp,
    /// What was decided.
    pub outcome: Outcome,
    /// Everybody who was considered: who may be chosen first, in the order in which offers go out.
    pub candidates: Vec<Considered>,
}

/// What was decided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Somebody does it.
    Assigned {
        /// Who.
        worker: AccountId,
        /// In which slot, and when.
        fit: Fit,
    },
    /// Nobody does it yet.
    Waiting {
        /// Why.
        because: Waiting,
        /// When to decide again.
        look_again_at: Timestamp,
    },
    /// The time in which it could begin is over: the client is told.
    Closed,
}

/// Why nobody does a request yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Waiting {
    /// Nobody is feasible.
    NobodyFeasible,
    /// Nobody is good enough yet, and there is time for somebody better.
    NobodyGoodEnough,
}

/// Somebody who was considered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Considered {
    /// Who.
    pub worker: AccountId,
    /// How the worker would do it, if feasible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<Fit>,
    /// The score, if the worker was scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ppm: Option<Share>,
    /// The scores of the steps, in the pipeline's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepScore>,
    /// What became of the worker, and why.
    pub verdict: Verdict,
}

/// Why somebody was chosen or not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Verdict {
    /// Chosen.
    Chosen,
    /// Somebody scored more.
    ScoredLower {
        /// By how much.
        by_ppm: Share,
    },
    /// Somebody with the same score is free for less long, and was taken first.
    LaterExpiry,
    /// Somebody with the same score is free as long and has the lower id.
    HigherId,
    /// Below the least score of a step, which others reached.
    LeftOut {
        /// The step.
        step: StepName,
    },
    /// Below what the request waits for while there is time.
    Reserved {
        /// What is needed now.
        needed_ppm: Share,
    },
    /// Not scored: enough others could have scored more.
    BeyondShortlist,
    /// Not feasible.
    Misfit(Misfit),
}

/// Decides who does a request. `candidates` are the shortlist with the facts; in whatever order they come, the decision is
/// the same.
pub fn decide(request: &Request, candidates: &[Candidate], pipeline: &Pipeline, now: Timestamp) -> Decision {
    let Ranking { ranked, left_out, beyond, misfits } = rank(request, candidates, pipeline, now);
    let needed = |one: &Ranked| pipeline.policy().reservation_at(request, one.fits.first.depart_by, now);
    let (able, reserved): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|one| one.total >= needed(one));

    let chosen = able.first().map(|best| (best.worker, best.fits.first, best.total));
    let outcome = match chosen {
        Some((worker, fit, _)) => Outcome::Assigned { worker, fit },
        None if request.start.is_empty() || request.start.until <= now => Outcome::Closed,
        None => Outcome::Waiting {
            because: if reserved.is_empty() { Waiting::NobodyFeasible } else { Waiting::NobodyGoodEnough },
            look_again_at: pipeline.policy().timing.next_tick(now),
        },
    };

    let mut considered: Vec<_> =
        able.into_iter().map(|one| Considered { verdict: against(&one, chosen), ..one.into() }).collect();
    considered.extend(reserved.into_iter().map(|one| {
        let needed_ppm = needed(&one);
        Considered { verdict: Verdict::Reserved { needed_ppm }, ..one.into() }
    }));
    considered.extend(
        left_out
            .into_iter()
            .map(|(one, step)| Considered { verdict: Verdict::LeftOut { step }, ..one.into() }),
    );
    considered.extend(beyond.into_iter().map(|(worker, fit)| Considered {
        fit: Some(fit),
        ..Considered::unscored(worker, Verdict::BeyondShortlist)
    }));
    considered.extend(misfits.into_iter().map(|(worker, why)| Considered::unscored(worker, Verdict::Misfit(why))));
    Decision {
        request: request.id,
        pipeline_version: pipeline.version(),
        decided_at: now,
        outcome,
        candidates: considered,
    }
}

/// What a candidate is told beside the chosen one.
fn against(one: &Ranked, chosen: Option<(AccountId, Fit, Share)>) -> Verdict {
    match chosen {
        Some((worker, ..)) if worker == one.worker => Verdict::Chosen,
        Some((_, _, best)) if best > one.total => Verdict::ScoredLower {
            by_ppm: Share::from_ppm(best.ppm().saturating_sub(one.total.ppm())).unwrap_or_default(),
        },
        Some((_, fit, _)) if fit.slot_until < one.fits.first.slot_until => Verdict::LaterExpiry,
        _ => Verdict::HigherId,
    }
}

impl Considered {
    fn unscored(worker: AccountId, verdict: Verdict) -> Self {
        Self {
            worker,
            fit: None,
            total_ppm: None,
            steps: Vec::new(),
            verdict,
        }
    }
}

impl From<Ranked> for Considered {
    fn from(one: Ranked) -> Self {
        Self {
            fit: Some(one.fits.first),
            total_ppm: Some(one.total),
            steps: one.steps,
            ..Self::unscored(one.worker, Verdict::Chosen)
        }
    }
}
