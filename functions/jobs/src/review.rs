//! What quality looks at, and what it finds. Pure.

use crate::job::{Job, JobEvent, Next};
use contracts::jobs::Finding;
use kernel::{AccountId, Digest, JobId, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// The partition of the index `by-review`.
pub const OPEN: &str = "open";

/// The review of a job, if it is to be reviewed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct Review {
    /// [`OPEN`] while it waits for somebody to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_list: Option<String>,
    /// Since when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_since: Option<Timestamp>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// What was found of a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Verdict {
    /// What.
    pub finding: Finding,
    /// In the reviewer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text<1, 1000>>,
    /// Who looked.
    pub reviewer: AccountId,
    /// When.
    pub at: Timestamp,
    /// The idempotency key of the request, as stored.
    pub key: String,
    /// Its fingerprint.
    pub fingerprint: String,
}

/// How many of a hundred jobs are reviewed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample(pub u64);

/// Why a review is not recorded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotOpen;

impl Sample {
    /// Every one.
    pub const ALL: Sample = Sample(100);

    /// Whether this job is among them: nobody can tell beforehand, and it is the same whoever asks.
    pub fn takes(self, id: JobId) -> bool {
        let drawn = Digest::of(["review".to_owned(), id.to_string()]).high_bits() % 100;
        drawn < u128::from(self.0)
    }
}

impl Job {
    /// The same, for quality to look at if it is in the sample.
    #[must_use]
    pub fn to_review(mut self, sample: Sample, now: Timestamp) -> Job {
        if sample.takes(self.id) {
            self.review.review_list = Some(OPEN.to_owned());
            self.review.review_since = Some(now);
        }
        self
    }

    /// Quality has looked.
    pub fn reviewed(&self, verdict: Verdict) -> Result<Next, NotOpen> {
        if self.review.review_list.is_none() {
            return Err(NotOpen);
        }
        let mut job = self.clone();
        job.review = Review { verdict: Some(verdict), ..Review::default() };
        Ok((job, vec![JobEvent::Reviewed]))
    }
}
