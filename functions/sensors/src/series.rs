//! Readings in order of time: what batches and chunks come to. Pure.
//!
//! Readings of a moment stand together in a record. A device's clock may be coarser than its sensors: where a batch
//! says something else of a channel at the same moment, that is another record, and both are kept.

use chunk_codec::{Channel, Chunk, ChunkError, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Where a record stands: its moment (milliseconds since 1970), and which one of that moment it is in its batch, from
/// 0.
type Place = (i64, u32);

/// Records in their order, and of each the readings by kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Series(BTreeMap<Place, Vec<(Kind, i64)>>);

impl Series {
    /// The records of a chunk.
    pub fn of(chunk: &Chunk) -> Self {
        let mut series = Self::default();
        series.extend(chunk);
        series
    }

    /// Adds what a batch says next. What says nothing else than its record before at the same moment completes that
    /// one, so that a record that is sent twice is one.
    pub fn push(&mut self, at: i64, readings: impl IntoIterator<Item = (Kind, i64)>) {
        let mut record = Vec::new();
        readings.into_iter().for_each(|reading| add(&mut record, reading));
        if record.is_empty() {
            return;
        }
        let number = match self.0.range_mut((at, 0)..=(at, u32::MAX)).next_back() {
            Some((_, last)) if agree(last, &record) => {
                record.into_iter().for_each(|reading| add(last, reading));
                return;
            }
            Some(((_, number), _)) => number + 1,
            None => 0,
        };
        self.0.insert((at, number), record);
    }

    /// Adds the records of a batch's next chunk.
    pub fn extend(&mut self, chunk: &Chunk) {
        for (n, at) in chunk.times().iter().enumerate() {
            let reading = |channel: &Channel| Some((channel.kind, channel.values[n]?));
            self.push(*at, chunk.channels().iter().filter_map(reading));
        }
    }

    /// Adds the records of another batch that lie in `within`. What is there already stays: the first one to say
    /// something about a moment is believed.
    pub fn merge(&mut self, batch: &Self, within: &Range<i64>) {
        for (place, record) in batch.0.range((within.start, 0)..(within.end, 0)) {
            let known = self.0.entry(*place).or_default();
            record.iter().for_each(|reading| add(known, *reading));
        }
    }

    /// The records, each with its moment.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (i64, &[(Kind, i64)])> {
        self.0.iter().map(|((at, _), record)| (*at, record.as_slice()))
    }

    /// The readings of one kind by time.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = (i64, i64)> {
        self.rows().filter_map(move |(at, record)| {
            let place = record.binary_search_by_key(&kind, |(known, _)| *known).ok()?;
            Some((at, record[place].1))
        })
    }

    /// The first and the last moment, if there is any.
    pub fn ends(&self) -> Option<(i64, i64)> {
        Some((self.0.first_key_value()?.0.0, self.0.last_key_value()?.0.0))
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many readings there are.
    pub fn readings(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// What is not in `range`.
    pub fn without(mut self, range: &Range<i64>) -> Self {
        self.0.retain(|(at, _), _| !range.contains(at));
        self
    }

    /// The kinds that have readings.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.0.values().flatten().map(|(kind, _)| *kind).collect()
    }

    /// What lies in these windows, in milliseconds from 1970 on: each with when it begins.
    pub fn windows(&self, length: i64) -> Vec<(i64, Self)> {
        let mut windows: BTreeMap<i64, Self> = BTreeMap::new();
        for ((at, number), record) in &self.0 {
            let window = windows.entry(at.div_euclid(length) * length).or_default();
            window.0.insert((*at, *number), record.clone());
        }
        windows.into_iter().collect()
    }

    /// In chunks of at most `values` values, moments counted, with all channels.
    pub fn parts(&self, values: usize) -> Result<Vec<Chunk>, ChunkError> {
        let kinds: Vec<Kind> = self.kinds().into_iter().collect();
        let rows: Vec<(i64, &[(Kind, i64)])> = self.rows().collect();
        let size = (values / (kinds.len() + 1)).max(1);
        rows.chunks(size).map(|rows| chunk(&kinds, rows)).collect()
    }
}

/// Adds a reading, unless the kind has one.
fn add(record: &mut Vec<(Kind, i64)>, (kind, value): (Kind, i64)) {
    if let Err(place) = record.binary_search_by_key(&kind, |(known, _)| *known) {
        record.insert(place, (kind, value));
    }
}

/// Whether no kind has two values in two records.
fn agree(one: &[(Kind, i64)], other: &[(Kind, i64)]) -> bool {
    other.iter().all(|(kind, value)| {
        one.binary_search_by_key(kind, |(known, _)| *known).map_or(true, |place| one[place].1 == *value)
    })
}

fn chunk(kinds: &[Kind], rows: &[(i64, &[(Kind, i64)])]) -> Result<Chunk, ChunkError> {
    let value = |row: &[(Kind, i64)], kind: Kind| {
        row.binary_search_by_key(&kind, |(known, _)| *known).ok().map(|place| row[place].1)
    };
    let channel = |kind: Kind| Channel {
        kind,
        values: rows.iter().map(|(_, row)| value(row, kind)).collect(),
    };
    let channels = kinds.iter().map(|kind| channel(*kind));
    let channels = channels.filter(|channel| channel.values.iter().any(Option::is_some)).collect();
    Chunk::new(rows.iter().map(|(at, _)| *at).collect(), channels)
}
