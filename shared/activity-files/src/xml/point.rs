//! A record of GPX or TCX in the channels and scales of the codec.

use super::tag::Tag;
use crate::decimal::{scaled, whole};
use chunk_codec::Kind;
use kernel::Timestamp;

/// A record that is being read.
#[derive(Default)]
pub struct Point {
    pub time: Option<i64>,
    pub readings: Vec<(Kind, i64)>,
}

impl Point {
    /// Keeps what an element says; what is no reading, or none that can be, is left out.
    pub fn keep(&mut self, tag: Tag, text: &str) {
        let reading = match tag {
            Tag::Time => {
                self.time = time(text);
                None
            }
            Tag::Latitude => position(text, 90).map(|value| (Kind::LATITUDE, value)),
            Tag::Longitude => position(text, 180).map(|value| (Kind::LONGITUDE, value)),
            Tag::Altitude => altitude(text).map(|value| (Kind::ALTITUDE, value)),
            Tag::Distance => within(scaled(text, 2), 0, 1_000_000_000).map(|value| (Kind::DISTANCE, value)),
            Tag::HeartRate | Tag::Value => within(whole(text), 1, 254).map(|value| (Kind::HEART_RATE, value)),
            Tag::Cadence => within(whole(text), 0, 254).map(|value| (Kind::CADENCE, value)),
            Tag::Speed => within(scaled(text, 3), 0, 400_000).map(|value| (Kind::SPEED, value)),
            Tag::Power => within(whole(text), 0, 10_000).map(|value| (Kind::POWER, value)),
            Tag::Temperature => within(whole(text), -100, 100).map(|value| (Kind::TEMPERATURE, value)),
            _ => None,
        };
        self.readings.extend(reading);
    }
}

fn within(value: Option<i64>, least: i64, most: i64) -> Option<i64> {
    value.filter(|value| (least..=most).contains(value))
}

/// A time in milliseconds since 1970. Without a zone it is UTC: GPX says so of all its times.
pub fn time(text: &str) -> Option<i64> {
    let read = |text: &str| text.parse::<Timestamp>().map(Timestamp::as_millis).ok();
    read(text).or_else(|| read(&format!("{text}Z")))
}

/// Degrees in semicircles: 2³¹ of them are 180°.
fn position(text: &str, most: i64) -> Option<i64> {
    const NANO: i128 = 180_000_000_000;
    let nano = within(scaled(text, 9), -most * 1_000_000_000, most * 1_000_000_000)?;
    let semicircles = ((i128::from(nano) << 32) + NANO).div_euclid(2 * NANO);
    let semicircles = i64::try_from(semicircles).ok()?;
    // 180° east is 180° west.
    Some(if semicircles == 1 << 31 { -semicircles } else { semicircles })
}

/// Metres in fifths of a metre above −500 m.
fn altitude(text: &str) -> Option<i64> {
    let millimetres = within(scaled(text, 3), -500_000, 100_000_000)?;
    Some((millimetres + 500_100) / 200)
}
