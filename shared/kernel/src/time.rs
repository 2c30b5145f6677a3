//! Points in time: UTC milliseconds, written RFC 3339 with milliseconds and `Z`.

use std::time::Duration;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z, in the years 0 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(jiff::Timestamp);

impl Timestamp {
    /// The point `millis` milliseconds after the epoch; what is out of range becomes the nearest end of it.
    pub fn from_millis(millis: i64) -> Self {
        let end = if millis < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        Self(jiff::Timestamp::from_millisecond(millis).unwrap_or(end))
    }

    /// Milliseconds since the epoch.
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// Whole seconds since the epoch, as tokens and time-to-live attributes count.
    pub fn as_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// This much later.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self::from_millis(self.as_millis().saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

impl std::fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let time: jiff::Timestamp =
            text.parse().map_err(|_| "a time looks like 2026-01-31T12:00:00.000Z (RFC 3339)".to_owned())?;
        Ok(Self::from_millis(time.as_millisecond()))
    }
}

impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A point in time, RFC 3339 in UTC.",
            "examples": ["2026-01-31T12:00:00.000Z"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        let time: Timestamp = "2026-01-31T15:00:00+03:00".parse().unwrap();
        assert_eq!(time.to_string(), "2026-01-31T12:00:00.000Z");
        assert_eq!(time.after(Duration::from_millis(1)).to_string(), "2026-01-31T12:00:00.001Z");
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!("2026-01-31T12:00:00".parse::<Timestamp>().is_err(), "a time without a zone is ambiguous");
    }
}
