//! The directory of workers, in memory: what the table's index does in production, so that replays and tests look workers
//! up as production does. A worker is listed under each cell and skill; entries stand in order of rating.

use crate::plane::{Cell, Grid};
use crate::request::{Request, Skill};
use crate::share::Share;
use crate::worker::Worker;
use kernel::AccountId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Workers in order of rating, the best first.
type Entries = BTreeSet<(Reverse<Share>, AccountId)>;

/// Workers by cell and skill.
#[derive(Clone, Debug)]
pub struct Directory {
    grid: Grid,
    /// Under no skill, everybody is listed.
    entries: BTreeMap<(Cell, Option<Skill>), Entries>,
}

/// A worker whose zone has more cells than one may be listed under.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the zone of worker {0} is too large for the grid")]
pub struct ZoneTooLarge(pub AccountId);

impl Directory {
    /// An empty directory.
    pub fn new(grid: Grid) -> Self {
        Self { grid, entries: BTreeMap::new() }
    }

    /// Lists a worker, who can then be found.
    pub fn list(&mut self, worker: &Worker) -> Result<(), ZoneTooLarge> {
        for key in self.keys(worker)? {
            self.entries.entry(key).or_default().insert((Reverse(worker.rating), worker.id));
        }
        Ok(())
    }

    /// Takes a worker out: the last slot is taken.
    pub fn unlist(&mut self, worker: &Worker) -> Result<(), ZoneTooLarge> {
        for key in self.keys(worker)? {
            if let Some(entries) = self.entries.get_mut(&key) {
                entries.remove(&(Reverse(worker.rating), worker.id));
            }
        }
        Ok(())
    }

    /// Who is listed where the request is, under its first skill, the best rated first.
    pub fn near(&self, request: &Request) -> impl Iterator<Item = AccountId> {
        let key = (self.grid.cell(request.place), request.skills.keys().next().cloned());
        self.entries.get(&key).into_iter().flatten().map(|(_, worker)| *worker)
    }

    fn keys(&self, worker: &Worker) -> Result<Vec<(Cell, Option<Skill>)>, ZoneTooLarge> {
        let cells = self.grid.cover(worker.place, worker.radius).ok_or(ZoneTooLarge(worker.id))?;
        let skills: Vec<_> = std::iter::once(None).chain(worker.skills.keys().cloned().map(Some)).collect();
        Ok(cells.into_iter().flat_map(|cell| skills.iter().map(move |skill| (cell, skill.clone()))).collect())
    }
}
