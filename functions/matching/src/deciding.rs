//! Decides who does a request, and takes the worker's slot for it.
//!
//! Whoever finds a request open may decide: the consumer of its event, the clock, whoever ended the match before. One
//! transaction takes the slot, moves the request on and stores the decision. If somebody was faster with the slot, the
//! worker's own word replaces the directory's, and it is decided again.

use crate::request::{Held, How, MAX_ATTEMPTS, MAX_OFFERS, Request};
use crate::searching::{Found, Search};
use crate::store::{self, Means, Step};
use crate::town::Towns;
use crate::worker::{OpenOffer, Taken, Worker, day, facts};
use kernel::{AccountId, SlotId, Timestamp};
use matching_core::decision::Waiting;
use matching_core::{Candidate, Decision, Fit, Outcome, Pipeline, decide};
use platform::{Commit, Error, Item, Stored, Table};
use std::time::Duration;

/// How often a decision is made anew because somebody else was faster. Then the clock comes by again.
const TRIES: usize = 8;

/// What a decision goes by.
#[derive(Clone, Copy)]
pub struct Desk<'d> {
    /// The table.
    pub matching: &'d Table,
    /// The towns.
    pub towns: &'d Towns,
    /// The pipeline in force.
    pub pipeline: &'d Pipeline,
    /// When.
    pub now: Timestamp,
}

/// What came of an attempt to take a slot.
pub enum Taking {
    /// It is taken.
    Done,
    /// The request is not what it was: somebody else has decided.
    Moved,
    /// The slot is not free, or too late; this is the worker in truth.
    Lost(Option<Box<Worker>>),
}

