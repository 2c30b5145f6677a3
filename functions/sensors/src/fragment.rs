//! What is stored of a batch: the readings of one window, in one item that is never added to. Reading merges them.
//! Pure.
//!
//! Where a batch fills its window, there is one fragment in it; what came in pieces, twice or late is as many, and of
//! two that say something about the same channel at the same moment the one that came first is believed.

use crate::batch::{Piece, WINDOW};
use crate::series::Series;
use kernel::{BatchId, DeviceId, Digest, Timestamp};
use platform::{Blob, Error, Item};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// How a batch's id begins: in a key it goes without saying.
const BATCH: &str = "bat_";
/// What a moment counts beside its values: merged, it takes as much memory as so many.
const MOMENT: usize = 4;

/// The readings of a batch in one window. What its key says is not stored again, and names are short: there are many of
/// them, and they are paid for by length.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "Row")]
pub struct Fragment {
    /// The device.
    #[serde(skip_serializing)]
    pub device: DeviceId,
    /// When the window begins, in milliseconds since 1970.
    #[serde(skip_serializing)]
    pub window: i64,
    /// The batch.
    #[serde(skip_serializing)]
    pub batch: BatchId,
    /// Which part of its readings in this window.
    #[serde(skip_serializing)]
    pub part: u32,
    /// When it came, in milliseconds since 1970.
    #[serde(rename = "r")]
    pub received: i64,
    /// What tells the request from another under the same key: [`mark_of`] its fingerprint.
    #[serde(rename = "f")]
    pub request: Blob,
    /// The readings, as the codec writes them; nothing after they were deleted.
    #[serde(rename = "c")]
    pub chunk: Blob,
}

/// A fragment as it stands in the table.
#[derive(Deserialize)]
struct Row {
    pk: DeviceId,
    sk: String,
    r: i64,
    f: Blob,
    c: Blob,
}

impl TryFrom<Row> for Fragment {
    type Error = String;

    fn try_from(Row { pk: device, sk, r: received, f: request, c: chunk }: Row) -> Result<Self, String> {
        let place = place(&sk).ok_or_else(|| format!("{sk} is no key of a fragment"))?;
        let (window, batch, part) = place;
        Ok(Self { device, window, batch, part, received, request, chunk })
    }
}

/// What a sort key says.
fn place(sk: &str) -> Option<(i64, BatchId, u32)> {
    let mut parts = sk.split('#').skip(1);
    let window = parts.next()?.parse::<i64>().ok()?.checked_mul(WINDOW)?;
    let batch = format!("{BATCH}{}", parts.next()?).parse().ok()?;
    let part = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    parts.next().is_none().then_some((window, batch, part))
}

/// The beginning of the sort keys of a window's fragments: windows are counted from 1970, in as many digits as are enough
/// until 3110. What comes after is in the last one, so that keys keep their order.
pub fn keys_of(window: i64) -> String {
    format!("{}#{:07}", Fragment::KIND, window.div_euclid(WINDOW).clamp(0, 9_999_999))
}

/// Forty bits: enough to tell a key that an app used twice, where nobody gains by passing one request for another.
fn mark_of(request: &str) -> Blob {
    Blob(Digest::of([request]).high_bits().to_be_bytes()[..5].to_vec())
}

impl Fragment {
    /// A piece of a batch that came now.
    pub fn new(device: DeviceId, batch: BatchId, request: &str, piece: &Piece, now: Timestamp) -> Self {
        Self {
            device,
            window: piece.window,
            batch,
            part: piece.part,
            received: now.as_millis(),
            request: mark_of(request),
            chunk: Blob(chunk_codec::encode(&piece.chunk)),
        }
    }

    /// Whether it is of the request with this fingerprint.
    pub fn is_of(&self, request: &str) -> bool {
        self.request == mark_of(request)
    }

    /// Its sort key: the part goes without saying where there is one.
    pub fn place(&self) -> String {
        let batch = self.batch.to_string();
        let place = format!("{}#{}", keys_of(self.window), batch.strip_prefix(BATCH).unwrap_or(&batch));
        if self.part == 0 { place } else { format!("{place}#{}", self.part) }
    }

    /// How many values it has, moments counted as [`MOMENT`].
    pub fn values(&self) -> Result<usize, Error> {
        if self.chunk.0.is_empty() {
            return Ok(0);
        }
        let header = chunk_codec::header(&self.chunk.0).map_err(Error::broken)?;
        Ok(header.records * (header.channels.len() + MOMENT))
    }

    /// Adds its readings to what the batch said before.
    fn add_to(&self, batch: &mut Series) -> Result<(), Error> {
        if !self.chunk.0.is_empty() {
            batch.extend(&chunk_codec::decode(&self.chunk.0).map_err(Error::broken)?);
        }
        Ok(())
    }

    /// Without its readings in a range: those of other moments stay as they are. `None`: it has none there.
    pub fn without(&self, range: &Range<i64>) -> Result<Option<Self>, Error> {
        let mut series = Series::default();
        self.add_to(&mut series)?;
        let before = series.len();
        let series = series.without(range);
        if series.len() == before {
            return Ok(None);
        }
        let left = series.parts(usize::MAX).map_err(Error::broken)?;
        let chunk = left.first().map(chunk_codec::encode).unwrap_or_default();
        Ok(Some(Self { chunk: Blob(chunk), ..self.clone() }))
    }
}

/// The readings of fragments within a range. Whatever order they are in, the result is the same.
pub fn merged(fragments: Vec<Fragment>, within: &Range<i64>) -> Result<Series, Error> {
    let mut batches: BTreeMap<(i64, BatchId), Vec<Fragment>> = BTreeMap::new();
    for fragment in fragments {
        batches.entry((fragment.window, fragment.batch)).or_default().push(fragment);
    }
    // A batch came when the first of its parts was stored, should another one have been stored later.
    let mut batches: Vec<Vec<Fragment>> = batches.into_values().collect();
    batches.sort_by_key(|parts| (parts.iter().map(|part| part.received).min(), parts[0].batch));
    let mut series = Series::default();
    for parts in &mut batches {
        parts.sort_by_key(|part| part.part);
        let mut batch = Series::default();
        parts.iter().try_for_each(|part| part.add_to(&mut batch))?;
        series.merge(&batch, within);
    }
    Ok(series)
}
