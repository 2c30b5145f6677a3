//! The hours of a device whose rollups are behind its readings. Pure.
//!
//! A batch writes its readings first and then sees to it that its hours stand here; who closes hours takes them out
//! first ([`Backlog::begin`]), then reads the readings, and strikes them off at last ([`Backlog::end`]). So whatever the
//! interleaving, a reading is either seen by a closing that comes to its end, or its hour still stands here.
//!
//! A mark stands for the hours that follow, too: who closes looks which of them have readings. So a session of some hours
//! is noted once, and not once an hour.
//!
//! Who erases readings holds their hours first ([`Backlog::hold`]), so that whatever is erased there is a mark that nobody
//! takes out before; then takes them out with all that is being closed ([`Backlog::begin_erased`]), and closes that.

use crate::rollup::HOUR;
use kernel::{DeviceId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

/// The index' partition of what somebody is to look at.
pub const WAITING: &str = "close";
/// How long after its end an hour is closed; what is late, that long after it came.
pub const GRACE: Duration = Duration::from_secs(600);
/// How long erasing readings takes at most: every function that does has ended by then.
const ERASING: Duration = Duration::from_secs(1000);
/// Hours that wait at most. More are told to come back: closing takes a moment.
const MOST: usize = 1000;
/// Hours that a mark stands for, its own counted.
pub const REACH: i64 = 6;
/// Marks that are closed at a time: two days at most.
const AT_A_TIME: usize = 8;

/// What is behind.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Backlog {
    /// The device.
    pub device: DeviceId,
    /// Hours to be closed.
    pub open: Vec<Mark>,
    /// Hours that somebody is closing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
    /// How many closings were begun.
    pub closings: u64,
    /// While anything is behind [`WAITING`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// While anything is behind: when to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// An hour to be closed, and what came of the [`REACH`] after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// When it begins, in hours since 1970.
    pub hour: i64,
    /// When it is to be closed.
    pub due: Timestamp,
}

/// A closing under way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Closing {
    /// Which one: only who began this one, or took it over, ends it.
    pub number: u64,
    /// The hours of its marks.
    pub hours: Vec<i64>,
    /// When it began.
    pub began: Timestamp,
}

/// Too many hours wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Full;

impl Mark {
    /// Whether it stands for any of these.
    fn reaches(&self, hours: &BTreeSet<i64>) -> bool {
        hours.range(self.reach()).next().is_some()
    }

    /// The hours that it stands for.
    fn reach(&self) -> Range<i64> {
        self.hour..self.hour + REACH
    }
}

/// When an hour is over.
fn end_of(hour: i64) -> Timestamp {
    Timestamp::from_millis((hour + 1) * HOUR)
}

/// Whether an hour is over for as long as late readings are waited for.
pub fn is_over(hour: i64, now: Timestamp) -> bool {
    end_of(hour).after(GRACE) <= now
}

impl Backlog {
    /// Nothing is behind yet.
    pub fn new(device: DeviceId) -> Self {
        Self {
            device,
            open: Vec::new(),
            closing: None,
            closings: 0,
            waiting: None,
            due: None,
        }
    }

    /// With these hours. `None`: they stand there already.
    pub fn mark(&self, hours: &BTreeSet<i64>, now: Timestamp) -> Result<Option<Self>, Full> {
        let marked = self.with(hours, now);
        match marked.open.len() {
            many if many > MOST => Err(Full),
            many if many == self.open.len() => Ok(None),
            _ => Ok(Some(marked.waits())),
        }
    }

    /// With these hours, whose marks nobody takes out while their readings are being erased. `None`: so they stand already.
    pub fn hold(&self, hours: &BTreeSet<i64>, now: Timestamp) -> Result<Option<Self>, Full> {
        let mut held = self.with(hours, now);
        for mark in held.open.iter_mut().filter(|mark| mark.reaches(hours)) {
            mark.due = mark.due.max(now.after(ERASING));
        }
        match held.open.len() {
            many if many > MOST => Err(Full),
            _ if held.open == self.open => Ok(None),
            _ => Ok(Some(held.waits())),
        }
    }

    /// With these hours, of which readings came at this moment.
    fn with(&self, hours: &BTreeSet<i64>, came: Timestamp) -> Self {
        let mut marked = self.clone();
        for hour in hours {
            if marked.open.iter().all(|mark| !mark.reach().contains(hour)) {
                marked.open.push(Mark { hour: *hour, due: end_of(*hour).max(came).after(GRACE) });
            }
        }
        marked
    }

    /// Takes out what is due, or takes over what somebody else began. `None`: there is nothing to do yet.
    pub fn begin(&self, now: Timestamp) -> Option<(Self, Closing)> {
        if let Some(closing) = &self.closing {
            return Some((self.clone(), closing.clone()));
        }
        let mut hours: Vec<i64> =
            self.open.iter().filter(|mark| mark.due <= now).map(|mark| mark.hour).take(AT_A_TIME).collect();
        hours.sort_unstable();
        if hours.is_empty() {
            return None;
        }
        let closing = Closing { number: self.closings + 1, hours, began: now };
        let mut begun = self.clone();
        begun.open.retain(|mark| !closing.hours.contains(&mark.hour));
        begun.closings = closing.number;
        begun.closing = Some(closing.clone());
        Some((begun, closing))
    }

    /// Takes out these hours, whose readings were erased, and takes over what somebody else began.
    pub fn begin_erased(&self, hours: &BTreeSet<i64>, now: Timestamp) -> (Self, Closing) {
        let (taken, open): (Vec<Mark>, Vec<Mark>) = self.open.iter().partition(|mark| mark.reaches(hours));
        let rest = hours.iter().filter(|hour| !taken.iter().any(|mark| mark.reach().contains(hour)));
        let others = self.closing.iter().flat_map(|closing| &closing.hours);
        let hours: BTreeSet<i64> = taken.iter().map(|mark| mark.hour).chain(rest.chain(others).copied()).collect();
        let closing = Closing {
            number: self.closings + 1,
            hours: hours.into_iter().collect(),
            began: now,
        };
        let begun = Self {
            open,
            closings: closing.number,
            closing: Some(closing.clone()),
            ..self.clone()
        };
        (begun.waits(), closing)
    }

    /// Strikes a closing off, but for hours that are not over. `None`: somebody else did.
    pub fn end(&self, number: u64, under_way: &BTreeSet<i64>) -> Option<Self> {
        self.closing.as_ref().filter(|closing| closing.number == number)?;
        Some(
            Self {
                closing: None,
                ..self.with(under_way, Timestamp::from_millis(0))
            }
            .waits(),
        )
    }

    /// The earliest hour that is behind, in milliseconds since 1970.
    pub fn earliest(&self) -> Option<i64> {
        let closing = self.closing.iter().flat_map(|closing| closing.hours.iter().copied());
        self.open.iter().map(|mark| mark.hour).chain(closing).min().map(|hour| hour * HOUR)
    }

    fn waits(mut self) -> Self {
        let closing = self.closing.iter().map(|closing| closing.began);
        self.due = self.open.iter().map(|mark| mark.due).chain(closing).min();
        self.waiting = self.due.map(|_| WAITING.to_owned());
        self
    }
}
