//! What a recording says.

use chunk_codec::{Channel, Kind};
use kernel::Sport;

/// How a recording was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Garmin's binary format, which most devices write.
    Fit,
    /// GPS Exchange Format.
    Gpx,
    /// Training Center XML.
    Tcx,
}

/// What is wrong with a file of which a part could be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// It ends too early, or contradicts itself from somewhere on: what came before is kept.
    Broken,
    /// After the recording comes something else, which is left out.
    Trailing,
    /// All of it can be read, but its checksum is another one.
    Checksum,
}

/// A recording. Times are milliseconds since 1970-01-01 UTC.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Activity {
    /// How it was written.
    pub format: Format,
    /// What is wrong with the file, if anything.
    pub damage: Option<Damage>,
    /// The serial number of the device, if it has one.
    pub serial: Option<u64>,
    /// What it was.
    pub sport: Sport,
    /// What local clocks were ahead of UTC, in minutes, if the file says so: −840 to 840.
    pub utc_offset_minutes: Option<i16>,
    /// When it began: not after the first record.
    pub start: i64,
    /// When it ended: not before the last record.
    pub end: i64,
    /// The time of each record, not falling. Never empty.
    pub times: Vec<i64>,
    /// The readings in rising order of their kinds, each channel as long as `times`, none of them without a reading.
    pub channels: Vec<Channel>,
    /// When each lap began, in order.
    pub laps: Vec<i64>,
    /// When the clock stood still: in order, none within another, none after the end.
    pub pauses: Vec<Pause>,
    /// Intervals between heartbeats in milliseconds, in order.
    pub rr: Vec<u16>,
    /// What the device says of the whole.
    pub stated: Stated,
}

/// A stretch in which nothing counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pause {
    /// When it began.
    pub from: i64,
    /// When it ended: after it began.
    pub until: i64,
}

/// What the device itself says of an activity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Stated {
    /// Milliseconds without pauses.
    pub timer_millis: Option<i64>,
    /// Distance in centimetres.
    pub distance_cm: Option<i64>,
    /// Normalised power in watts.
    pub normalised_power: Option<i64>,
    /// Training stress score in tenths.
    pub stress_tenths: Option<i64>,
    /// The functional threshold power in watts that it goes by.
    pub threshold_power: Option<i64>,
}

impl Activity {
    /// The readings of a kind, if there are any.
    pub fn channel(&self, kind: Kind) -> Option<&[Option<i64>]> {
        let at = self.channels.binary_search_by_key(&kind, |channel| channel.kind).ok()?;
        Some(&self.channels[at].values)
    }

    /// Milliseconds from the beginning to the end.
    pub fn elapsed_millis(&self) -> i64 {
        self.end - self.start
    }

    /// The same without the pauses.
    pub fn moving_millis(&self) -> i64 {
        self.elapsed_millis() - self.pauses.iter().map(|pause| pause.until - pause.from).sum::<i64>()
    }
}
