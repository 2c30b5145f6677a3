//! Who could do a request: a bounded number of entries of the directory, and what is known of them.
//!
//! One page of the directory is read, half of it from each grid, and further ones only while nobody on it is feasible:
//! four at most. If there is a rest then, the next search goes on with it: whoever is feasible is found in the end.

use crate::listing::Listed;
use crate::request::{Asked, Request, Rest};
use crate::store;
use crate::town::{GRIDS, Town, Towns};
use crate::worker::{day, facts};
use kernel::{AccountId, Timestamp};
use matching_core::shortlist::MAX_PAGES;
use matching_core::{Candidate, Pipeline, shortlist};
use platform::{Error, IndexEntry, TableReader};

/// How many of those who are not feasible are shown in a decision that finds nobody.
const SHOWN_MISFITS: usize = 16;

/// What a search goes by.
#[derive(Clone, Copy)]
pub struct Search<'s> {
    /// The table.
    pub matching: &'s TableReader,
    /// The towns.
    pub towns: &'s Towns,
    /// The pipeline in force.
    pub pipeline: &'s Pipeline,
    /// When.
    pub now: Timestamp,
}

/// What a search came to.
pub struct Found {
    /// The shortlist if anybody is feasible, else some who are not.
    pub candidates: Vec<Candidate>,
    /// What was not looked at, if nobody was feasible in the rest.
    pub rest: Option<Rest>,
}

/// A list of the directory that is being read.
struct Reading {
    partition: String,
    next: Option<IndexEntry>,
    over: bool,
}

impl Search<'_> {
    /// The candidates for a request without those who do not do it.
    pub async fn candidates(&self, request: &Request, asked: &Asked) -> Result<Found, Error> {
        let town = self.towns.of(asked.place);
        let wanted = asked.wanted(request.id, request.client, town);
        let (mut fine, mut coarse) = self.readings(asked, town, request.rest.as_ref());
        let mut misfits = Vec::new();
        for page in 0..MAX_PAGES {
            let entries = platform::both(self.read(&mut fine, asked, town), self.read(&mut coarse, asked, town));
            let (mut entries, others) = entries.await?;
            entries.extend(others);
            entries.retain(|(worker, _)| !request.excluded.contains(&worker.id));

            let list =
                shortlist(&wanted, &mut entries.iter().map(|(worker, _)| worker).peekable(), self.pipeline, self.now);
            if !list.best.is_empty() {
                let past = store::past(self.matching, request.client).await?;
                let jobs =
                    |id: AccountId| entries.iter().find(|(worker, _)| worker.id == id).map(|(_, listed)| listed.jobs());
                let candidate = |one: &matching_core::shortlist::Listed<'_>| {
                    let mut facts = facts(jobs(one.worker.id).unwrap_or_default(), day(one.fit.start));
                    facts.past_result = past.result(one.worker.id);
                    Candidate { worker: one.worker.clone(), facts }
                };
                return Ok(Found {
                    candidates: list.best.iter().map(candidate).collect(),
                    rest: None,
                });
            }
            if page == 0 {
                let shown = entries.into_iter().take(SHOWN_MISFITS);
                misfits = shown.map(|(worker, _)| Candidate { worker, facts: Default::default() }).collect();
            }
            if fine.over && coarse.over {
                break;
            }
        }
        let rest = (!fine.over || !coarse.over).then_some(Rest { fine: fine.next, coarse: coarse.next });
        Ok(Found { candidates: misfits, rest })
    }

    /// The lists to read: one a grid, of those who master the request's first skill.
    fn readings(&self, asked: &Asked, town: &Town, rest: Option<&Rest>) -> (Reading, Reading) {
        let [(_, fine), (_, coarse)] = GRIDS;
        let skill = asked.skills.keys().next().map_or("", |skill| skill.as_str());
        let at = town.point(asked.place);
        let reading = |number, grid: matching_core::Grid, next: Option<Option<IndexEntry>>| Reading {
            partition: town.partition(number, grid.cell(at), skill),
            over: matches!(next, Some(None)),
            next: next.flatten(),
        };
        let (next_fine, next_coarse) = (rest.map(|rest| rest.fine.clone()), rest.map(|rest| rest.coarse.clone()));
        (reading(0, fine, next_fine), reading(1, coarse, next_coarse))
    }

    /// The next entries of a list.
    async fn read(
        &self,
        reading: &mut Reading,
        asked: &Asked,
        town: &Town,
    ) -> Result<Vec<(matching_core::Worker, Listed)>, Error> {
        if reading.over {
            return Ok(Vec::new());
        }
        let limit = self.pipeline.policy().look_at.div_ceil(2);
        let page = store::listed(self.matching, &reading.partition, limit, reading.next.as_ref()).await?;
        reading.over = page.next.is_none();
        reading.next = page.next;
        let entries = page.entries.into_iter().filter_map(|entry| {
            let listed = Listed::read(entry.pk.parse().ok()?, &entry.sort, town)?;
            Some((listed.for_skills(&asked.skills), listed))
        });
        Ok(entries.collect())
    }
}
