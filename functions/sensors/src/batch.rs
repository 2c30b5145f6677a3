//! A batch of readings as a device sends it: checked, put in order, and cut into what is stored together. Pure.

use crate::channel::Channel;
use crate::series::Series;
use chunk_codec::Chunk;
use kernel::Timestamp;

/// How long a stored window is, in milliseconds: an hour, what is closed together. What a batch has of an hour is one
/// item: four quarters of it would cost a seventh more units, in what each item has beside its readings and in what of
/// its last unit is empty.
pub const WINDOW: i64 = 3_600_000;
/// What is as long as this is summed up at once.
const AT_ONCE: i64 = WINDOW / 2;
/// The longest batch: a day, and what a day's clock change adds.
const LONGEST: i64 = 25 * 3_600_000;
/// Before this no reading was taken: a clock that says so was never set. 2010-01-01.
const EARLIEST: i64 = 1_262_304_000_000;
/// How far a device's clock may be ahead of ours.
pub const AHEAD: i64 = 300_000;
/// Values (times counted) of one item.
const MOST_VALUES: usize = 65_536;
/// Bytes of one item's readings: those that do not compress are cut once more. An item holds 400 kB.
const MOST_BYTES: usize = 300_000;

/// Readings of a device that were checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Batch {
    series: Series,
    first: i64,
    last: i64,
}

/// Why a batch is not taken. Nothing of it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unusable {
    /// There is no reading in it.
    Empty,
    /// There are more than a batch holds.
    TooMany,
    /// It covers more than [`LONGEST`].
    TooLong,
    /// A moment lies before any device, or in the future.
    Clock(i64),
    /// No such channel.
    Channel(u16),
    /// The value of a channel at a moment cannot be true.
    Value(Channel, i64, i64),
}

/// What becomes one item.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// When its window begins, in milliseconds since 1970.
    pub window: i64,
    /// Which part of the window's readings: 0 unless they are too many for an item.
    pub part: u32,
    /// The readings.
    pub chunk: Chunk,
}

impl Batch {
    /// Checks what an app sends: every channel has a name here, and every reading can be true.
    pub fn new(series: Series, now: Timestamp) -> Result<Self, Unusable> {
        if series.readings() + series.len() > Chunk::MAX_VALUES {
            return Err(Unusable::TooMany);
        }
        let batch = Self::of_recording(series, now)?;
        if batch.last - batch.first > LONGEST {
            return Err(Unusable::TooLong);
        }
        for (at, row) in batch.series.rows() {
            for (kind, value) in row {
                let channel = Channel::of(*kind).ok_or(Unusable::Channel(kind.0))?;
                if !channel.possible().contains(value) {
                    return Err(Unusable::Value(channel, at, *value));
                }
            }
        }
        Ok(batch)
    }

    /// Checks what a file says, whose size was bounded when it was read: every reading is kept, whatever it is.
    pub fn of_recording(series: Series, now: Timestamp) -> Result<Self, Unusable> {
        let (first, last) = series.ends().ok_or(Unusable::Empty)?;
        if series.kinds().len() > Chunk::MAX_CHANNELS {
            return Err(Unusable::TooMany);
        }
        for moment in [first, last] {
            if !(EARLIEST..=now.as_millis().saturating_add(AHEAD)).contains(&moment) {
                return Err(Unusable::Clock(moment));
            }
        }
        Ok(Self { series, first, last })
    }

    /// The readings.
    pub fn series(&self) -> &Series {
        &self.series
    }

    /// The first and the last moment.
    pub fn ends(&self) -> (i64, i64) {
        (self.first, self.last)
    }

    /// Whether it is summed up at once rather than when its hour is over.
    pub fn is_bulk(&self) -> bool {
        self.last - self.first >= AT_ONCE
    }

    /// Cuts it: the same batch always into the same pieces.
    pub fn pieces(&self) -> Result<Vec<Piece>, chunk_codec::ChunkError> {
        let mut pieces = Vec::new();
        for (window, series) in self.series.windows(WINDOW) {
            let mut chunks = series.parts(MOST_VALUES)?;
            if chunks.iter().any(|chunk| chunk_codec::encode(chunk).len() > MOST_BYTES) {
                // Not even a value of ten bytes is too long then.
                chunks = series.parts(MOST_BYTES / 10)?;
            }
            for (part, chunk) in (0..).zip(chunks) {
                pieces.push(Piece { window, part, chunk });
            }
        }
        Ok(pieces)
    }
}
