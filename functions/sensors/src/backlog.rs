//! The hours of ten days whose rollups are behind the readings. Pure.
//!
//! It stands in the item that has the rollups of these days: who closes hours writes that item anyway, and strikes off
//! by the same write what it closed. Nobody looks at a mark before it is due, so a batch that has written its readings
//! and finds a mark of its hour that is not due yet need not do more: whoever comes for the mark sees them. A mark that
//! is due already may be somebody's by now: then the batch adds one, which waits for the next who looks.
//!
//! A mark stands for the hours that follow, too: who closes looks which of them have readings. So a session of some
//! hours is noted once, and not once an hour.
//!
//! Who erases readings notes their hours first, in marks of its own on which no batch relies, and strikes them off when
//! it has closed them. If it stops in between, they are closed when it cannot write any more.

use crate::rollup::{HOUR, Tier};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Duration;

/// The index' partition of what somebody is to look at.
pub const WAITING: &str = "close";
/// How long after its end an hour is closed; what is late, that long after it came.
pub const GRACE: Duration = Duration::from_secs(600);
/// A mark that is due so soon may be somebody's by the time at which a function that takes readings has ended; clocks
/// that do not quite agree are allowed for.
pub const SOON: Duration = Duration::from_secs(120);
/// How long erasing readings takes at most: every function that does has ended by then.
pub const ERASING: Duration = Duration::from_secs(1000);
/// Marks of ten days that wait at most. More are told to come back: closing takes a moment.
const MOST: usize = 1000;
/// Hours that a mark stands for, its own counted.
pub const REACH: i64 = 12;

/// What is behind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Backlog {
    /// Hours to be closed.
    #[serde(default, rename = "o", skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<Mark>,
    /// While anything is behind [`WAITING`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// While anything is behind: when to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// An hour to be closed, and what came of those after it in the same ten days ([`REACH`]).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// When it begins, in hours since 1970.
    #[serde(rename = "h")]
    pub hour: i64,
    /// When it is to be closed.
    #[serde(rename = "d")]
    pub due: Timestamp,
    /// Whether it is of somebody who erases readings of this hour.
    #[serde(default, rename = "e", skip_serializing_if = "std::ops::Not::not")]
    pub erased: bool,
}

/// Too many hours wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Full;

impl Mark {
    /// The hours that it stands for.
    pub fn reach(&self) -> Range<i64> {
        let end = Tier::Days.block(self.hour * HOUR) + Tier::Days.span();
        let hours = if self.erased { 1 } else { REACH };
        self.hour..(self.hour + hours).min(end / HOUR)
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
    /// With these hours, of which readings came. `None`: they stand there already.
    pub fn mark(&self, hours: &BTreeSet<i64>, now: Timestamp) -> Result<Option<Self>, Full> {
        let marked = self.with(hours, now, now.after(SOON));
        if marked.open.len() == self.open.len() {
            return Ok(None);
        }
        marked.unless_full().map(Some)
    }

    /// With marks of one who begins to erase readings of these hours.
    pub fn hold(&self, hours: &BTreeSet<i64>, now: Timestamp) -> Result<(Self, Vec<Mark>), Full> {
        let mark = |hour: &i64| Mark { hour: *hour, due: now.after(ERASING), erased: true };
        let marks: Vec<Mark> = hours.iter().map(mark).collect();
        let mut held = self.clone();
        held.open.extend(&marks);
        Ok((held.unless_full()?, marks))
    }

    /// The marks that are to be closed by now.
    pub fn due(&self, now: Timestamp) -> impl Iterator<Item = Mark> {
        self.open.iter().filter(move |mark| mark.due <= now).copied()
    }

    /// Without these marks, each of them once, and with the hours of which readings may still come.
    #[must_use]
    pub fn without(&self, marks: &[Mark], under_way: &BTreeSet<i64>) -> Self {
        let mut left = self.clone();
        for mark in marks {
            if let Some(at) = left.open.iter().position(|open| open == mark) {
                left.open.remove(at);
            }
        }
        let any = Timestamp::from_millis(0);
        left.with(under_way, any, any).waits()
    }

    /// With these hours, of which readings came at this moment, unless marks that are due after another one stand for
    /// them.
    fn with(&self, hours: &BTreeSet<i64>, came: Timestamp, after: Timestamp) -> Self {
        let mut marked = self.clone();
        for hour in hours {
            let stands = |mark: &Mark| !mark.erased && mark.due > after && mark.reach().contains(hour);
            if !marked.open.iter().any(stands) {
                let due = end_of(*hour).max(came).after(GRACE);
                marked.open.push(Mark { hour: *hour, due, erased: false });
            }
        }
        marked
    }

    /// When the earliest hour begins of which something is behind in a range (milliseconds since 1970, both).
    pub fn earliest(&self, range: &Range<i64>) -> Option<i64> {
        let touches = |mark: &&Mark| {
            let Range { start, end } = mark.reach();
            start * HOUR < range.end && end * HOUR > range.start
        };
        self.open.iter().filter(touches).map(|mark| mark.hour * HOUR).min()
    }

    /// The hours of a range (milliseconds since 1970) of which somebody erases readings.
    pub fn erasing(&self, range: &Range<i64>) -> impl Iterator<Item = i64> {
        let hours = range.start.div_euclid(HOUR)..=(range.end - 1).div_euclid(HOUR);
        self.open
            .iter()
            .filter(|mark| mark.erased)
            .map(|mark| mark.hour)
            .filter(move |hour| hours.contains(hour))
    }

    fn unless_full(self) -> Result<Self, Full> {
        if self.open.len() > MOST { Err(Full) } else { Ok(self.waits()) }
    }

    fn waits(mut self) -> Self {
        self.due = self.open.iter().map(|mark| mark.due).min();
        self.waiting = self.due.map(|_| WAITING.to_owned());
        self
    }
}
