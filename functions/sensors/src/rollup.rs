//! Rollups: what the readings of a minute, an hour or a day come to, exactly, and many of them in few bytes. Pure.

use crate::channel::is_rolled_up;
use crate::series::Series;
use chunk_codec::{Channel, Chunk, Kind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// An hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds. Days are UTC's: whoever travels has no other that is the same everywhere.
pub const DAY: i64 = 24 * HOUR;

/// How long the stretches are that are summed up, and how many stand in one item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Minutes, an hour of them in an item.
    Minutes,
    /// Hours, a day of them in an item.
    Hours,
    /// Days, thirty of them in an item.
    Days,
}

impl Tier {
    /// How long a stretch is, in milliseconds.
    pub fn stretch(self) -> i64 {
        match self {
            Tier::Minutes => MINUTE,
            Tier::Hours => HOUR,
            Tier::Days => DAY,
        }
    }

    /// How much an item covers, in milliseconds.
    pub fn span(self) -> i64 {
        match self {
            Tier::Minutes => HOUR,
            Tier::Hours => DAY,
            Tier::Days => 30 * DAY,
        }
    }

    /// When the item of a moment begins.
    pub fn block(self, at: i64) -> i64 {
        at.div_euclid(self.span()) * self.span()
    }

    /// As it stands in keys.
    pub fn letter(self) -> char {
        match self {
            Tier::Minutes => 'm',
            Tier::Hours => 'h',
            Tier::Days => 'd',
        }
    }
}

/// The readings of one kind in one stretch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Row {
    /// How many, at least one.
    pub count: i64,
    /// The lowest.
    pub min: i64,
    /// The highest.
    pub max: i64,
    /// The sum of all.
    pub sum: i128,
    /// The sum of their squares.
    pub squares: i128,
    /// The one of the latest moment.
    pub last: i64,
}

/// Rows by the beginning of their stretch, in milliseconds since 1970, and by kind.
pub type Rows = BTreeMap<i64, BTreeMap<Kind, Row>>;

impl Row {
    /// One reading.
    pub fn of(value: i64) -> Self {
        let wide = i128::from(value);
        Self {
            count: 1,
            min: value,
            max: value,
            sum: wide,
            squares: wide * wide,
            last: value,
        }
    }

    /// This and what is later.
    #[must_use]
    pub fn then(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            sum: self.sum + later.sum,
            squares: self.squares + later.squares,
            last: later.last,
        }
    }

    /// As columns. Everything is relative to the lowest reading, which keeps the numbers small.
    fn columns(self) -> [i64; COLUMNS] {
        let (count, min) = (i128::from(self.count), i128::from(self.min));
        let sum = self.sum - count * min;
        let squares = self.squares - 2 * min * sum - count * min * min;
        // Sums of a day's readings fit: 8.64 million of at most 2^33 are below 2^57. Squares take two numbers.
        let (low, high) = (squares & LOW, squares >> LOW_BITS);
        [
            self.count,
            self.min,
            self.max - self.min,
            self.last - self.min,
            narrow(sum),
            narrow(low),
            narrow(high),
        ]
    }

    fn of_columns([count, min, max, last, sum, low, high]: [i64; COLUMNS]) -> Self {
        let (wide, lowest) = (i128::from(count), i128::from(min));
        let (sum, squares) = (i128::from(sum), i128::from(high) << LOW_BITS | i128::from(low));
        Self {
            count,
            min,
            max: min.wrapping_add(max),
            sum: sum + wide * lowest,
            squares: squares + 2 * lowest * sum + wide * lowest * lowest,
            last: min.wrapping_add(last),
        }
    }
}

/// How many columns a row takes.
const COLUMNS: usize = 7;
const LOW_BITS: u32 = 62;
const LOW: i128 = (1 << LOW_BITS) - 1;
/// Kinds in one chunk: their columns are its channels.
const KINDS: usize = Chunk::MAX_CHANNELS / COLUMNS;

/// What fits by the bounds of all channels.
fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The readings by minutes.
pub fn by_minutes(series: &Series) -> Rows {
    let mut rows = Rows::new();
    for (at, readings) in series.rows() {
        let stretch = rows.entry(at.div_euclid(MINUTE) * MINUTE).or_default();
        for (kind, value) in readings.iter().filter(|(kind, value)| is_rolled_up(*kind, *value)) {
            add(stretch, *kind, Row::of(*value));
        }
    }
    rows.retain(|_, stretch| !stretch.is_empty());
    rows
}

/// All rows as one.
pub fn total(rows: &Rows) -> BTreeMap<Kind, Row> {
    let mut total = BTreeMap::new();
    for (kind, row) in rows.values().flatten() {
        add(&mut total, *kind, *row);
    }
    total
}

fn add(stretch: &mut BTreeMap<Kind, Row>, kind: Kind, row: Row) {
    stretch.entry(kind).and_modify(|known| *known = known.then(row)).or_insert(row);
}

/// Rows as bytes: chunks, each behind its length (four bytes, little-endian). None at all as none.
pub fn pack(rows: &Rows) -> Result<Vec<u8>, chunk_codec::ChunkError> {
    let times: Vec<i64> = rows.keys().copied().collect();
    let kinds: BTreeSet<Kind> = rows.values().flat_map(BTreeMap::keys).copied().collect();
    let kinds: Vec<Kind> = kinds.into_iter().collect();
    let mut bytes = Vec::new();
    for kinds in kinds.chunks(KINDS) {
        let mut channels = Vec::new();
        for kind in kinds {
            let columns: Vec<_> = rows.values().map(|stretch| stretch.get(kind).map(|row| row.columns())).collect();
            for column in 0..COLUMNS {
                let values = columns.iter().map(|row| row.map(|row| row[column])).collect();
                channels.push(Channel { kind: column_kind(*kind, column), values });
            }
        }
        let chunk = chunk_codec::encode(&Chunk::new(times.clone(), channels)?);
        bytes.extend(u32::try_from(chunk.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend(chunk);
    }
    Ok(bytes)
}

/// The kind of a column: above all kinds that devices use, so that the codec takes it for nothing it knows.
fn column_kind(kind: Kind, column: usize) -> Kind {
    // The kinds of all channels are far below 256.
    Kind(FIRST_COLUMN + kind.0 * COLUMNS as u16 + column as u16)
}

const FIRST_COLUMN: u16 = 1024;

/// The rows of these bytes; `None` if they are not what [`pack`] made.
pub fn unpack(mut bytes: &[u8]) -> Option<Rows> {
    let mut rows = Rows::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (chunk, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let (times, channels) = chunk_codec::decode(chunk).ok()?.into_parts();
        for columns in channels.chunks(COLUMNS) {
            let columns: &[Channel; COLUMNS] = columns.try_into().ok()?;
            let kind = Kind(columns[0].kind.0.checked_sub(FIRST_COLUMN)? / COLUMNS as u16);
            for (n, at) in times.iter().enumerate() {
                let row = columns.each_ref().map(|column| column.values.get(n).copied().flatten());
                if let [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] = row {
                    rows.entry(*at).or_default().insert(kind, Row::of_columns([a, b, c, d, e, f, g]));
                }
            }
        }
        bytes = rest;
    }
    Some(rows)
}
