//! Scores candidates and puts them in order. Decisions on demand and batches rank alike.

use crate::fit::{Fit, Fits, Misfit, fits};
use crate::pipeline::{Pipeline, StepScore};
use crate::request::Request;
use crate::share::Share;
use crate::step::{Crowd, StepName};
use crate::worker::{Facts, Worker};
use kernel::{AccountId, Timestamp};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Somebody of the shortlist, with the facts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// The worker.
    pub worker: Worker,
    /// What was read of the worker.
    pub facts: Facts,
}

/// The candidates of one request, in order.
pub(crate) struct Ranking {
    /// Who may be chosen, the best first.
    pub ranked: Vec<Ranked>,
    /// Who is left out by a step.
    pub left_out: Vec<(Ranked, StepName)>,
    /// Who was not scored, being too many.
    pub beyond: Vec<(AccountId, Fit)>,
    /// Who is not feasible.
    pub misfits: Vec<(AccountId, Misfit)>,
}

/// A scored candidate.
pub(crate) struct Ranked {
    pub worker: AccountId,
    pub fits: Fits,
    pub total: Share,
    pub steps: Vec<StepScore>,
}

impl Ranked {
    /// The best first: the highest score, then the earliest expiry, then the id.
    fn order(&self) -> (Reverse<Share>, Timestamp, AccountId, Timestamp) {
        (Reverse(self.total), self.fits.first.slot_until, self.worker, self.fits.first.start)
    }

    fn score(&self, step: StepName) -> Share {
        self.steps.iter().find(|one| one.step == step).map_or(Share::NONE, |one| one.score_ppm)
    }
}

/// Scores those who are feasible. Whoever is named twice counts once, at the better score.
pub(crate) fn rank(request: &Request, candidates: &[Candidate], pipeline: &Pipeline, now: Timestamp) -> Ranking {
    let (feasible, misfits) = feasible(request, candidates, now);
    let (feasible, beyond) = best_by_bound(request, feasible, pipeline);

    let crowd = Crowd::of(feasible.iter().map(|(candidate, _)| &candidate.facts));
    let mut ranked: Vec<_> = feasible
        .into_iter()
        .map(|(candidate, fits)| score(request, candidate, fits, crowd, pipeline))
        .collect();
    ranked.sort_by_key(Ranked::order);
    let mut seen = BTreeSet::new();
    ranked.retain(|one| seen.insert(one.worker));

    let mut left_out = Vec::new();
    for step in pipeline.steps() {
        let name = step.step.name();
        let enough = |one: &Ranked| one.score(name) >= step.at_least;
        if ranked.iter().any(enough) {
            let (stay, go): (Vec<_>, Vec<_>) = ranked.into_iter().partition(enough);
            ranked = stay;
            left_out.extend(go.into_iter().map(|one| (one, name)));
        }
    }
    Ranking { ranked, left_out, beyond, misfits }
}

type Feasible<'a> = Vec<(&'a Candidate, Fits)>;

fn feasible<'a>(
    request: &Request,
    candidates: &'a [Candidate],
    now: Timestamp,
) -> (Feasible<'a>, Vec<(AccountId, Misfit)>) {
    let (mut feasible, mut misfits) = (Vec::new(), Vec::new());
    for candidate in candidates {
        match fits(request, &candidate.worker, now) {
            Ok(fits) => feasible.push((candidate, fits)),
            Err(misfit) => misfits.push((candidate.worker.id, misfit)),
        }
    }
    misfits.sort();
    (feasible, misfits)
}

/// As many as the policy scores, and who is beyond.
fn best_by_bound<'a>(
    request: &Request,
    mut feasible: Feasible<'a>,
    pipeline: &Pipeline,
) -> (Feasible<'a>, Vec<(AccountId, Fit)>) {
    let limit = usize::try_from(pipeline.policy().candidates).unwrap_or(usize::MAX);
    if feasible.len() <= limit {
        return (feasible, Vec::new());
    }
    feasible.sort_by_cached_key(|(candidate, fits)| {
        let bound = pipeline.bound(request, &candidate.worker, &fits.first);
        let facts = &candidate.facts;
        let facts = (facts.jobs_of_day, facts.jobs_of_period, facts.past_result);
        (Reverse(bound), fits.first.slot_until, candidate.worker.id, fits.first.start, facts)
    });
    let beyond = feasible.split_off(limit);
    (feasible, beyond.into_iter().map(|(candidate, fits)| (candidate.worker.id, fits.first)).collect())
}

fn score(request: &Request, candidate: &Candidate, fits: Fits, crowd: Crowd, pipeline: &Pipeline) -> Ranked {
    let Candidate { worker, facts } = candidate;
    let steps = pipeline.steps().iter().map(|one| StepScore {
        step: one.step.name(),
        score_ppm: one.step.score(request, worker, &fits.first, facts, crowd),
    });
    let steps = steps.collect();
    let total = pipeline.mean(|step| step.score(request, worker, &fits.first, facts, crowd));
    Ranked { worker: worker.id, fits, total, steps }
}
