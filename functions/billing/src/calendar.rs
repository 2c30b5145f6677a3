//! The weeks of the business, by the clock on its wall. Pure.
//!
//! A week is named by the Sunday that ends it and is cut off as that Sunday begins. Its run is due three hours later:
//! by then whatever was decided before the cut-off has long been written. Both times are the wall clock's, so a week
//! in which the clocks change has 167 or 169 hours.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use kernel::Timestamp;
use platform::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The hour of the Sunday at which the week's run is due.
const RUN_HOUR: i8 = 3;

/// A week, by the Sunday that ends it: `2026-02-01`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Period(Date);

impl Period {
    /// The week after.
    #[must_use]
    pub fn next(self) -> Self {
        // The calendar ends in the year 9999.
        Self(self.0.checked_add(jiff::Span::new().days(7)).unwrap_or(self.0))
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(&self.0, f)
    }
}

impl std::str::FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let date: Option<Date> = text.parse().ok().filter(|_| text.len() == 10);
        date.filter(|date| date.weekday() == Weekday::Sunday)
            .map(Self)
            .ok_or_else(|| "a week is named by the Sunday that ends it, like 2026-02-01".to_owned())
    }
}

impl Serialize for Period {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Period {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Period".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "A week, by the Sunday that ends it.",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "examples": ["2026-01-04"],
        })
    }
}

/// The wall clock of the business.
#[derive(Clone, Debug)]
pub struct Calendar(TimeZone);

impl Calendar {
    /// The week that `moment` belongs to.
    pub fn period_of(&self, moment: Timestamp) -> Period {
        // A Sunday is the first day of the week that the next one ends.
        Period(sunday_after(self.today(moment)))
    }

    /// The last week whose run is due at `moment`.
    pub fn due_at(&self, moment: Timestamp) -> Period {
        let next = sunday_after(self.today(moment));
        let week_before = |date: Date| date.checked_sub(jiff::Span::new().days(7)).unwrap_or(date);
        let last = Period(week_before(next));
        if self.run_of(last) <= moment { last } else { Period(week_before(last.0)) }
    }

    /// When a week is cut off: what is entered from then on belongs to a later one.
    pub fn cut_off(&self, period: Period) -> Timestamp {
        self.at(period, 0)
    }

    /// When a week's run is due.
    pub fn run_of(&self, period: Period) -> Timestamp {
        self.at(period, RUN_HOUR)
    }

    /// An hour that the clocks skip is the one after the jump, an hour that they show twice the first one.
    fn at(&self, period: Period, hour: i8) -> Timestamp {
        let wall = period.0.at(hour, 0, 0, 0);
        let moment = self.0.to_ambiguous_timestamp(wall).compatible();
        Timestamp::from_millis(moment.map_or(i64::MAX, jiff::Timestamp::as_millisecond))
    }

    fn today(&self, moment: Timestamp) -> Date {
        let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or(jiff::Timestamp::MAX);
        self.0.to_datetime(moment).date()
    }
}

/// The first Sunday after a date.
fn sunday_after(date: Date) -> Date {
    let days = 7 - i64::from(date.weekday().to_sunday_zero_offset());
    date.checked_add(jiff::Span::new().days(days)).unwrap_or(date)
}

impl Figure for Calendar {
    type Value = Calendar;
    const NAME: &'static str = "BUSINESS_ZONE";
    const DEFAULT: &'static str = "Europe/Moscow";

    fn read(text: &str) -> Result<Calendar, String> {
        TimeZone::get(text).map(Calendar).map_err(|error| error.to_string())
    }
}
