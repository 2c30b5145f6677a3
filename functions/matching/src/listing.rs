//! The directory: entries by which decisions find workers without reading them.
//!
//! A worker is listed under each cell that the worker may reach and each skill, at most 48 times; the entries stand
//! with the worker (`acc_…`/`entry#07`) and are written in the same transaction. The index `by-cell` has them by cell
//! and skill, the best rated and least busy first. Its sort value holds everything that tells whether a request is
//! feasible and what the worker scores, in 200 to 800 characters, so a decision reads 64 workers for 3 read units and
//! none of their items. An entry without index attributes is in no list: so one is taken out.
//!
//! The index is eventually consistent: what it says of a slot is checked against the worker when the slot is taken.

use crate::town::{GRIDS, Town, Towns};
use crate::worker::{Base, DayJobs, Worker, facts, metres_an_hour};
use kernel::{AccountId, Digest, Place, Skills, Timestamp};
use matching_core::worker::MAX_SLOTS;
use matching_core::{Share, Slot as FreeSlot, Window};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many skills a worker is listed under: those mastered best. With the list of everybody, times four cells, these
/// are [`MAX_ENTRIES`]; two workers change in one transaction when a manager moves a request from one to the other.
const MAX_SKILLS: usize = 11;
/// The most entries of one worker.
pub const MAX_ENTRIES: usize = 48;
/// How many of a worker's skills an entry tells, the best mastered first.
const TOLD_SKILLS: usize = 16;
/// The longest sort value of an index (a limit of DynamoDB, in bytes).
const LONGEST: usize = 1024;
const MINUTE_MS: i64 = 60_000;

/// One entry of a worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Whose it is.
    pub worker: AccountId,
    /// Which of the worker's entries.
    pub number: u32,
    /// Town, cell and skill; nothing if it lists nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Where in the list, and what decisions need.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<String>,
}

/// What an entry says.
#[derive(Clone, PartialEq, Debug)]
pub struct Listed {
    /// The worker, without the skills.
    pub worker: matching_core::Worker,
    skills: BTreeMap<String, u8>,
    jobs: Vec<DayJobs>,
}

/// The second part of a rank: latitude, longitude, radius, speed, rating, levels by skill code, free time, jobs by day.
///
/// Free time is in minutes: when the first slot begins, how long it is, how long until the next begins, and so on.
#[derive(Serialize, Deserialize)]
struct Told(i32, i32, u32, Option<u32>, Share, BTreeMap<String, u8>, Vec<i64>, Vec<(i64, u32)>);

/// The entries of a worker: none unless there is something to find.
pub fn entries(worker: &Worker, towns: &Towns, now: Timestamp) -> Vec<Entry> {
    let (Some(hired), Some(base)) = (&worker.hired, worker.base) else {
        return Vec::new();
    };
    let Some(rank) = rank(worker, &hired.skills, base, now) else {
        return Vec::new();
    };
    let best = best(&hired.skills);
    let skills = || std::iter::once("").chain(best.iter().take(MAX_SKILLS).map(|(name, _)| name.as_str()));
    let cells = partitions(towns.of(base.place), base);
    let partitions = cells.iter().flat_map(|(grid, cell)| skills().map(move |skill| (*grid, *cell, skill)));
    let town = towns.of(base.place);
    (0..)
        .zip(partitions.take(MAX_ENTRIES))
        .map(|(number, (grid, cell, skill))| Entry {
            worker: worker.account,
            number,
            cell: Some(town.partition(grid, cell, skill)),
            rank: Some(rank.clone()),
        })
        .collect()
}

/// An entry that lists nobody.
pub fn blank(worker: AccountId, number: u32) -> Entry {
    Entry { worker, number, cell: None, rank: None }
}

/// What tells whether entries have to be written anew.
pub fn digest(entries: &[Entry]) -> String {
    let parts = entries.iter().flat_map(|entry| [&entry.cell, &entry.rank]);
    Digest::of(parts.map(|part| part.as_deref().unwrap_or_default())).short(16)
}

fn partitions(town: &Town, base: Base) -> Vec<(usize, matching_core::Cell)> {
    let grid = GRIDS.iter().position(|(farthest, _)| base.radius_m <= *farthest);
    let cells = |(number, (_, grid)): (usize, &(u32, matching_core::Grid))| {
        let cells = grid.cover(town.point(base.place), base.radius_m)?;
        Some(cells.into_iter().map(move |cell| (number, cell)).collect())
    };
    let found = GRIDS.iter().enumerate().find(|(number, _)| Some(*number) == grid);
    found.and_then(cells).unwrap_or_default()
}

