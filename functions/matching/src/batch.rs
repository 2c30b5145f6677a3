//! Decides about the open requests of a town at once: the best assignment of all of them, of which only that is
//! committed which cannot wait until the clock comes by again.

use crate::deciding::{Desk, Taking};
use crate::request::Request;
use crate::store::Means;
use matching_core::{Candidate, Decision, Outcome, Pair, Timing, Verdict, decide, pairs, plan};
use platform::{Error, Stored};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long until the clock comes by again.
const MINUTE: Duration = Duration::from_secs(60);

/// Plans, commits what cannot wait, and lets the rest wait. One request that fails does not keep the others.
pub async fn decide_all(desk: &Desk<'_>, requests: Vec<Stored<Request>>) -> Result<(), Error> {
    let (mut outcome, mut open, mut all) = (Ok(()), Vec::new(), Vec::new());
    for request in requests {
        match pairs_of(desk, &request).await {
            Ok(Some((candidates, pairs))) => {
                all.extend(pairs);
                open.push((request, candidates));
            }
            Ok(None) => outcome = outcome.and(desk.decide(&request).await),
            Err(error) => outcome = outcome.and(Err(error)),
        }
    }
    let timing = Timing { tick_ms: 60_000, ..desk.pipeline.policy().timing };
    let commits: BTreeMap<_, _> =
        plan(&all, &timing, desk.now).commits.into_iter().map(|pair| (pair.request, pair)).collect();
    for (request, candidates) in open {
        let done = match commits.get(&request.value.id) {
            Some(pair) => commit(desk, &request, &candidates, pair).await,
            None => hold_back(desk, &request).await,
        };
        outcome = outcome.and(done);
    }
    outcome
}

/// The candidates and pairs of a request; nothing if nobody can be had, or it is not open.
async fn pairs_of(desk: &Desk<'_>, request: &Stored<Request>) -> Result<Option<(Vec<Candidate>, Vec<Pair>)>, Error> {
    let Some(asked) = request.value.open() else {
        return Ok(None);
    };
    let candidates = desk.search().candidates(&request.value, asked).await?.candidates;
    let wanted = asked.wanted(request.value.id, request.value.client, desk.towns.of(asked.place));
    let found = pairs(&wanted, &candidates, desk.pipeline, desk.now);
    Ok((!found.is_empty()).then_some((candidates, found)))
}

/// Takes the pair's slot; if somebody was faster, the request is decided by itself.
async fn commit(
    desk: &Desk<'_>,
    request: &Stored<Request>,
    candidates: &[Candidate],
    pair: &Pair,
) -> Result<(), Error> {
    let Some(decision) = explained(desk, request, candidates, pair) else {
        return Ok(());
    };
    match desk.take(request, pair.worker, pair.slot, (Means::Batch, decision)).await? {
        Taking::Done | Taking::Moved => Ok(()),
        Taking::Lost(_) => desk.decide(request).await,
    }
}

/// The decision by which a pair is taken: what the request by itself would say, and whom the batch chose.
fn explained(desk: &Desk<'_>, request: &Stored<Request>, candidates: &[Candidate], pair: &Pair) -> Option<Decision> {
    let asked = request.value.asked.as_ref()?;
    let wanted = asked.wanted(request.value.id, request.value.client, desk.towns.of(asked.place));
    let mut decision = decide(&wanted, candidates, desk.pipeline, desk.now);
    let mut worker = candidates.iter().find(|one| one.worker.id == pair.worker)?.worker.clone();
    worker.slots.retain(|slot| slot.id == pair.slot);
    let fit = matching_core::fit::fit(&wanted, &worker, desk.now).ok()?;
    decision.outcome = Outcome::Assigned { worker: pair.worker, fit };
    for one in decision.candidates.iter_mut().filter(|one| one.worker == pair.worker) {
        (one.verdict, one.fit) = (Verdict::Chosen, Some(fit));
    }
    Some(decision)
}

/// It waits for somebody better. Whoever was faster has decided.
async fn hold_back(desk: &Desk<'_>, request: &Stored<Request>) -> Result<(), Error> {
    let again = request.value.held_back(desk.now.after(MINUTE));
    desk.matching.replace(request, again, Vec::new()).await.map(drop)
}
