//! Quiet hours: when, by the clock on a person's wall, messages that can wait are held back. Pure.

use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, civil};
use kernel::Timestamp;
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

/// A time of day by the wall clock, in minutes, written `22:00`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TimeOfDay(u16);

/// A night has one end; a clock that is set back or forward in it adds one or two turns.
const TURNS: usize = 8;

impl QuietHours {
    /// For whom nothing else is set.
    pub const USUAL: QuietHours = QuietHours { from: TimeOfDay(22 * 60), to: TimeOfDay(8 * 60) };

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
        let end = date.to_datetime(self.to.time()?);
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

impl TimeOfDay {
    fn of(time: civil::Time) -> Self {
        Self(u16::from(time.hour().unsigned_abs()) * 60 + u16::from(time.minute().unsigned_abs()))
    }

    fn time(self) -> Option<civil::Time> {
        civil::Time::new(i8::try_from(self.0 / 60).ok()?, i8::try_from(self.0 % 60).ok()?, 0, 0).ok()
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let two_digits =
            |part: &str| (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse().ok());
        let (hours, minutes) = text.split_once(':').unwrap_or_default();
        match (two_digits(hours).flatten(), two_digits(minutes).flatten()) {
            (Some(hours @ 0u16..=23), Some(minutes @ 0u16..=59)) => Ok(Self(hours * 60 + minutes)),
            _ => Err("a time of day looks like 22:00".to_owned()),
        }
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for TimeOfDay {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeOfDay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for TimeOfDay {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "TimeOfDay".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A time of day by the wall clock.",
            "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
            "examples": ["22:00"],
        })
    }
}
