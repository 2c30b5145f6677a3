//! Quiet hours: when, by the clock on a person's wall, messages that can wait are held back. Pure.

use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, civil};
use kernel::{TimeOfDay, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From a time of day until another one, the next day's if it is not later. The same time twice is never.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// Their first minute.
    pub from: TimeOfDay,
    /// The first minute after them.
    pub to: TimeOfDay,
}

/// A night has one end; a clock that is set back or forward in it adds one or two turns.
const TURNS: usize = 8;

impl QuietHours {
    /// For whom nothing else is set.
    pub const USUAL: QuietHours = QuietHours { from: TimeOfDay::hour(22), to: TimeOfDay::hour(8) };

    /// If `now` is in quiet hours by the clocks of `zone`: the first moment that is not.
    pub fn end(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut end = None;
        let mut moment = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
        for _ in 0..TURNS {
            let wall = zone.to_datetime(moment);
            if !self.contains(TimeOfDay::of(wall.time())) {
                break;
            }
            moment = self.next_end(wall, moment, zone)?;
            end = Some(Timestamp::from_millis(moment.as_millisecond()));
        }
        end
    }

    fn contains(&self, time: TimeOfDay) -> bool {
        if self.from <= self.to {
            (self.from..self.to).contains(&time)
        } else {
            time >= self.from || time < self.to
        }
    }

    /// When the wall clock, which shows `wall` at `now`, comes to the end of these quiet hours.
    fn next_end(&self, wall: civil::DateTime, now: jiff::Timestamp, zone: &TimeZone) -> Option<jiff::Timestamp> {
        let over_midnight = self.to <= TimeOfDay::of(wall.time());
        let date = if over_midnight { wall.date().tomorrow().ok()? } else { wall.date() };
        let end = date.to_datetime(self.to.time());
        match zone.to_ambiguous_timestamp(end).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(end).ok(),
            // The clock jumps over it: the moment of the jump.
            AmbiguousOffset::Gap { before, .. } => {
                let after_jump = before.to_timestamp(end).ok()?.checked_add(SignedDuration::from_nanos(1)).ok()?;
                zone.preceding(after_jump).next().map(|jump| jump.timestamp())
            }
            // The clock shows it twice: the first time that is still to come.
            AmbiguousOffset::Fold { before, after } => {
                let (first, second) = (before.to_timestamp(end).ok()?, after.to_timestamp(end).ok()?);
                Some(if first > now { first } else { second })
            }
        }
    }
}
