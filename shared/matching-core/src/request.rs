//! A request: what a client wants done, where, when, and what that is worth.

use crate::plane::Point;
use kernel::{AccountId, RequestId, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names a skill, as managers do in a service type.
pub type Skill = Text<1, 40>;

/// How well somebody masters a skill: 1 (just hired for it) to [`MAX_LEVEL`]. 0 is no skill.
pub type Level = u8;

/// The best level.
pub const MAX_LEVEL: Level = 5;

/// A stretch of time, its end excluded. One that ends before it begins holds nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Window {
    /// Whether there is no moment in it.
    pub fn is_empty(&self) -> bool {
        self.until <= self.from
    }

    /// Whether some moment is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        !self.is_empty() && !other.is_empty() && self.from < other.until && other.from < self.until
    }
}

/// What a client wants done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Names it.
    pub id: RequestId,
    /// Whose it is.
    pub client: AccountId,
    /// Where the job is.
    pub place: Point,
    /// When the job may begin.
    pub start: Window,
    /// How long it takes, in seconds.
    pub duration_s: u32,
    /// What the worker must master, and how well at least.
    pub skills: BTreeMap<Skill, Level>,
    /// What doing it is worth, in the smallest unit of one currency: a batch weighs requests by it.
    pub worth: u32,
    /// When the client asked.
    pub placed_at: Timestamp,
}
