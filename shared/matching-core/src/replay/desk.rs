//! The desk: open requests and free workers in memory, decided with the production code. In production the table is the
//! desk, and a conditional write takes the slot.

use crate::directory::{Directory, ZoneTooLarge};
use crate::pairs::{Pair, pairs};
use crate::pipeline::Pipeline;
use crate::plan::{Plan, plan};
use crate::plane::Grid;
use crate::ranking::Candidate;
use crate::replay::dataset::{Arrival, Dataset};
use crate::replay::tally::Tally;
use crate::request::Request;
use crate::share::Share;
use crate::shortlist::shortlist;
use crate::worker::{Facts, Worker};
use kernel::{AccountId, RequestId, Timestamp};
use std::collections::BTreeMap;

/// Open requests and free workers.
pub struct Desk<'a> {
    pipeline: &'a Pipeline,
    directory: Directory,
    requests: BTreeMap<RequestId, Request>,
    workers: BTreeMap<AccountId, Worker>,
    /// How often a request was considered.
    pub decisions: u64,
}

impl<'a> Desk<'a> {
    /// An empty desk.
    pub fn new(pipeline: &'a Pipeline, grid: Grid) -> Self {
        let directory = Directory::new(grid);
        Self {
            pipeline,
            directory,
            requests: BTreeMap::new(),
            workers: BTreeMap::new(),
            decisions: 0,
        }
    }

    /// A request is placed.
    pub fn place(&mut self, request: Request) {
        self.requests.insert(request.id, request);
    }

    /// A request is cancelled.
    pub fn cancel(&mut self, request: RequestId) {
        self.requests.remove(&request);
    }

    /// A worker arrives, or tells of other slots than before.
    pub fn arrive(&mut self, worker: Worker) -> Result<(), ZoneTooLarge> {
        self.directory.list(&worker)?;
        if let Some(before) = self.workers.insert(worker.id, worker) {
            // Listed anew at the end: taking out who stood elsewhere must not take out who stands here now.
            self.directory.unlist(&before)?;
            if let Some(now) = self.workers.get(&before.id) {
                self.directory.list(now)?;
            }
        }
        Ok(())
    }

    /// Matches all that is open. What is committed is no longer open.
    pub fn look(&mut self, now: Timestamp) -> Result<Plan, ZoneTooLarge> {
        self.requests.retain(|_, request| request.start.until > now);
        self.leave(now)?;
        let open: Vec<_> = self.requests.values().flat_map(|request| self.pairs(request, now)).collect();
        self.decisions = self.decisions.saturating_add(u64::try_from(self.requests.len()).unwrap_or(u64::MAX));
        let mut plan = plan(&open, &self.pipeline.policy().timing, now);
        for pair in &plan.commits {
            self.commit(pair)?;
        }
        // Who is not good enough yet may be at the next tick: the reservation falls.
        if self.pipeline.policy().reservation > Share::NONE && !self.requests.is_empty() && !self.workers.is_empty() {
            plan.look_again_at = Some(self.pipeline.policy().timing.next_tick(now));
        }
        Ok(plan)
    }

    fn pairs(&self, request: &Request, now: Timestamp) -> Vec<Pair> {
        let mut entries = self.directory.near(request).filter_map(|id| self.workers.get(&id)).peekable();
        let best = shortlist(request, &mut entries, self.pipeline, now).best;
        let candidates = best.into_iter().map(|one| Candidate { worker: one.worker.clone(), facts: Facts::default() });
        pairs(request, &candidates.collect::<Vec<_>>(), self.pipeline, now)
    }

    fn leave(&mut self, now: Timestamp) -> Result<(), ZoneTooLarge> {
        let gone: Vec<_> = self
            .workers
            .extract_if(.., |_, worker| worker.slots.iter().all(|slot| slot.window.until <= now))
            .collect();
        gone.iter().try_for_each(|(_, worker)| self.directory.unlist(worker))
    }

    fn commit(&mut self, pair: &Pair) -> Result<(), ZoneTooLarge> {
        self.requests.remove(&pair.request);
        if let Some(worker) = self.workers.get_mut(&pair.worker) {
            worker.slots.retain(|slot| slot.id != pair.slot);
        }
        if let Some(worker) = self.workers.get(&pair.worker).filter(|worker| worker.slots.is_empty()) {
            self.directory.unlist(worker)?;
            self.workers.remove(&pair.worker);
        }
        Ok(())
    }
}

/// Replays a data set in order of time. It is looked at whenever somebody or something arrives, and at the ticks at which
/// a held pair must be committed.
pub fn replay(data: &Dataset, pipeline: &Pipeline, grid: Grid) -> Result<Tally, ZoneTooLarge> {
    let mut desk = Desk::new(pipeline, grid);
    let mut tally = Tally::default();
    let mut arrivals = data.arrivals.iter().peekable();
    let mut look_again_at = None;
    loop {
        let next = arrivals.peek().map(|(at, _)| *at);
        let Some(now) = next.into_iter().chain(look_again_at).min() else {
            break;
        };
        while let Some((_, arrival)) = arrivals.next_if(|(at, _)| *at <= now) {
            match arrival {
                Arrival::Worker(worker) => desk.arrive(worker.clone())?,
                Arrival::Request(request) => desk.place(request.clone()),
            }
        }
        let plan = desk.look(now)?;
        for pair in &plan.commits {
            tally.assigned(pair.worker, i128::from(pair.value), pair.placed_at, now);
        }
        // Whatever a plan says, time goes on.
        look_again_at = plan.look_again_at.filter(|at| *at > now);
    }
    tally.decisions = desk.decisions;
    Ok(tally)
}
