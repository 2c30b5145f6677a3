//! Pairs of a request and a slot: what a batch chooses among.

use crate::pipeline::Pipeline;
use crate::ranking::{Candidate, Ranked, rank};
use crate::request::Request;
use crate::share::Share;
use kernel::{AccountId, RequestId, SlotId, Timestamp};

/// How many slots of one worker a request is paired with: the first into which it fits. With a shortlist of 32 a request
/// is in 128 pairs at most.
pub const SLOTS_A_WORKER: usize = 4;

/// More than this a pair does not count. What is worth 2³² in full counts 2⁵², so only nonsense is cut.
pub const MAX_VALUE: u64 = 1 << 60;

/// A request in a slot of a worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pair {
    /// The request.
    pub request: RequestId,
    /// The worker.
    pub worker: AccountId,
    /// The slot.
    pub slot: SlotId,
    /// The worker's score for the request.
    pub score: Share,
    /// What the pair is worth: the request's worth times the score in millionths.
    pub value: u64,
    /// When the request was placed.
    pub placed_at: Timestamp,
    /// The last moment at which the worker can set out. Later the pair is no more.
    pub depart_by: Timestamp,
}

/// Every pair of this request that is good enough now. Ask again at the next tick: facts and reservation change.
pub fn pairs(request: &Request, candidates: &[Candidate], pipeline: &Pipeline, now: Timestamp) -> Vec<Pair> {
    let ranked = rank(request, candidates, pipeline, now).ranked;
    let enough = |pair: &Pair| pair.score >= pipeline.policy().reservation_at(request, pair.depart_by, now);
    ranked.iter().flat_map(|one| of_worker(request, one)).filter(enough).collect()
}

fn of_worker(request: &Request, one: &Ranked) -> impl Iterator<Item = Pair> {
    let fits = std::iter::once(&one.fits.first).chain(&one.fits.others).take(SLOTS_A_WORKER);
    fits.map(|fit| Pair {
        request: request.id,
        worker: one.worker,
        slot: fit.slot,
        score: one.total,
        value: u64::from(request.worth).saturating_mul(u64::from(one.total.ppm())),
        placed_at: request.placed_at,
        depart_by: fit.depart_by,
    })
}
