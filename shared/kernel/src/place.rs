//! Where something is on Earth.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place by its coordinates (WGS 84), in units of 10⁻⁷ degrees: about a centimetre.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Latitude, north is positive.
    #[serde(deserialize_with = "latitude")]
    #[schemars(range(min = -900_000_000, max = 900_000_000))]
    pub latitude_e7: i32,
    /// Longitude, east is positive.
    #[serde(deserialize_with = "longitude")]
    #[schemars(range(min = -1_800_000_000, max = 1_800_000_000))]
    pub longitude_e7: i32,
}

fn latitude<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    within(90, i32::deserialize(deserializer)?)
}

fn longitude<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    within(180, i32::deserialize(deserializer)?)
}

fn within<E: serde::de::Error>(degrees: u32, e7: i32) -> Result<i32, E> {
    if e7.unsigned_abs() <= degrees * 10_000_000 {
        Ok(e7)
    } else {
        Err(E::custom(format_args!("{e7} is beyond {degrees} degrees, in units of 1e-7 degrees")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_on_earth_is_refused() {
        let read = |text: &str| serde_json::from_str::<Place>(text);
        let pole = read(r#"{"latitude_e7": -900000000, "longitude_e7": 1800000000}"#).unwrap();
        assert_eq!(pole, Place { latitude_e7: -900_000_000, longitude_e7: 1_800_000_000 });
        assert!(read(r#"{"latitude_e7": 900000001, "longitude_e7": 0}"#).is_err());
        assert!(read(r#"{"latitude_e7": 0, "longitude_e7": -1800000001}"#).is_err());
    }
}
