//! Rollups: what the readings of a minute, an hour or a day come to, exactly, and many of them in few bytes. Pure.

use crate::channel::is_rolled_up;
use crate::series::Series;
use chunk_codec::{Channel, Chunk, Kind};
use platform::Error;
use std::collections::{BTreeMap, BTreeSet};

/// A minute in milliseconds.
pub const MINUTE: i64 = 60_000;
/// An hour in milliseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// A day in milliseconds. Days are UTC's: whoever travels has no other that is the same everywhere.
pub const DAY: i64 = 24 * HOUR;

/// How long the stretches are that are summed up, and how many stand in one item.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Tier {
    /// Minutes, two hours of them in an item.
    Minutes,
    /// Hours, a day of them in an item.
    Hours,
    /// Days, ten of them in an item.
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
            Tier::Minutes => 2 * HOUR,
            Tier::Hours => DAY,
            Tier::Days => 10 * DAY,
        }
    }

    /// How many stretches an item covers.
    fn rows(self) -> i64 {
        self.span() / self.stretch()
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

    /// The tier of a letter.
    pub fn of(letter: &str) -> Option<Self> {
        [Tier::Minutes, Tier::Hours, Tier::Days]
            .into_iter()
            .find(|tier| letter == tier.letter().to_string())
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

/// What is summed up of a stretch, by kind.
pub type Stretch = BTreeMap<Kind, Row>;

/// Stretches by when they begin, in milliseconds since 1970.
pub type Rows = BTreeMap<i64, Stretch>;

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

    /// As columns, most of them less what is to be expected of the others: small numbers are short. By the bounds of
    /// all channels they fit.
    fn columns(self) -> Result<[i64; COLUMNS], Error> {
        let (count, min) = (i128::from(self.count), i128::from(self.min));
        let range = i128::from(self.max) - min;
        let sum = self.sum - count * min;
        let squares = self.squares - 2 * min * sum - count * min * min;
        let (half, spread) = expected(count, range);
        let narrow = |number: i128| i64::try_from(number).map_err(Error::broken);
        Ok([
            self.count,
            self.min,
            narrow(range)?,
            narrow(i128::from(self.last) - min)?,
            narrow(sum - half)?,
            narrow(squares - of_mean(sum, count) - spread)?,
        ])
    }

    /// `None`: nothing comes to these.
    fn of_columns([count, min, range, last, sum, squares]: [i64; COLUMNS]) -> Option<Self> {
        if count < 1 {
            return None;
        }
        let (wide, lowest) = (i128::from(count), i128::from(min));
        let (half, spread) = expected(wide, range.into());
        let sum = half.wrapping_add(sum.into());
        let squares = spread.wrapping_add(of_mean(sum, wide)).wrapping_add(squares.into());
        let shifted = lowest.wrapping_mul(2).wrapping_mul(sum);
        Some(Self {
            count,
            min,
            max: min.wrapping_add(range),
            sum: sum.wrapping_add(wide.wrapping_mul(lowest)),
            squares: squares.wrapping_add(shifted).wrapping_add(wide.wrapping_mul(lowest).wrapping_mul(lowest)),
            last: min.wrapping_add(last),
        })
    }
}

/// What readings between 0 and `range` come to if they are spread evenly: their sum, and the sum of the squares of
/// their distances from the mean.
fn expected(count: i128, range: i128) -> (i128, i128) {
    let half = count.wrapping_mul(range);
    (half / 2, half.wrapping_mul(range) / 12)
}

/// The least that the squares of readings with this sum come to: that of readings which are all the same.
fn of_mean(sum: i128, count: i128) -> i128 {
    sum.wrapping_mul(sum) / count
}

/// How many columns a row takes.
const COLUMNS: usize = 6;

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
pub fn total(rows: &Rows) -> Stretch {
    let mut total = Stretch::new();
    for (kind, row) in rows.values().flatten() {
        add(&mut total, *kind, *row);
    }
    total
}

fn add(stretch: &mut Stretch, kind: Kind, row: Row) {
    stretch.entry(kind).and_modify(|known| *known = known.then(row)).or_insert(row);
}

/// Rows of an item as bytes: a chunk of the codec with a record for each row, a kind's after the other's, so that all
/// kinds teach the same models. A record's time says which row it is ([`place`]). None at all as none.
///
/// The codec codes what differs from the record before. Of what has nothing to do with the row before the running sum
/// is written, so that the difference is it.
pub fn pack(tier: Tier, begin: i64, rows: &Rows) -> Result<Vec<u8>, Error> {
    let kinds: BTreeSet<Kind> = rows.values().flat_map(BTreeMap::keys).copied().collect();
    let (mut places, mut columns): (Vec<i64>, [Vec<Option<i64>>; COLUMNS]) = Default::default();
    let (mut counts, mut sums) = (BTreeMap::new(), [0_i64; COLUMNS]);
    for kind in kinds {
        for (at, row) in rows.iter().filter_map(|(at, stretch)| Some((*at, stretch.get(&kind)?))) {
            let mut values = row.columns()?;
            values[COUNT] -= counts.insert(at, row.count).unwrap_or_default();
            for column in SUMMED {
                sums[column] = sums[column].wrapping_add(values[column]);
                values[column] = sums[column];
            }
            places.push(place(tier, begin, kind, at));
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(Some(value)));
        }
    }
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let channel = |(kind, values)| Channel { kind: Kind(kind), values };
    let channels = (FIRST_COLUMN..).zip(columns).map(channel).collect();
    Ok(chunk_codec::encode(&Chunk::new(places, channels).map_err(Error::broken)?))
}

/// The column of counts. Mostly that of another kind at the same time: what it is more is written.
const COUNT: usize = 0;
/// Columns of which the running sum is written: last, sum, squares.
const SUMMED: [usize; 3] = [3, 4, 5];
/// The kind of the first column: one that the codec takes for nothing it knows.
const FIRST_COLUMN: u16 = 1024;

/// Where a row stands among all that an item may have: a kind's after the other's, by time.
fn place(tier: Tier, begin: i64, kind: Kind, at: i64) -> i64 {
    debug_assert_eq!(tier.block(at), begin, "an item has its own rows");
    i64::from(kind.0) * tier.rows() + (at - begin) / tier.stretch()
}

/// The rows of these bytes; `None` if they are not what [`pack`] made.
pub fn unpack(tier: Tier, begin: i64, bytes: &[u8]) -> Option<Rows> {
    if bytes.is_empty() {
        return Some(Rows::new());
    }
    let (places, channels) = chunk_codec::decode(bytes).ok()?.into_parts();
    let columns: [Channel; COLUMNS] = channels.try_into().ok()?;
    let (mut rows, mut sums) = (Rows::new(), [0_i64; COLUMNS]);
    let mut counts = BTreeMap::new();
    for (n, place) in places.iter().enumerate() {
        let kind = Kind(place.div_euclid(tier.rows()).try_into().ok()?);
        let at = begin + place.rem_euclid(tier.rows()) * tier.stretch();
        let mut values = [0; COLUMNS];
        for (value, column) in values.iter_mut().zip(&columns) {
            *value = column.values.get(n).copied().flatten()?;
        }
        for column in SUMMED {
            let sum = std::mem::replace(&mut sums[column], values[column]);
            values[column] = values[column].wrapping_sub(sum);
        }
        let before = counts.get(&at).copied().unwrap_or_default();
        values[COUNT] = values[COUNT].wrapping_add(before);
        counts.insert(at, values[COUNT]);
        rows.entry(at).or_default().insert(kind, Row::of_columns(values)?);
    }
    Some(rows)
}
