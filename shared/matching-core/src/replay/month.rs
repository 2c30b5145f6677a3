//! A simulated month of on-demand work in one town: does the load term keep loads even, and what does that cost?
//!
//! 50 workers, who differ in where they live, how far they go, what they master, how they are rated and which five days
//! a week they work, in eight slots of an hour each; 100 requests a day at any time and place, for one of three skills,
//! each to begin within three hours. That is somewhat more than a third of what the workers could do, so there is a
//! choice; whoever is liked best would get most of it. Decisions are the production code's.

use crate::decision::{Outcome, decide};
use crate::directory::{Directory, ZoneTooLarge};
use crate::pipeline::Pipeline;
use crate::plane::{Grid, Point};
use crate::ranking::Candidate;
use crate::replay::random::Random;
use crate::replay::tally::coefficient_of_variation;
use crate::request::{Level, Request, Skill, Window};
use crate::share::Share;
use crate::shortlist::shortlist;
use crate::step::StepName;
use crate::worker::{Facts, Slot, Worker};
use kernel::{AccountId, RequestId, SlotId, Timestamp};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

const WORKERS: u32 = 50;
const DAYS: u32 = 28;
const REQUESTS_A_DAY: u32 = 100;
const TOWN_M: u32 = 10_000;
const HOUR_MS: i64 = 3_600_000;
const RETRY_MS: i64 = 300_000;
/// Some Monday.
const BEGIN_MS: i64 = 1_799_020_800_000;
const SKILLS: [&str; 3] = ["cleaning", "repairs", "pets"];

/// What a month came to.
#[derive(Clone, PartialEq, Debug)]
pub struct Month {
    /// Coefficient of variation of the workers' jobs.
    pub variation: f64,
    /// Of 100 requests, how many were done.
    pub done: f64,
    /// How well they were done: the mean of distance, skill level and rating of the chosen, in percent. Load and
    /// fairness are not in it.
    pub quality: f64,
    /// How often a request was decided.
    pub decisions: u64,
    /// The most entries of the directory that a decision looked at.
    pub looked_at: usize,
}

struct Town<'a> {
    pipeline: &'a Pipeline,
    directory: Directory,
    workers: BTreeMap<AccountId, Worker>,
    facts: BTreeMap<AccountId, Facts>,
    qualities: Vec<u64>,
    decisions: u64,
    looked_at: usize,
}

/// Simulates a month under this pipeline. The same seed is the same town, month and demand.
pub fn month(pipeline: &Pipeline, seed: u64) -> Result<Month, ZoneTooLarge> {
    let mut random = Random::seeded(seed);
    let mut town = Town::new(pipeline, &mut random)?;
    let mut placed = 0_u32;
    for day in 0..DAYS {
        let day_begins = BEGIN_MS.saturating_add(i64::from(day) * 24 * HOUR_MS);
        town.begin_day(day, day_begins);
        let mut waiting = Vec::new();
        let mut demand: Vec<_> =
            (0..REQUESTS_A_DAY).map(|_| day_begins + i64::from(random.below(8 * 3_600_000))).collect();
        demand.sort_unstable();
        for at in demand {
            placed = placed.saturating_add(1);
            waiting.push((at, request(placed, at, &mut random)));
        }
        // In order of time: each is tried when it is placed, and again every five minutes.
        while let Some(next) = waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, (at, request))| (*at, request.id))
            .map(|(index, _)| index)
        {
            let (at, request) = waiting.swap_remove(next);
            if let Some(again) = town.decide(&request, at) {
                waiting.push((again, request));
            }
        }
    }
    Ok(town.sum(placed))
}

impl<'a> Town<'a> {
    fn new(pipeline: &'a Pipeline, random: &mut Random) -> Result<Self, ZoneTooLarge> {
        let mut directory = Directory::new(Grid::with_side(4_000));
        let mut workers = BTreeMap::new();
        for number in 0..WORKERS {
            let worker = worker(number, random);
            directory.list(&worker)?;
            workers.insert(worker.id, worker);
        }
        let facts = workers.keys().map(|&id| (id, Facts::default())).collect();
        Ok(Self {
            pipeline,
            directory,
            workers,
            facts,
            qualities: Vec::new(),
            decisions: 0,
            looked_at: 0,
        })
    }

    /// Everybody who works on this day of the week has eight free hours.
    fn begin_day(&mut self, day: u32, begins: i64) {
        for (number, worker) in (0_u32..).zip(self.workers.values_mut()) {
            let works = day.saturating_add(number) % 7 < 5;
            let hour = |hour: i64| Slot {
                id: SlotId::from_bits(
                    (u128::from(number) << 64) | (u128::from(day) << 8) | u128::from(hour.unsigned_abs()),
                ),
                window: Window {
                    from: Timestamp::from_millis(begins + hour * HOUR_MS),
                    until: Timestamp::from_millis(begins + (hour + 1) * HOUR_MS),
                },
            };
            worker.slots = if works { (0..8).map(hour).collect() } else { Vec::new() };
        }
        self.facts.values_mut().for_each(|facts| facts.jobs_of_day = 0);
    }

