//! What this context knows of jobs: whose they are, and what supplies they need. Pure.

use contracts::supplies::SupplyLine;
use kernel::{AccountId, DrawId, JobId, ServiceId, Timestamp};
use serde::{Deserialize, Serialize};

/// What a job of a service needs. A service without one needs nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Kit {
    /// The service.
    pub service: ServiceId,
    /// What, each thing once.
    pub lines: Vec<SupplyLine>,
}

/// A job, from when it was heard of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The job.
    pub id: JobId,
    /// Who does it.
    pub worker: AccountId,
    /// When it begins; of one that had ended when it was heard of, when that was.
    pub from: Timestamp,
    /// What it needs: what its service needed when it was heard of.
    pub needs: Vec<SupplyLine>,
    /// The worker's request that is open or was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draw: Option<DrawId>,
    /// It ended before it began: nothing is issued for it any more.
    #[serde(default)]
    pub ended: bool,
}

/// What a job announces here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobEvent {
    /// It needs no supplies.
    NotNeeded,
}

/// Why nothing can be requested for a job.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotRequestable {
    /// It needs nothing.
    NothingNeeded,
    /// It was requested before.
    Requested(DrawId),
    /// The job has ended.
    Ended,
}

impl Job {
    /// A job that was heard of, and what is announced of it.
    pub fn heard_of(id: JobId, worker: AccountId, from: Timestamp, kit: Option<Kit>) -> (Self, Vec<JobEvent>) {
        let needs = kit.map(|kit| kit.lines).unwrap_or_default();
        let events = if needs.is_empty() { vec![JobEvent::NotNeeded] } else { Vec::new() };
        let job = Self { id, worker, from, needs, draw: None, ended: false };
        (job, events)
    }

    /// A job whose end was heard of first. That it needs nothing is not announced: nobody may start it.
    pub fn never(id: JobId, worker: AccountId, now: Timestamp) -> Self {
        Self {
            id,
            worker,
            from: now,
            needs: Vec::new(),
            draw: None,
            ended: true,
        }
    }

    /// The job with a request for its supplies.
    pub fn request(&self, draw: DrawId) -> Result<Self, NotRequestable> {
        match self.draw {
            _ if self.ended => Err(NotRequestable::Ended),
            _ if self.needs.is_empty() => Err(NotRequestable::NothingNeeded),
            Some(draw) => Err(NotRequestable::Requested(draw)),
            None => Ok(Self { draw: Some(draw), ..self.clone() }),
        }
    }

    /// The job without the request that was refused: another one may follow.
    pub fn refused(&self) -> Self {
        Self { draw: None, ..self.clone() }
    }

    /// The job after it ended.
    pub fn end(&self) -> Self {
        Self { ended: true, ..self.clone() }
    }
}
