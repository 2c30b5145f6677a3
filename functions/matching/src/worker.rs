//! A worker as matching keeps one: what hiring says, when and where the worker is free, which slots are taken, and how
//! earlier jobs ended. Pure.
//!
//! The item is the truth about the worker's time: whoever takes a slot writes it under the condition that nobody
//! changed it meanwhile. So a slot is taken once, whatever older word of it the directory still spreads.

use crate::record::Tally;
use crate::town::Town;
use contracts::Stamp;
use kernel::id::Id;
use kernel::{AccountId, Digest, OfferId, Place, RequestId, Skills, SlotId, Timestamp};
use matching_core::{Facts, Window};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

/// The partition of the index by which workers are found whose entries are over.
pub const LISTED: &str = "worker";
/// The most slots that a worker may have, taken ones included. Directory and decisions see the first 64 free ones.
pub const MAX_SLOTS: usize = 128;
/// How long a slot that was taken is kept after its end: whoever ends a match late finds it still.
const KEPT: Duration = Duration::from_secs(86_400);
/// How many days back jobs count for fairness.
const PERIOD_DAYS: i64 = 7;
const DAY_MS: i64 = 86_400_000;

/// A worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Worker {
    /// The account.
    pub account: AccountId,
    /// What hiring says; nothing if it has not said so yet.
    #[serde(default)]
    pub hired: Option<Hired>,
    /// Where the worker sets out from and how far; nothing until the worker says so.
    #[serde(default)]
    pub base: Option<Base>,
    /// The worker's time, in its order: slots do not overlap.
    #[serde(default)]
    pub slots: Vec<Slot>,
    /// Jobs by day, counted in days since 1970 (UTC): taken slots, also those of the last week.
    #[serde(default)]
    pub jobs: Vec<DayJobs>,
    /// How the worker's jobs ended.
    #[serde(default)]
    pub tally: Tally,
    /// How many entries the directory has of this worker.
    #[serde(default)]
    pub listed: u32,
    /// Digest of what they say.
    #[serde(default)]
    pub listing: String,
    /// When the last of them is over; nothing if there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Always [`LISTED`] with `due`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// What hiring says of a worker.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Hired {
    /// What the worker masters, and how well.
    pub skills: Skills,
    /// The epoch of the snapshot.
    pub epoch: u32,
    /// Its version.
    pub version: u64,
}

/// Where a worker sets out from, and how far and fast the worker goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Base {
    /// From where.
    pub place: Place,
    /// How far, in metres.
    pub radius_m: u32,
    /// How fast, in kilometres an hour; none if ways take no time.
    #[serde(default)]
    pub speed_kmh: Option<u32>,
}

/// A stretch of a worker's time that one job can take.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Slot {
    /// Names it: the same for the same stretch of the same worker's time.
    pub id: SlotId,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
    /// By what it is taken.
    #[serde(default)]
    pub taken: Option<Taken>,
}

/// What a slot is taken by.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Taken {
    /// The request.
    pub request: RequestId,
    /// Which attempt of it.
    pub attempt: u32,
    /// When the job begins.
    pub from: Timestamp,
    /// When it is to be finished.
    pub until: Timestamp,
    /// The offer, while the worker has not accepted it.
    #[serde(default)]
    pub offer: Option<OpenOffer>,
}

/// An offer that waits for its worker.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct OpenOffer {
    /// Names it.
    pub id: OfferId,
    /// Until when it can be accepted.
    pub accept_until: Timestamp,
}

/// So many jobs on one day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DayJobs {
    /// Days since 1970-01-01.
    pub day: i64,
    /// How many.
    pub jobs: u32,
}

/// The slot is taken, or there is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NotFree;

/// The slots that a worker wants overlap one that is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlap(pub Window);

impl Slot {
    /// This stretch of a worker's time, which is free.
    pub fn free(worker: AccountId, window: Window) -> Self {
        let Window { from, until } = window;
        let id = SlotId::from_digest(&Digest::of([worker.to_string(), from.to_string(), until.to_string()]));
        Self { id, from, until, taken: None }
    }

    /// When it is.
    pub fn window(&self) -> Window {
        Window { from: self.from, until: self.until }
    }
}

impl Worker {
    /// Somebody of whom nothing is known yet.
    pub fn unknown(account: AccountId) -> Self {
        Self {
            account,
            hired: None,
            base: None,
            slots: Vec::new(),
            jobs: Vec::new(),
            tally: Tally::default(),
            listed: 0,
            listing: String::new(),
            due: None,
            waiting: None,
        }
    }

    /// As hiring says now. `None`: as late or later a word is known.
    pub fn hired(&self, skills: Skills, Stamp { epoch, version }: Stamp) -> Option<Self> {
        let known = self.hired.as_ref().map(|hired| (hired.epoch, hired.version));
        (known < Some((epoch, version))).then(|| Self {
            hired: Some(Hired { skills, epoch, version }),
            ..self.clone()
        })
    }

