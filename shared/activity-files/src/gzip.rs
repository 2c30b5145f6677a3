//! Inflating, up to the limit: platforms hand out what devices wrote as `.fit.gz`.

use crate::limits::{Limits, Unreadable};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// The bytes that were compressed. What is damaged is refused whole: its checksum is all that vouches for it.
pub fn inflate(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Unreadable> {
    let mut inflated = Vec::new();
    let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX);
    let read = MultiGzDecoder::new(bytes).take(most.saturating_add(1)).read_to_end(&mut inflated);
    match read {
        _ if inflated.len() > limits.bytes => Err(Unreadable::TooLarge),
        Ok(_) => Ok(inflated),
        Err(_) => Err(Unreadable::Gzip),
    }
}
