//! Draws: a worker's request for the supplies of a job, and what staff made of it. Pure.
//!
//! ```text
//!   requested ──▶ issued
//!       ├───────▶ refused   (the worker may request again)
//!       └───────▶ lapsed    (the job ended first)
//! ```

use crate::job::Job;
use contracts::supplies::SupplyLine;
use kernel::{AccountId, DrawId, JobId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The index' partition of requests that are open.
pub const WAITING: &str = "draws";
/// How long after the beginning of its job a request is open at most: what ends the job comes long before.
pub const GRACE: Duration = Duration::from_secs(86_400);

/// A worker's request for the supplies of a job.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draw {
    /// Names it.
    pub id: DrawId,
    /// The job.
    pub job: JobId,
    /// Who asks.
    pub worker: AccountId,
    /// What the job needs.
    pub lines: Vec<SupplyLine>,
    /// How far it is.
    pub state: State,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When the job begins.
    pub needed_at: Timestamp,
    /// Fingerprint of the request.
    pub request: String,
    /// What became of it, if staff decided that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// While it is open [`WAITING`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// While it is open `needed_at`: what is needed first is listed first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// How far a request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "DrawState")]
pub enum State {
    /// Staff are to decide.
    Requested,
    /// The worker has the supplies.
    Issued,
    /// Staff refused it.
    Refused,
    /// The job ended first.
    Lapsed,
}

/// Who decided, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    /// The member of staff.
    pub staff: AccountId,
    /// When.
    pub at: Timestamp,
}

/// The command that refused a request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refusal {
    /// Its idempotency key.
    pub key: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Why, in the words of staff.
    pub reason: String,
}

/// What a draw announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DrawEvent {
    /// The worker has the supplies.
    Issued,
    /// Staff refused it.
    Refused,
}

/// A draw and what it announces.
pub type Next = (Draw, Vec<DrawEvent>);

/// The draw does not allow this (any more); it is in this state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WrongState(pub State);

impl Draw {
    /// The worker of a job requests what it needs.
    pub fn request(id: DrawId, job: &Job, request: &str, now: Timestamp) -> Self {
        Self {
            id,
            job: job.id,
            worker: job.worker,
            lines: job.needs.clone(),
            state: State::Requested,
            requested_at: now,
            needed_at: job.from,
            request: request.to_owned(),
            decided: None,
            refusal: None,
            waiting: Some(WAITING.to_owned()),
            due: Some(job.from),
        }
    }

    /// Staff hand the supplies over. `None`: they did before.
    pub fn issue(&self, staff: AccountId, now: Timestamp) -> Result<Option<Next>, WrongState> {
        match self.state {
            State::Requested => {
                let issued = self.settled(State::Issued, Some(Decided { staff, at: now }));
                Ok(Some((issued, vec![DrawEvent::Issued])))
            }
            State::Issued => Ok(None),
            state => Err(WrongState(state)),
        }
    }

    /// Staff refuse.
    pub fn refuse(&self, refusal: Refusal, staff: AccountId, now: Timestamp) -> Result<Next, WrongState> {
        match self.state {
            State::Requested => {
                let refused = self.settled(State::Refused, Some(Decided { staff, at: now }));
                Ok((Self { refusal: Some(refusal), ..refused }, vec![DrawEvent::Refused]))
            }
            state => Err(WrongState(state)),
        }
    }

    /// The job ended. `None`: it was settled before.
    pub fn lapse(&self) -> Option<Self> {
        (self.state == State::Requested).then(|| self.settled(State::Lapsed, None))
    }

    fn settled(&self, state: State, decided: Option<Decided>) -> Self {
        Self { state, decided, waiting: None, due: None, ..self.clone() }
    }
}
