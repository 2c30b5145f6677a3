//! Recordings of activities as devices and platforms write them: FIT, GPX and TCX, each also within gzip.
//!
//! [`read`] tells the format by what is in the bytes, never by a name. It needs no clock and no randomness, and whatever
//! bytes come in, it ends after work and memory that [`Limits`] bound. Readings stay the integers that the device wrote,
//! in the channels and scales of [`chunk_codec`]; decimals of GPX and TCX are read without a float between.
//!
//! Of a file that is damaged (an empty battery, half an upload) everything before the damage is kept, and
//! [`Activity::damage`] says what is wrong: half of somebody's ride is worth more to them than none. What has no record
//! that can be read is [`Unreadable`].
//!
//! Left out are floats, text and arrays of FIT's records, its message `hr` (a swimmer's heart rate) and the packed field
//! `compressed_speed_distance` of devices from before 2010.

mod activity;
mod columns;
mod decimal;
mod fit;
mod gzip;
mod limits;
pub mod metrics;
mod xml;

pub use activity::{Activity, Damage, Format, Pause, Stated};
pub use fit::write as write_fit;
pub use limits::{Limits, Unreadable};

use std::borrow::Cow;

/// Reads a recording.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Activity, Unreadable> {
    if bytes.len() > limits.bytes {
        return Err(Unreadable::TooLarge);
    }
    let bytes = match bytes {
        [0x1F, 0x8B, ..] => Cow::Owned(gzip::inflate(bytes, limits)?),
        _ => Cow::Borrowed(bytes),
    };
    match &bytes[..] {
        [] => Err(Unreadable::Nothing),
        [0x1F, 0x8B, ..] => Err(Unreadable::Nested),
        [b'P', b'K', 3, 4, ..] => Err(Unreadable::Archive),
        bytes if fit::is_fit(bytes) => fit::read(bytes, limits),
        bytes => xml::read(bytes, limits),
    }
}