/// Skills, the best mastered first.
fn best(skills: &Skills) -> Vec<(&kernel::Text<1, 40>, u8)> {
    let mut best: Vec<_> = skills.iter().map(|(name, level)| (name, *level)).collect();
    best.sort_by_key(|(name, level)| (Reverse(*level), *name));
    best
}

/// A short word for a skill. Two skills that share one only make somebody look able who is not: the worker's own item
/// says it when the slot is taken.
fn code(skill: &str) -> String {
    Digest::of([skill]).short(5)
}

/// Where a worker stands in a list and what is told there; nothing if there is no free slot.
fn rank(worker: &Worker, skills: &Skills, base: Base, now: Timestamp) -> Option<String> {
    let free: Vec<Window> = worker.free(now).take(MAX_SLOTS).map(|slot| slot.window()).collect();
    let first = free.first()?;
    let busy = facts(&worker.jobs, 0).jobs_of_period.min(99);
    let rating = worker.tally.rating();
    let levels = best(skills)
        .into_iter()
        .take(TOLD_SKILLS)
        .map(|(name, level)| (code(name.as_str()), level))
        .collect();
    let mut time = Vec::new();
    let mut at = 0;
    for window in &free {
        let (from, until) = (minute(window.from), minute(window.until));
        time.extend([from - at, until - from]);
        at = until;
    }
    let jobs: Vec<_> = worker.jobs.iter().map(|known| (known.day, known.jobs)).collect();
    let Place { latitude_e7, longitude_e7 } = base.place;
    let begins = format!("{:03}{busy:02}", rating.rest().ppm() / 10_000);
    let told = |time: &[i64]| {
        let told = Told(
            latitude_e7,
            longitude_e7,
            base.radius_m,
            base.speed_kmh,
            rating,
            BTreeMap::clone(&levels),
            time.to_vec(),
            jobs.clone(),
        );
        serde_json::to_string(&told).ok().map(|told| format!("{begins}{told}"))
    };
    // It always fits: slots lie within 30 days and do not overlap. If it did not, the first slots would have to do.
    let mut rank = told(&time)?;
    while rank.len() > LONGEST && time.len() > 2 {
        time.truncate(time.len() / 4 * 2);
        rank = told(&time)?;
    }
    (rank.len() <= LONGEST && first.from < first.until).then_some(rank)
}

fn minute(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(MINUTE_MS)
}

impl Listed {
    /// Reads what the index says of `worker`, on a town's plane. Nothing if it is no rank of ours.
    pub fn read(worker: AccountId, rank: &str, town: &Town) -> Option<Self> {
        let told = rank.get(5..)?;
        let Told(latitude_e7, longitude_e7, radius, speed_kmh, rating, skills, time, jobs) =
            serde_json::from_str(told).ok()?;
        let mut at = 0_i64;
        let slots = time.chunks_exact(2).map_while(|pair| {
            let (from, until) = match pair {
                [gap, length] => (at.checked_add(*gap)?, at.checked_add(*gap)?.checked_add(*length)?),
                _ => return None,
            };
            at = until;
            let time = |minutes: i64| Timestamp::from_millis(minutes.saturating_mul(MINUTE_MS));
            let window = Window { from: time(from), until: time(until) };
            let id = crate::worker::Slot::free(worker, window).id;
            Some(FreeSlot { id, window })
        });
        let worker = matching_core::Worker {
            id: worker,
            place: town.point(Place { latitude_e7, longitude_e7 }),
            radius,
            speed: metres_an_hour(speed_kmh),
            skills: BTreeMap::new(),
            rating,
            slots: slots.collect(),
        };
        let jobs = jobs.into_iter().map(|(day, jobs)| DayJobs { day, jobs }).collect();
        Some(Self { worker, skills, jobs })
    }

    /// The worker with those of the skills that a request asks for.
    pub fn for_skills(&self, wanted: &Skills) -> matching_core::Worker {
        let level =
            |skill: &kernel::Text<1, 40>| self.skills.get(&code(skill.as_str())).map(|level| (skill.clone(), *level));
        matching_core::Worker {
            skills: wanted.keys().filter_map(level).collect(),
            ..self.worker.clone()
        }
    }

    /// How many jobs the worker has, by day.
    pub fn jobs(&self) -> &[DayJobs] {
        &self.jobs
    }
}
