//! How jobs ended, and what that says of a worker: the rating, and the past result with a client. Pure.
//!
//! Each job counts once, whatever comes twice or late: its own item remembers what it was counted as, and only the
//! difference moves the sums.

use contracts::jobs::Finding;
use kernel::{AccountId, JobId, Timestamp};
use matching_core::Share;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A worker of whom nothing is known is rated as if so many jobs had been done ...
const PRIOR_JOBS: u64 = 4;
/// ... and so much of each been good.
const PRIOR_PPM: u64 = 800_000;
/// A rating is told in whole per cents: the directory is written anew when it moves by one.
const PER_CENT: u32 = 10_000;
/// How many workers a client's past is kept with: the latest.
const MAX_PAST: usize = 64;

/// The sum of how jobs ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// What was good of them all, in millionths of a job.
    pub good_ppm: u64,
    /// How many counted.
    pub jobs: u32,
}

impl Tally {
    /// With one job counted otherwise than before.
    #[must_use]
    pub fn recounted(self, before: Option<Share>, after: Option<Share>) -> Self {
        let part = |share: Option<Share>| (share.map_or(0, |share| u64::from(share.ppm())), u32::from(share.is_some()));
        let ((good_before, jobs_before), (good, jobs)) = (part(before), part(after));
        Self {
            good_ppm: self.good_ppm.saturating_add(good).saturating_sub(good_before),
            jobs: self.jobs.saturating_add(jobs).saturating_sub(jobs_before),
        }
    }

    /// The rating, in whole per cents rounded down. Few jobs say little: it begins at 80 % and moves with each.
    pub fn rating(self) -> Share {
        let jobs = u64::from(self.jobs).saturating_add(PRIOR_JOBS);
        let good = self.good_ppm.saturating_add(PRIOR_JOBS.saturating_mul(PRIOR_PPM));
        let ppm = Share::of(good, jobs.saturating_mul(1_000_000)).ppm();
        Share::from_ppm(ppm - ppm % PER_CENT).unwrap_or_default()
    }

    /// What was good of them on average; nothing if there were none.
    pub fn mean(self) -> Option<Share> {
        (self.jobs > 0).then(|| Share::of(self.good_ppm, u64::from(self.jobs).saturating_mul(1_000_000)))
    }
}

/// How a job ended, as far as the worker is concerned.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Done.
    Completed,
    /// Failed, or the worker did not come.
    Failed,
}

/// What is known of one job.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The job.
    pub job: JobId,
    /// Whose request it was.
    pub client: AccountId,
    /// Whose job it was.
    pub worker: AccountId,
    /// How it ended, if that came already.
    #[serde(default)]
    pub ending: Option<Ending>,
    /// What a review found, if there was one.
    #[serde(default)]
    pub finding: Option<Review>,
}

/// What a review found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Review {
    /// Nothing to complain of.
    Good,
    /// Something was not as it should be.
    Flawed,
    /// Not the worker's fault.
    Excused,
}

impl From<Finding> for Review {
    fn from(finding: Finding) -> Self {
        match finding {
            Finding::Good => Self::Good,
            Finding::Flawed => Self::Flawed,
            Finding::Excused => Self::Excused,
        }
    }
}

impl Job {
    /// What it counts: nothing until it has ended, nor if it failed without the worker's fault.
    pub fn counts(&self) -> Option<Share> {
        match (self.ending?, self.finding) {
            (Ending::Completed, Some(Review::Flawed)) => Some(Share::of(1, 2)),
            (Ending::Completed, _) => Some(Share::FULL),
            (Ending::Failed, Some(Review::Excused)) => None,
            (Ending::Failed, _) => Some(Share::NONE),
        }
    }
}

/// A client's past with workers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Past {
    /// The client.
    pub client: AccountId,
    /// By worker.
    pub with: BTreeMap<AccountId, PastJobs>,
}

/// A client's past with one worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PastJobs {
    /// How the jobs ended.
    pub tally: Tally,
    /// When that was last heard of, in milliseconds since 1970.
    pub at_ms: i64,
}

impl Past {
    /// A client of whom nothing is known.
    pub fn none(client: AccountId) -> Self {
        Self { client, with: BTreeMap::new() }
    }

    /// With one job counted otherwise than before. Only the latest workers are remembered.
    pub fn recounted(&self, job: &Job, before: Option<Share>, after: Option<Share>, now: Timestamp) -> Self {
        let mut past = self.clone();
        let with = past.with.entry(job.worker).or_default();
        with.tally = with.tally.recounted(before, after);
        with.at_ms = now.as_millis();
        if past.with.len() > MAX_PAST {
            let oldest =
                past.with.iter().min_by_key(|(worker, jobs)| (jobs.at_ms, **worker)).map(|(worker, _)| *worker);
            oldest.and_then(|worker| past.with.remove(&worker));
        }
        past
    }

    /// How earlier jobs of this worker ended.
    pub fn result(&self, worker: AccountId) -> Option<Share> {
        self.with.get(&worker).and_then(|jobs| jobs.tally.mean())
    }
}