impl Desk<'_> {
    /// The search at this desk.
    pub fn search(&self) -> Search<'_> {
        let Desk { matching, towns, pipeline, now } = *self;
        Search { matching, towns, pipeline, now }
    }

    /// Decides about a request if it is open: somebody does it, or it waits, or it is too late.
    pub async fn decide(&self, request: &Stored<Request>) -> Result<(), Error> {
        let Some(asked) = request.value.open() else {
            return Ok(());
        };
        let mut found = match request.value.attempt < MAX_ATTEMPTS {
            true => self.search().candidates(&request.value, asked).await?,
            false => Found { candidates: Vec::new(), rest: None },
        };
        let town = self.towns.of(asked.place);
        let wanted = asked.wanted(request.value.id, request.value.client, town);
        for _ in 0..TRIES {
            let decision = decide(&wanted, &found.candidates, self.pipeline, self.now);
            let (worker, slot) = match &decision.outcome {
                Outcome::Closed => return self.write(request, request.value.unmatched(), decision).await,
                Outcome::Waiting { because, .. } => {
                    let soon = *because == Waiting::NobodyGoodEnough;
                    let waits = request.value.waits(found.rest, soon, self.now);
                    return self.write(request, waits, decision).await;
                }
                Outcome::Assigned { worker, fit } => (*worker, fit.slot),
            };
            match self.take(request, worker, slot, (Means::OnDemand, decision)).await? {
                Taking::Done | Taking::Moved => return Ok(()),
                Taking::Lost(truth) => self.correct(&mut found.candidates, worker, truth.as_deref(), request),
            }
        }
        Err(Error::contended(format!("others kept taking the slots for {}", request.value.id)))
    }

    /// Takes a slot for an open request, as its next attempt: directly, or as an offer if that is the policy.
    pub async fn take(
        &self,
        request: &Stored<Request>,
        worker: AccountId,
        slot: SlotId,
        why: (Means, Decision),
    ) -> Result<Taking, Error> {
        let Some(truth) = store::worker(self.matching, worker).await? else {
            return Ok(Taking::Lost(None));
        };
        let Some(fit) = self.fit(&request.value, &truth.value, Some(slot)) else {
            return Ok(Taking::Lost(Some(Box::new(truth.value))));
        };
        let how = self.how(&request.value, &fit);
        let Some((held, taken)) = hold(&request.value, worker, &fit, how) else {
            return Ok(Taking::Moved);
        };
        let Ok(busy) = truth.value.take(slot, taken, self.now) else {
            return Ok(Taking::Lost(Some(Box::new(truth.value))));
        };
        let step = Step {
            from: request,
            to: request.value.take(held, how),
            workers: vec![(Some(truth), busy)],
            decision: Some(why),
        };
        match step.write(self.matching, self.towns, self.now).await? {
            Commit::Done => Ok(Taking::Done),
            Commit::Refused(refused) if refused.iter().any(|refused| refused.key == request.value.key()) => {
                Ok(Taking::Moved)
            }
            Commit::Refused(_) => {
                let truth = store::worker(self.matching, worker).await?;
                Ok(Taking::Lost(truth.map(|truth| Box::new(truth.value))))
            }
        }
    }

    /// How a worker would do a request in truth: in this slot, or in the best.
    pub fn fit(&self, request: &Request, worker: &Worker, slot: Option<SlotId>) -> Option<Fit> {
        let asked = request.asked.as_ref()?;
        let town = self.towns.of(asked.place);
        let mut candidate = worker.candidate(town, self.now)?;
        candidate.slots.retain(|free| slot.is_none_or(|slot| free.id == slot));
        matching_core::fit::fit(&asked.wanted(request.id, request.client, town), &candidate, self.now).ok()
    }

    /// Offers are made if that is the policy, there is time for one, and not too many were made.
    fn how(&self, request: &Request, fit: &Fit) -> How {
        let patience = u64::try_from(self.pipeline.policy().timing.offer_timeout_ms).unwrap_or(0);
        let accept_until = self.now.after(Duration::from_millis(patience));
        match patience > 0 && accept_until <= fit.depart_by && request.offers.len() < MAX_OFFERS {
            true => How::Offered(accept_until),
            false => How::Directly,
        }
    }

    /// What the directory said of a worker was old: the worker's own word replaces it.
    fn correct(
        &self,
        candidates: &mut Vec<Candidate>,
        worker: AccountId,
        truth: Option<&Worker>,
        request: &Stored<Request>,
    ) {
        let asked = request.value.asked.as_ref();
        let town = asked.map(|asked| self.towns.of(asked.place));
        let candidate = truth.zip(town).and_then(|(truth, town)| truth.candidate(town, self.now));
        let begins = truth.and_then(|truth| self.fit(&request.value, truth, None)).map_or(self.now, |fit| fit.start);
        match (candidate, candidates.iter_mut().find(|known| known.worker.id == worker)) {
            (Some(candidate), Some(known)) => {
                let past_result = known.facts.past_result;
                known.facts = facts(truth.map(|truth| truth.jobs.as_slice()).unwrap_or_default(), day(begins));
                known.facts.past_result = past_result;
                known.worker = candidate;
            }
            _ => candidates.retain(|known| known.worker.id != worker),
        }
    }

    /// Moves a request on that nobody does. What is announced is stored with its reasons. Whoever was faster has
    /// decided.
    async fn write(
        &self,
        request: &Stored<Request>,
        to: crate::request::Next,
        decision: Decision,
    ) -> Result<(), Error> {
        if to.1.is_empty() {
            return self.matching.replace(request, to.0, to.1).await.map(drop);
        }
        let (workers, decision) = (Vec::new(), Some((Means::OnDemand, decision)));
        let step = Step { from: request, to, workers, decision };
        step.write(self.matching, self.towns, self.now).await.map(drop)
    }
}

/// The slot as the request's next attempt holds it, and as the worker's item says it.
pub fn hold(request: &Request, worker: AccountId, fit: &Fit, how: How) -> Option<(Held, Taken)> {
    let until = request.asked.as_ref()?.ends(fit.start);
    let held = Held { worker, slot: fit.slot, from: fit.start, until };
    let offer = match how {
        How::Directly => None,
        How::Offered(accept_until) => Some(OpenOffer { id: request.next_offer(), accept_until }),
    };
    let attempt = request.attempt.saturating_add(1);
    Some((held, Taken { request: request.id, attempt, from: held.from, until, offer }))
}
