//! What is stored of a batch: the readings of one window, in one item that is never added to. Reading merges them. Pure.
//!
//! Where a batch fills its window, there is one fragment in it; what came in pieces, twice or late is as many, and of two
//! that say something about the same channel at the same moment the one that came first is believed.

use crate::batch::Piece;
use crate::series::Series;
use kernel::{BatchId, DeviceId, Timestamp};
use platform::{Blob, Error};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The readings of a batch in one window. Names are short: there are many of them, and they are paid for by length.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Fragment {
    /// The device.
    #[serde(rename = "d")]
    pub device: DeviceId,
    /// When the window begins, in milliseconds since 1970.
    #[serde(rename = "w")]
    pub window: i64,
    /// The batch.
    #[serde(rename = "b")]
    pub batch: BatchId,
    /// Which part of its readings in this window.
    #[serde(rename = "n")]
    pub part: u32,
    /// When it came, in milliseconds since 1970.
    #[serde(rename = "r")]
    pub received: i64,
    /// Fingerprint of the request.
    #[serde(rename = "f")]
    pub request: String,
    /// The readings, as the codec writes them; nothing after they were deleted.
    #[serde(rename = "c")]
    pub chunk: Blob,
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
            request: request.to_owned(),
            chunk: Blob(chunk_codec::encode(&piece.chunk)),
        }
    }

    /// Adds its readings within a range to a series.
    fn add_to(&self, series: &mut Series, within: &Range<i64>) -> Result<(), Error> {
        if !self.chunk.0.is_empty() {
            let chunk = chunk_codec::decode(&self.chunk.0).map_err(Error::broken)?;
            series.merge(&chunk, within);
        }
        Ok(())
    }

    /// Without its readings in a range: those of other moments stay as they are. `None`: it has none there.
    pub fn without(&self, range: &Range<i64>) -> Result<Option<Self>, Error> {
        let mut series = Series::default();
        self.add_to(&mut series, &(i64::MIN..i64::MAX))?;
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
pub fn merged(mut fragments: Vec<Fragment>, within: &Range<i64>) -> Result<Series, Error> {
    fragments.sort_by_key(|fragment| (fragment.received, fragment.batch, fragment.part));
    let mut series = Series::default();
    for fragment in &fragments {
        fragment.add_to(&mut series, within)?;
    }
    Ok(series)
}