    /// Decides a request; if it waits, when to try again.
    fn decide(&mut self, request: &Request, at: i64) -> Option<i64> {
        let now = Timestamp::from_millis(at);
        let (candidates, looked_at) = self.candidates(request, now);
        self.looked_at = self.looked_at.max(looked_at);
        let decision = decide(request, &candidates, self.pipeline, now);
        self.decisions = self.decisions.saturating_add(1);
        match decision.outcome {
            Outcome::Assigned { worker, fit } => {
                let quality = [StepName::Distance, StepName::SkillLevel, StepName::Rating];
                let chosen = decision.candidates.first().map(|one| one.steps.as_slice()).unwrap_or_default();
                let scores =
                    chosen.iter().filter(|one| quality.contains(&one.step)).map(|one| u64::from(one.score_ppm.ppm()));
                self.qualities.push(scores.sum::<u64>() / 3);
                self.take(worker, fit.slot);
                None
            }
            Outcome::Waiting { .. } => Some(at.saturating_add(RETRY_MS)),
            Outcome::Closed => None,
        }
    }

    /// The shortlist with the facts, and how many entries were looked at for it.
    fn candidates(&self, request: &Request, now: Timestamp) -> (Vec<Candidate>, usize) {
        let mut entries = self.directory.near(request).filter_map(|id| self.workers.get(&id)).peekable();
        let list = shortlist(request, &mut entries, self.pipeline, now);
        let facts = |worker: &Worker| self.facts.get(&worker.id).copied().unwrap_or_default();
        let candidate = |worker: &Worker| Candidate { worker: worker.clone(), facts: facts(worker) };
        (list.best.iter().map(|one| candidate(one.worker)).collect(), list.looked_at)
    }

    fn take(&mut self, worker: AccountId, slot: SlotId) {
        if let Some(worker) = self.workers.get_mut(&worker) {
            worker.slots.retain(|other| other.id != slot);
        }
        if let Some(facts) = self.facts.get_mut(&worker) {
            facts.jobs_of_day = facts.jobs_of_day.saturating_add(1);
            facts.jobs_of_period = facts.jobs_of_period.saturating_add(1);
        }
    }

    fn sum(&self, placed: u32) -> Month {
        let loads: Vec<_> = self.facts.values().map(|facts| facts.jobs_of_period).collect();
        let done = self.qualities.len().max(1) as f64;
        Month {
            variation: coefficient_of_variation(&loads),
            done: 100.0 * self.qualities.len() as f64 / f64::from(placed.max(1)),
            quality: self.qualities.iter().sum::<u64>() as f64 / done / 10_000.0,
            decisions: self.decisions,
            looked_at: self.looked_at,
        }
    }
}

fn place(random: &mut Random) -> Point {
    let mut coordinate = || i32::try_from(random.below(TOWN_M)).unwrap_or_default();
    Point { x: coordinate(), y: coordinate() }
}

fn skill(number: u32) -> Option<Skill> {
    SKILLS.get(usize::try_from(number).ok()?).and_then(|name| Skill::new(name).ok())
}

fn level(random: &mut Random) -> Level {
    Level::try_from(random.between(1, 5)).unwrap_or(1)
}

/// Masters one to three skills, is rated 3 to 5 stars of 5, goes 5 to 9 km at 15 km/h.
fn worker(number: u32, random: &mut Random) -> Worker {
    let first = random.below(3);
    let skills = (0..random.between(1, 3)).filter_map(|next| skill((first + next) % 3));
    let skills: Vec<_> = skills.collect();
    Worker {
        id: AccountId::from_bits(u128::from(number)),
        place: place(random),
        radius: random.between(5_000, 9_000),
        speed: NonZeroU32::new(15_000),
        skills: skills.into_iter().map(|skill| (skill, level(random))).collect(),
        rating: Share::of(u64::from(random.between(300, 500)), 500),
        slots: Vec::new(),
    }
}

/// Takes 20 minutes, and begins within three hours.
fn request(number: u32, at: i64, random: &mut Random) -> Request {
    let until = Timestamp::from_millis(at.saturating_add(3 * HOUR_MS));
    let now = Timestamp::from_millis(at);
    Request {
        id: RequestId::from_bits(u128::from(number)),
        client: AccountId::from_bits(u128::from(random.below(200)) + 10_000),
        place: place(random),
        start: Window { from: now, until },
        duration_s: 20 * 60,
        skills: skill(random.below(3)).map(|skill| (skill, 1)).into_iter().collect(),
        worth: 1_000,
        placed_at: now,
    }
}
