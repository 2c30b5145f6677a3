//! Whom a manager's wish means, and whether that worker can have the request.

use crate::deciding::{Desk, hold};
use crate::rematch_request::Refused;
use crate::request::{Asked, Held, How, MAX_COMMANDS, Request, Standing};
use crate::store::{self, WorkerChange};
use crate::worker::{day, facts};
use kernel::AccountId;
use matching_core::{Candidate, Decision, Outcome, decide};
use platform::{Error, Failure};

/// The worker who is to do it, and why. Those who were lost turned out not to be free.
pub async fn choose(
    desk: &Desk<'_>,
    request: &Request,
    wish: Option<AccountId>,
    lost: &[AccountId],
) -> Result<(AccountId, Decision), Failure<Refused>> {
    let asked = request.asked.as_ref().filter(|_| rematchable(request)).ok_or(Refused::NotRematchable)?;
    if request.commands.len() >= MAX_COMMANDS {
        return Err(Refused::TooOften.into());
    }
    match wish {
        Some(worker) if request.held().is_some_and(|held| held.worker == worker) => {
            Err(Refused::SameWorker { worker }.into())
        }
        Some(worker) if lost.contains(&worker) => Err(Refused::NotFeasible { worker }.into()),
        Some(worker) => {
            let decision = by_hand(desk, request, asked, worker).await?;
            Ok((worker, decision.ok_or(Refused::NotFeasible { worker })?))
        }
        None => anybody_else(desk, request, asked, lost).await,
    }
}

/// Whether a manager may give it to somebody. That there were many attempts is no reason against it: it is what a
/// request waits for after them.
fn rematchable(request: &Request) -> bool {
    match &request.standing {
        Standing::Open | Standing::Offered { .. } => true,
        Standing::Matched { is_final, .. } => !is_final,
        Standing::Closed { .. } => false,
    }
}

/// The decision for this worker, with the scores; nothing if hard constraints are against it.
async fn by_hand(desk: &Desk<'_>, request: &Request, asked: &Asked, id: AccountId) -> Result<Option<Decision>, Error> {
    let Some(worker) = store::worker(desk.matching, id).await? else {
        return Ok(None);
    };
    let town = desk.towns.of(asked.place);
    let (fit, candidate) = (desk.fit(request, &worker.value, None), worker.value.candidate(town, desk.now));
    let (Some(fit), Some(candidate)) = (fit, candidate) else {
        return Ok(None);
    };
    let mut facts = facts(&worker.value.jobs, day(fit.start));
    facts.past_result = store::past(desk.matching, request.client).await?.result(id);
    let wanted = asked.wanted(request.id, request.client, town);
    let mut decision = decide(&wanted, &[Candidate { worker: candidate, facts }], desk.pipeline, desk.now);
    decision.outcome = Outcome::Assigned { worker: id, fit };
    Ok(Some(decision))
}

/// The best but the present one.
async fn anybody_else(
    desk: &Desk<'_>,
    request: &Request,
    asked: &Asked,
    lost: &[AccountId],
) -> Result<(AccountId, Decision), Failure<Refused>> {
    let mut others = request.clone();
    others.excluded.extend(request.held().map(|held| held.worker));
    others.excluded.extend(lost);
    others.rest = None;
    let candidates = desk.search().candidates(&others, asked).await?.candidates;
    let wanted = asked.wanted(request.id, request.client, desk.towns.of(asked.place));
    let decision = decide(&wanted, &candidates, desk.pipeline, desk.now);
    match decision.outcome {
        Outcome::Assigned { worker, .. } => Ok((worker, decision)),
        Outcome::Waiting { .. } | Outcome::Closed => Err(Refused::NobodyElse.into()),
    }
}

/// The worker's best slot for the request, taken; nothing if there is none in truth.
pub async fn take(
    desk: &Desk<'_>,
    request: &Request,
    id: AccountId,
) -> Result<Option<(Held, Vec<WorkerChange>)>, Error> {
    let Some(worker) = store::worker(desk.matching, id).await? else {
        return Ok(None);
    };
    let Some(fit) = desk.fit(request, &worker.value, None) else {
        return Ok(None);
    };
    let held = hold(request, id, &fit, How::Directly);
    let taken = held.map(|(held, taken)| (held, worker.value.take(fit.slot, taken, desk.now)));
    Ok(match taken {
        Some((held, Ok(busy))) => Some((held, vec![(Some(worker), busy)])),
        _ => None,
    })
}
