//! FIT files. Format: Garmin FIT SDK, "Flexible and Interoperable Data Transfer (FIT) Protocol" and `Profile.xlsx`.
//!
//! Ours and not the crate `fitparser`, because that one applies scale and offset: it gives floats, reads all of a file
//! into memory before anything can be refused, and stops at the first error with nothing in hand.

mod crc;
mod message;
mod profile;
mod summary;
mod writer;

pub use writer::write;

use crate::activity::{Activity, Damage, Format};
use crate::columns::Recording;
use crate::limits::{Limits, Unreadable};
use message::{Input, Messages};

/// Milliseconds from 1970-01-01 to FIT's epoch, 1989-12-31.
const EPOCH: i64 = 631_065_600_000;

/// A time of a FIT file, which has 32 bits, in milliseconds since 1970.
fn millis(seconds: i64) -> i64 {
    EPOCH + seconds.clamp(0, u32::MAX.into()) * 1_000
}

/// Whether bytes begin as a FIT file does.
pub fn is_fit(bytes: &[u8]) -> bool {
    matches!(bytes, [12 | 14, protocol, _, _, _, _, _, _, b'.', b'F', b'I', b'T', ..] if *protocol < 0x30)
}

/// Reads a file, which may hold several one after the other.
pub fn read(mut bytes: &[u8], limits: &Limits) -> Result<Activity, Unreadable> {
    let mut recording = Recording::new(limits);
    let mut kind = None;
    while recording.damage.is_none() && !bytes.is_empty() {
        if !is_fit(bytes) {
            recording.damage = Some(Damage::Trailing);
            break;
        }
        let (header, rest) = bytes.split_at(usize::from(bytes[0]));
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        // A device that lost its power has not come to write the size.
        let whole = size > 0 && rest.len() >= size + 2;
        let (data, after) = if whole { rest.split_at(size) } else { (rest, &rest[..0]) };
        let mut messages = Messages::default();
        let mut input = Input { bytes: data };
        let read = messages.read(&mut input, &mut recording)?;
        kind = kind.or(messages.file_type);
        recording.damage = match (read, whole) {
            (false, _) | (_, false) => Some(Damage::Broken),
            _ if crc::of(&bytes[..header.len() + size]) != u16::from_le_bytes([after[0], after[1]]) => {
                Some(Damage::Checksum)
            }
            _ => None,
        };
        bytes = after.get(2..).unwrap_or_default();
    }
    if recording.records() == 0 && kind.is_some_and(|kind| kind != profile::ACTIVITY_FILE) {
        return Err(Unreadable::NotAnActivity);
    }
    recording.finish(Format::Fit)
}
