//! What a chunk is: timestamps, channels, and the summary that can be read without them.

use std::fmt;

/// What a channel measures. Numbers below 256 are those of the fields of FIT's `record` message (FIT SDK, `Profile.xlsx`),
/// in FIT's scale; numbers from 256 are free. The codec keeps any integers of any kind; it knows the habits of some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(pub u16);

impl Kind {
    /// Latitude in semicircles (2³¹ semicircles are 180°).
    pub const LATITUDE: Kind = Kind(0);
    /// Longitude in semicircles.
    pub const LONGITUDE: Kind = Kind(1);
    /// Altitude in fifths of a metre above −500 m.
    pub const ALTITUDE: Kind = Kind(2);
    /// Heart rate in beats a minute.
    pub const HEART_RATE: Kind = Kind(3);
    /// Cadence in revolutions (or pairs of steps) a minute.
    pub const CADENCE: Kind = Kind(4);
    /// Distance since the start in centimetres.
    pub const DISTANCE: Kind = Kind(5);
    /// Speed in millimetres a second.
    pub const SPEED: Kind = Kind(6);
    /// Power in watts.
    pub const POWER: Kind = Kind(7);
    /// Grade in hundredths of a per cent.
    pub const GRADE: Kind = Kind(9);
    /// Temperature in degrees Celsius.
    pub const TEMPERATURE: Kind = Kind(13);
    /// Work since the start in joules (watts summed over seconds).
    pub const ACCUMULATED_POWER: Kind = Kind(29);
    /// Left-right balance: per cent of the right side, bit 7 says that the side is known.
    pub const BALANCE: Kind = Kind(30);
    /// Vertical oscillation in tenths of a millimetre.
    pub const VERTICAL_OSCILLATION: Kind = Kind(39);
    /// Ground contact time in tenths of a millisecond.
    pub const STANCE_TIME: Kind = Kind(41);
    /// Speed in millimetres a second, for values that 16 bits do not hold.
    pub const ENHANCED_SPEED: Kind = Kind(73);
    /// Altitude in fifths of a metre above −500 m, for values that 16 bits do not hold.
    pub const ENHANCED_ALTITUDE: Kind = Kind(78);
}

/// The readings of one kind: one value (or none) for each timestamp of the chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// What is measured.
    pub kind: Kind,
    /// The readings in the device's scale; `None` where the record has none.
    pub values: Vec<Option<i64>>,
}

/// Readings that are stored together: the records of a set of sensors over some minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    times: Vec<i64>,
    channels: Vec<Channel>,
}

impl Chunk {
    /// Readings (timestamps included) that a chunk holds at most: a day of twelve channels at 1 Hz, or a quarter of an
    /// hour of ten at 100 Hz. It bounds what decoding allocates.
    pub const MAX_VALUES: usize = 1 << 20;
    /// Channels that a chunk holds at most.
    pub const MAX_CHANNELS: usize = 64;

    /// A chunk of `times` (in the device's scale, not falling; equal ones are different records) and `channels` (in
    /// rising order of their kinds, each as long as `times`). Any unit of time does; from seconds and milliseconds the
    /// codec can tell a distance by the speed.
    pub fn new(times: Vec<i64>, channels: Vec<Channel>) -> Result<Chunk, ChunkError> {
        if channels.len() > Chunk::MAX_CHANNELS || times.len() > Chunk::MAX_VALUES / (channels.len() + 1) {
            return Err(ChunkError::TooLarge);
        }
        if !times.is_sorted() {
            return Err(ChunkError::TimesFall);
        }
        if !channels.is_sorted_by(|one, next| one.kind < next.kind) {
            return Err(ChunkError::KindsOutOfOrder);
        }
        match channels.iter().find(|channel| channel.values.len() != times.len()) {
            Some(channel) => Err(ChunkError::Length(channel.kind)),
            None => Ok(Chunk { times, channels }),
        }
    }

    /// The timestamp of each record.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    /// The channels in rising order of their kinds.
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// Gives up the timestamps and the channels.
    pub fn into_parts(self) -> (Vec<i64>, Vec<Channel>) {
        (self.times, self.channels)
    }

    /// What `header` reads of the encoded chunk.
    pub fn header(&self) -> Header {
        let ends = self.times.first().zip(self.times.last());
        Header {
            records: self.times.len(),
            times: ends.map(|(first, last)| (*first, *last)),
            channels: self
                .channels
                .iter()
                .map(|channel| (channel.kind, Summary::of(channel.values.iter().flatten())))
                .collect(),
        }
    }
}

/// What a chunk says of itself without being decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Records.
    pub records: usize,
    /// The first and the last timestamp, if there are records.
    pub times: Option<(i64, i64)>,
    /// The channels in rising order of their kinds; no summary where no record has a value.
    pub channels: Vec<(Kind, Option<Summary>)>,
}

/// The readings of one channel in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// How many records have a value, at least one.
    pub count: usize,
    /// The lowest value.
    pub min: i64,
    /// The highest value.
    pub max: i64,
    /// The sum of all values, exactly.
    pub sum: i128,
    /// The value of the first record that has one.
    pub first: i64,
    /// The value of the last record that has one.
    pub last: i64,
}

impl Summary {
    /// The summary of some values, if there are any.
    pub fn of<'a>(values: impl IntoIterator<Item = &'a i64>) -> Option<Summary> {
        let mut values = values.into_iter().copied();
        let first = values.next()?;
        let mut summary = Summary {
            count: 1,
            min: first,
            max: first,
            sum: first.into(),
            first,
            last: first,
        };
        for value in values {
            summary.count += 1;
            summary.min = summary.min.min(value);
            summary.max = summary.max.max(value);
            summary.sum += i128::from(value);
            summary.last = value;
        }
        Some(summary)
    }
}

/// Why readings are not a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChunkError {
    /// More than `Chunk::MAX_VALUES` readings or `Chunk::MAX_CHANNELS` channels: cut it by time.
    TooLarge,
    /// A timestamp lies before its predecessor: sort the records.
    TimesFall,
    /// Channels are not in rising order of their kinds, or a kind stands twice.
    KindsOutOfOrder,
    /// A channel has more or fewer values than there are timestamps.
    Length(Kind),
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChunkError::TooLarge => write!(f, "more readings than a chunk holds"),
            ChunkError::TimesFall => write!(f, "the timestamps are not in order"),
            ChunkError::KindsOutOfOrder => write!(f, "the channels are not in rising order of their kinds"),
            ChunkError::Length(kind) => write!(f, "channel {} is not as long as the timestamps", kind.0),
        }
    }
}

impl std::error::Error for ChunkError {}

/// Why bytes are not an encoded chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeError {
    /// There are no bytes.
    Empty,
    /// A version of the format that this code does not know.
    Version(u8),
    /// The bytes contradict themselves.
    Damaged,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Empty => write!(f, "no bytes"),
            DecodeError::Version(version) => write!(f, "unknown version {version} of the chunk format"),
            DecodeError::Damaged => write!(f, "the chunk is damaged"),
        }
    }
}

impl std::error::Error for DecodeError {}
