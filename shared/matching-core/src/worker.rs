//! A worker as matching sees one: what the index entry holds, and the facts that are read for the few who are scored.

use crate::plane::Point;
use crate::request::{Level, Skill, Window};
use crate::share::Share;
use kernel::{AccountId, SlotId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;

/// The most slots that a decision looks at for one worker.
pub const MAX_SLOTS: usize = 64;

/// Who may do requests: what stands in the index, and is enough to tell whether a request is feasible.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Worker {
    /// Names the worker.
    pub id: AccountId,
    /// Where the worker sets out from.
    pub place: Point,
    /// How far the worker goes, in units of the plane.
    pub radius: u32,
    /// How fast, in units of the plane an hour. `None`: ways take no time.
    pub speed: Option<NonZeroU32>,
    /// What the worker masters, and how well.
    pub skills: BTreeMap<Skill, Level>,
    /// How well clients rate the worker.
    pub rating: Share,
    /// Free stretches of time that one job each can take. They do not overlap. Beyond [`MAX_SLOTS`] they are not seen.
    pub slots: Vec<Slot>,
}

/// A free stretch of a worker's time that one job can take. Way and job lie in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Slot {
    /// Names it.
    pub id: SlotId,
    /// When it is.
    pub window: Window,
}

/// What is read for each of the few workers who are scored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Facts {
    /// Jobs of the day that the slot is in.
    pub jobs_of_day: u32,
    /// Jobs of the current period of fairness (a week, say).
    pub jobs_of_period: u32,
    /// How earlier jobs for this client ended. `None`: there were none.
    pub past_result: Option<Share>,
}
