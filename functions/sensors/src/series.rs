//! Readings in order of time, each channel at most once a moment: what batches and chunks come to. Pure.

use chunk_codec::{Channel, Chunk, ChunkError, Kind};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Readings by time (milliseconds since 1970), and of one time by kind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Series(BTreeMap<i64, Vec<(Kind, i64)>>);

impl Series {
    /// Adds a reading. What is there already stays: the first one to say something about a moment is believed.
    pub fn insert(&mut self, at: i64, kind: Kind, value: i64) {
        let row = self.0.entry(at).or_default();
        if let Err(place) = row.binary_search_by_key(&kind, |(known, _)| *known) {
            row.insert(place, (kind, value));
        }
    }

    /// Adds the readings of a chunk that lie in `within`.
    pub fn merge(&mut self, chunk: &Chunk, within: &Range<i64>) {
        for channel in chunk.channels() {
            for (at, value) in chunk.times().iter().zip(&channel.values) {
                if let (Some(value), true) = (value, within.contains(at)) {
                    self.insert(*at, channel.kind, *value);
                }
            }
        }
    }

    /// The readings by time.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (i64, &[(Kind, i64)])> {
        self.0.iter().map(|(at, row)| (*at, row.as_slice()))
    }

    /// The readings of one kind by time.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (i64, i64)> {
        self.rows().filter_map(move |(at, row)| {
            let place = row.binary_search_by_key(&kind, |(known, _)| *known).ok()?;
            Some((at, row[place].1))
        })
    }

    /// The first and the last moment, if there is any.
    pub fn ends(&self) -> Option<(i64, i64)> {
        Some((*self.0.first_key_value()?.0, *self.0.last_key_value()?.0))
    }

    /// How many moments there are.
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
        self.0.retain(|at, _| !range.contains(at));
        self
    }

    /// The kinds that have readings.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.0.values().flatten().map(|(kind, _)| *kind).collect()
    }

    /// Moments `from` (by count) and as many after it as a chunk of at most `values` values holds, with all channels.
    pub fn parts(&self, values: usize) -> Result<Vec<Chunk>, ChunkError> {
        let kinds: Vec<Kind> = self.kinds().into_iter().collect();
        let rows: Vec<(i64, &[(Kind, i64)])> = self.rows().collect();
        let size = (values / (kinds.len() + 1)).max(1);
        rows.chunks(size).map(|rows| chunk(&kinds, rows)).collect()
    }
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
