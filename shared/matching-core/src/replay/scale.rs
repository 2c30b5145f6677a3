//! Does a decision cost the same among a hundred workers and among a million? One town, ever more workers in it.

use crate::decision::{Outcome, decide};
use crate::directory::{Directory, ZoneTooLarge};
use crate::pipeline::Pipeline;
use crate::plane::{Grid, Point};
use crate::ranking::Candidate;
use crate::replay::random::Random;
use crate::request::{Request, Window};
use crate::share::Share;
use crate::shortlist::shortlist;
use crate::worker::{Facts, Slot, Worker};
use kernel::{AccountId, RequestId, SlotId, Timestamp};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

const TOWN_M: u32 = 20_000;
const RADIUS_M: u32 = 1_000;
const GRID: Grid = Grid::with_side(4_000);
const NOON_MS: i64 = 1_799_020_800_000;

/// A town with so many workers, all of them free.
pub struct Crowded {
    directory: Directory,
    workers: Vec<Worker>,
}

/// What deciding came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Looked {
    /// How many requests were decided.
    pub decisions: u32,
    /// For how many of them somebody was found.
    pub assigned: u32,
    /// The most entries that a decision looked at.
    pub looked_at: usize,
    /// All entries that were looked at.
    pub looked_at_in_all: usize,
    /// The most candidates that a decision scored.
    pub scored: usize,
}

impl Crowded {
    /// So many workers, anywhere in the town.
    pub fn with(workers: u32) -> Result<Self, ZoneTooLarge> {
        let mut random = Random::seeded(u64::from(workers));
        let mut directory = Directory::new(GRID);
        let workers: Vec<_> = (0..workers).map(|number| worker(number, &mut random)).collect();
        workers.iter().try_for_each(|worker| directory.list(worker))?;
        Ok(Self { directory, workers })
    }

    /// Decides so many requests, anywhere in the town.
    pub fn decide(&self, requests: u32, pipeline: &Pipeline) -> Looked {
        let mut random = Random::seeded(u64::from(requests));
        let mut looked = Looked::default();
        let by_id = |id: AccountId| self.workers.binary_search_by_key(&id, |worker| worker.id).ok();
        for number in 0..requests {
            let request = request(number, &mut random);
            let mut entries = self.directory.near(&request).filter_map(|id| self.workers.get(by_id(id)?)).peekable();
            let list = shortlist(&request, &mut entries, pipeline, request.placed_at);
            let candidates =
                list.best.iter().map(|one| Candidate { worker: one.worker.clone(), facts: Facts::default() });
            let candidates: Vec<_> = candidates.collect();
            let decision = decide(&request, &candidates, pipeline, request.placed_at);
            looked.decisions = looked.decisions.saturating_add(1);
            looked.assigned =
                looked.assigned.saturating_add(u32::from(matches!(decision.outcome, Outcome::Assigned { .. })));
            looked.looked_at = looked.looked_at.max(list.looked_at);
            looked.looked_at_in_all = looked.looked_at_in_all.saturating_add(list.looked_at);
            looked.scored = looked.scored.max(candidates.len());
        }
        looked
    }
}

fn place(random: &mut Random) -> Point {
    let mut coordinate = || i32::try_from(random.below(TOWN_M)).unwrap_or_default();
    Point { x: coordinate(), y: coordinate() }
}

fn hours(from: i64, until: i64) -> Window {
    let hour = |hour: i64| Timestamp::from_millis(NOON_MS.saturating_add(hour.saturating_mul(3_600_000)));
    Window { from: hour(from), until: hour(until) }
}

fn worker(number: u32, random: &mut Random) -> Worker {
    Worker {
        id: AccountId::from_bits(u128::from(number)),
        place: place(random),
        radius: RADIUS_M,
        speed: NonZeroU32::new(15_000),
        skills: BTreeMap::new(),
        rating: Share::of(u64::from(random.between(300, 500)), 500),
        slots: vec![Slot {
            id: SlotId::from_bits(u128::from(number)),
            window: hours(0, 2),
        }],
    }
}

fn request(number: u32, random: &mut Random) -> Request {
    let start = hours(0, 1);
    Request {
        id: RequestId::from_bits(u128::from(number)),
        client: AccountId::from_bits(u128::MAX),
        place: place(random),
        start,
        duration_s: 1_800,
        skills: BTreeMap::new(),
        worth: 1_000,
        placed_at: start.from,
    }
}
