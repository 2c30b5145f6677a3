//! Business figures of jobs, with their defaults.

use crate::job::Patience;
use crate::review::Sample;
use platform::Figure;
use std::time::Duration;

/// How many minutes before its time a job may be started, and how many after it the worker has not come: `30 30`.
#[derive(Clone, Copy, Debug)]
pub struct StartMinutes;

impl Figure for StartMinutes {
    type Value = Patience;
    const NAME: &'static str = "START_MINUTES";
    const DEFAULT: &'static str = "30 30";

    fn read(text: &str) -> Result<Patience, String> {
        let numbers: Vec<u64> = text.split(' ').map(str::parse).collect::<Result<_, _>>().unwrap_or_default();
        let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
        match numbers[..] {
            [early @ 0..=720, late @ 1..=720] => Ok(Patience { early: minutes(early), late: minutes(late) }),
            _ => Err("minutes from 0 and from 1 to 720 are expected, like 30 30".to_owned()),
        }
    }
}

/// How many of a hundred completed jobs quality looks at.
#[derive(Clone, Copy, Debug)]
pub struct ReviewPercent;

impl Figure for ReviewPercent {
    type Value = Sample;
    const NAME: &'static str = "REVIEW_PERCENT";
    const DEFAULT: &'static str = "10";

    fn read(text: &str) -> Result<Sample, String> {
        let percent = text.parse().ok().filter(|percent| (0..=100).contains(percent));
        percent.map(Sample).ok_or_else(|| "a whole number from 0 to 100 is expected".to_owned())
    }
}