    /// Free in these stretches of time from now on, and otherwise only where a slot is taken: those stay. A stretch
    /// that is taken already stays taken.
    pub fn available(&self, base: Base, windows: &[Window], now: Timestamp) -> Result<Self, Overlap> {
        let mut worker = self.tidy(now);
        worker.base = Some(base);
        worker.slots.retain(|slot| slot.taken.is_some());
        for window in windows {
            let slot = Slot::free(self.account, *window);
            if worker.slots.iter().any(|known| known.id == slot.id) {
                continue;
            }
            if worker.slots.iter().any(|known| known.window().overlaps(window)) {
                return Err(Overlap(*window));
            }
            worker.slots.push(slot);
        }
        worker.slots.sort_by_key(|slot| slot.from);
        Ok(worker)
    }

    /// With a slot taken.
    pub fn take(&self, slot: SlotId, taken: Taken, now: Timestamp) -> Result<Self, NotFree> {
        let mut worker = self.tidy(now);
        let day = day(taken.from);
        let found = worker.slots.iter_mut().find(|known| known.id == slot && known.taken.is_none());
        found.ok_or(NotFree)?.taken = Some(taken);
        match worker.jobs.iter_mut().find(|known| known.day == day) {
            Some(known) => known.jobs = known.jobs.saturating_add(1),
            None => worker.jobs.push(DayJobs { day, jobs: 1 }),
        }
        worker.jobs.sort_by_key(|known| known.day);
        Ok(worker)
    }

    /// With the slot that this attempt of a request took free again, unless it is over. `None`: it has none.
    pub fn release(&self, request: RequestId, attempt: u32, now: Timestamp) -> Option<Self> {
        let mut worker = self.clone();
        let by = |taken: &Taken| taken.request == request && taken.attempt == attempt;
        let slot = worker.slots.iter_mut().find(|slot| slot.taken.as_ref().is_some_and(by))?;
        let taken = slot.taken.take()?;
        let day = day(taken.from);
        for known in worker.jobs.iter_mut().filter(|known| known.day == day) {
            known.jobs = known.jobs.saturating_sub(1);
        }
        Some(worker.tidy(now))
    }

    /// With the offer of this attempt accepted: the slot is taken for good.
    pub fn accept(&self, request: RequestId, attempt: u32) -> Self {
        let mut worker = self.clone();
        let taken = worker.slots.iter_mut().filter_map(|slot| slot.taken.as_mut());
        for taken in taken.filter(|taken| taken.request == request && taken.attempt == attempt) {
            taken.offer = None;
        }
        worker
    }

    /// Without entries in the directory, once the last free slot is over. `None`: there is one yet, or nothing is
    /// listed.
    pub fn unlisted(&self, now: Timestamp) -> Option<Self> {
        self.due.is_some_and(|due| due <= now).then(|| self.tidy(now))
    }

    /// Without what is over: free slots, old taken ones, days that do not count any more.
    fn tidy(&self, now: Timestamp) -> Self {
        let mut worker = self.clone();
        worker.slots.retain(|slot| match slot.taken {
            Some(_) => slot.until.after(KEPT) > now,
            None => slot.until > now,
        });
        worker.jobs.retain(|known| known.jobs > 0 && known.day > day(now) - PERIOD_DAYS);
        worker
    }

    /// The stretches in which the worker is free, in their order.
    pub fn free(&self, now: Timestamp) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |slot| slot.taken.is_none() && slot.until > now)
    }

    /// The worker as decisions see one, on a town's plane; nothing as long as hiring or the worker said nothing.
    pub fn candidate(&self, town: &Town, now: Timestamp) -> Option<matching_core::Worker> {
        let (hired, base) = (self.hired.as_ref()?, self.base?);
        let slots = self.free(now).map(|slot| matching_core::Slot { id: slot.id, window: slot.window() });
        Some(matching_core::Worker {
            id: self.account,
            place: town.point(base.place),
            radius: base.radius_m,
            speed: metres_an_hour(base.speed_kmh),
            skills: hired.skills.clone(),
            rating: self.tally.rating(),
            slots: slots.collect(),
        })
    }
}

/// As the plane counts speed.
pub fn metres_an_hour(speed_kmh: Option<u32>) -> Option<NonZeroU32> {
    speed_kmh.and_then(|kmh| NonZeroU32::new(kmh.saturating_mul(1000)))
}

/// The day of a moment, in days since 1970 (UTC).
pub fn day(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(DAY_MS)
}

/// What counts for load and fairness when a job begins on this day. The past result is another item's.
pub fn facts(jobs: &[DayJobs], day: i64) -> Facts {
    let by_day: BTreeMap<i64, u32> = jobs.iter().map(|known| (known.day, known.jobs)).collect();
    Facts {
        jobs_of_day: by_day.get(&day).copied().unwrap_or(0),
        jobs_of_period: by_day.values().fold(0, |sum, jobs| sum.saturating_add(*jobs)),
        past_result: None,
    }
}
