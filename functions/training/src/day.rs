//! Days and clocks on people's walls. Pure.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use kernel::{TimeOfDay, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;

/// A day of the calendar, `2026-01-31`, of the years 0 to 9999: a device's clock may be far off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// So many days later; earlier if negative. The ends of the calendar are the ends.
    #[must_use]
    pub fn plus(self, days: i64) -> Day {
        let end = if days < 0 { Date::MIN } else { Date::MAX };
        let days = days.clamp(-1_000_000, 1_000_000);
        Day(self.0.checked_add(jiff::Span::new().days(days)).unwrap_or(end))
    }

    /// How many days `self` is after `other`.
    pub fn since(self, other: Day) -> i64 {
        (self.0 - other.0).get_days().into()
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let date: Option<Date> = text.parse().ok();
        let good = date.filter(|date| date.year() >= 0 && date.to_string() == text);
        good.map(Day).ok_or_else(|| "a day looks like 2026-01-31".to_owned())
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "description": "A day.", "examples": ["2026-01-31"] })
    }
}

/// A time zone of the IANA database, under the name that the person gave.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(TimeZone);

impl Zone {
    /// The day on which `moment` lies.
    pub fn day_of(&self, moment: Timestamp) -> Day {
        Day(self.0.to_datetime(instant(moment)).date())
    }

    /// When the clock shows that time of that day. A time that the clocks skip is as much after the jump; of one that
    /// they show twice it is the first.
    pub fn moment(&self, day: Day, time: TimeOfDay) -> Timestamp {
        let moment = self.0.to_ambiguous_timestamp(day.0.to_datetime(time.time())).compatible();
        Timestamp::from_millis(moment.map_or(i64::MAX, jiff::Timestamp::as_millisecond))
    }
}

/// The day on which `moment` lies where clocks are so many minutes ahead of UTC.
pub fn day_at_offset(moment: Timestamp, minutes: i16) -> Day {
    let offset = Offset::from_seconds(i32::from(minutes) * 60).unwrap_or(Offset::UTC);
    Day(offset.to_datetime(instant(moment)).date())
}

fn instant(moment: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or(jiff::Timestamp::MAX)
}

impl TryFrom<String> for Zone {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let expected = || "a time zone of the IANA database is expected, such as Europe/Moscow".to_owned();
        let zone = TimeZone::get(&text).map_err(|_| expected())?;
        // What has no name could not be stored.
        if zone.iana_name().is_some() { Ok(Zone(zone)) } else { Err(expected()) }
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> String {
        zone.0.iana_name().unwrap_or("UTC").to_owned()
    }
}

impl JsonSchema for Zone {
    fn schema_name() -> Cow<'static, str> {
        "TrainingZone".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A time zone of the IANA database.",
            "maxLength": 64,
            "examples": ["Europe/Moscow"],
        })
    }
}

/// When somebody trains, and wants to be reminded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TrainingClock")]
pub struct Clock {
    /// Where the person is.
    pub zone: Zone,
    /// When sessions begin.
    pub at: TimeOfDay,
    /// How many minutes earlier to remind, on the same day. Absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_minutes: Option<kernel::Count<0, 1440>>,
}

impl Clock {
    /// When a session of that day begins.
    pub fn begins(&self, day: Day) -> Timestamp {
        self.zone.moment(day, self.at)
    }

    /// When to remind of it, if at all.
    pub fn reminds(&self, day: Day) -> Option<Timestamp> {
        let before = i64::from(self.remind_minutes?.get()) * 60_000;
        Some(Timestamp::from_millis(self.begins(day).as_millis() - before))
    }

    /// Whether reminders come on the days of their sessions. Earlier ones would be of a week that is not decided on.
    pub fn reminds_in_time(&self) -> bool {
        self.remind_minutes.is_none_or(|before| before.get() <= self.latest_reminder())
    }

    /// How many minutes before a session its day begins.
    pub fn latest_reminder(&self) -> u32 {
        let time = self.at.time();
        u32::from(time.hour().unsigned_abs()) * 60 + u32::from(time.minute().unsigned_abs())
    }

    /// The first moment of a day.
    pub fn midnight(&self, day: Day) -> Timestamp {
        self.zone.moment(day, TimeOfDay::hour(0))
    }
}
