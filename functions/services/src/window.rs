//! When a job may begin: what a client may wish for. Pure.

use kernel::Timestamp;
use platform::Figure;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A stretch of time in which a job may begin.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RequestWindow")]
pub struct Window {
    /// From when it may begin.
    pub from: Timestamp,
    /// Until when it may begin; this moment excluded.
    pub until: Timestamp,
}

/// What windows are held to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The shortest one.
    pub shortest: Duration,
    /// How far ahead one may end.
    pub ahead: Duration,
}

/// Why a window is not taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Unfit {
    /// It has begun.
    Past,
    /// It is too short.
    TooShort {
        /// How long it is at least.
        least_min: u64,
    },
    /// It is too far ahead.
    TooFar {
        /// When it may end at the latest.
        latest: Timestamp,
    },
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unfit::Past => f.write_str("Choose a time to come."),
            Unfit::TooShort { least_min } => write!(f, "Leave {least_min} minutes at least in which it may begin."),
            Unfit::TooFar { latest } => write!(f, "Choose a time before {latest}."),
        }
    }
}

impl Window {
    /// Passes if somebody may wish for this window now.
    pub fn check(&self, bounds: Bounds, now: Timestamp) -> Result<(), Unfit> {
        let latest = now.after(bounds.ahead);
        if self.from <= now {
            return Err(Unfit::Past);
        }
        if self.until < self.from.after(bounds.shortest) {
            return Err(Unfit::TooShort { least_min: bounds.shortest.as_secs() / 60 });
        }
        match self.until <= latest {
            true => Ok(()),
            false => Err(Unfit::TooFar { latest }),
        }
    }
}

/// How long a window is at least, in minutes, and how many days ahead it may end: `30 30`.
#[derive(Clone, Copy, Debug)]
pub struct RequestWindow;

impl Figure for RequestWindow {
    type Value = Bounds;
    const NAME: &'static str = "REQUEST_WINDOW";
    const DEFAULT: &'static str = "30 30";

    fn read(text: &str) -> Result<Bounds, String> {
        let numbers: Vec<u64> = text.split(' ').map(str::parse).collect::<Result<_, _>>().unwrap_or_default();
        match numbers[..] {
            [minutes @ 1..=1440, days @ 1..=365] => Ok(Bounds {
                shortest: Duration::from_secs(60 * minutes),
                ahead: Duration::from_secs(86_400 * days),
            }),
            _ => Err("minutes from 1 to 1440 and days from 1 to 365 are expected, like 30 30".to_owned()),
        }
    }
}
