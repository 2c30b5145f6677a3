//! What devices measure: channels by name, with the unit of their readings and the values that are possible.

use chunk_codec::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What one reading measures. All readings are whole numbers in the device's own scale: nothing is rounded.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "SensorChannel", example = "heart-rate")]
pub enum Channel {
    /// Latitude in semicircles: 2³¹ of them are 180°.
    Latitude,
    /// Longitude in semicircles.
    Longitude,
    /// Altitude in fifths of a metre above −500 m.
    Altitude,
    /// Heart rate in beats a minute.
    HeartRate,
    /// Cadence in revolutions, or pairs of steps, a minute.
    Cadence,
    /// Distance since the start in centimetres.
    Distance,
    /// Speed in millimetres a second.
    Speed,
    /// Power in watts.
    Power,
    /// Temperature in degrees Celsius.
    Temperature,
    /// Vertical oscillation in tenths of a millimetre.
    VerticalOscillation,
    /// Ground contact time in tenths of a millisecond.
    GroundContact,
    /// The interval between the heartbeat before and this one, in milliseconds.
    RrInterval,
    /// Steps since the reading before.
    Steps,
}

/// FIT has no record field for these: above all kinds that its developers may use.
const RR_INTERVAL: Kind = Kind(20_000);
const STEPS: Kind = Kind(20_001);

/// A unit in which readings of a channel may come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unit {
    /// As a batch names it.
    pub name: &'static str,
    /// How much of the channel's own unit it is.
    factor: i64,
    /// What a reading of 0 is in the channel's own unit.
    zero: i64,
}

impl Unit {
    /// A reading in the channel's own unit. What is too large for that is too large for any channel.
    pub fn read(self, reading: i64) -> i64 {
        reading.saturating_mul(self.factor).saturating_add(self.zero)
    }
}

/// The facts of a channel.
struct Facts {
    kind: Kind,
    name: &'static str,
    unit: &'static str,
    possible: RangeInclusive<i64>,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 13] = [
        Channel::Latitude,
        Channel::Longitude,
        Channel::Altitude,
        Channel::HeartRate,
        Channel::Cadence,
        Channel::Distance,
        Channel::Speed,
        Channel::Power,
        Channel::Temperature,
        Channel::VerticalOscillation,
        Channel::GroundContact,
        Channel::RrInterval,
        Channel::Steps,
    ];

    fn facts(self) -> Facts {
        let facts = |kind, name, unit, possible| Facts { kind, name, unit, possible };
        match self {
            Channel::Latitude => facts(Kind::LATITUDE, "latitude", "semicircles", -(1 << 30)..=1 << 30),
            Channel::Longitude => facts(Kind::LONGITUDE, "longitude", "semicircles", -(1 << 31)..=1 << 31),
            Channel::Altitude => facts(Kind::ALTITUDE, "altitude", "0.2m+500m", 0..=52_500),
            Channel::HeartRate => facts(Kind::HEART_RATE, "heart-rate", "bpm", 0..=250),
            Channel::Cadence => facts(Kind::CADENCE, "cadence", "rpm", 0..=254),
            Channel::Distance => facts(Kind::DISTANCE, "distance", "cm", 0..=1_000_000_000),
            Channel::Speed => facts(Kind::SPEED, "speed", "mm/s", 0..=150_000),
            Channel::Power => facts(Kind::POWER, "power", "W", 0..=5_000),
            Channel::Temperature => facts(Kind::TEMPERATURE, "temperature", "C", -90..=90),
            Channel::VerticalOscillation => {
                facts(Kind::VERTICAL_OSCILLATION, "vertical-oscillation", "0.1mm", 0..=10_000)
            }
            Channel::GroundContact => facts(Kind::STANCE_TIME, "ground-contact", "0.1ms", 0..=50_000),
            Channel::RrInterval => facts(RR_INTERVAL, "rr-interval", "ms", 1..=65_534),
            Channel::Steps => facts(STEPS, "steps", "steps", 0..=100_000),
        }
    }

    /// As the codec knows it.
    pub fn kind(self) -> Kind {
        self.facts().kind
    }

    /// As people write it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The unit of its readings.
    pub fn unit(self) -> &'static str {
        self.facts().unit
    }

    /// The units in which a batch may have its readings: those of which every whole number is one of [`Self::unit`], too.
    pub fn units(self) -> impl Iterator<Item = Unit> {
        let own = Unit { name: self.unit(), factor: 1, zero: 0 };
        let coarser = |name, factor| Unit { name, factor, zero: 0 };
        let others = match self {
            Channel::Altitude => vec![Unit { name: "m", factor: 5, zero: 2_500 }],
            Channel::Distance => vec![coarser("m", 100)],
            Channel::Speed => vec![coarser("cm/s", 10), coarser("m/s", 1000)],
            Channel::VerticalOscillation => vec![coarser("mm", 10), coarser("cm", 100)],
            Channel::GroundContact => vec![coarser("ms", 10)],
            _ => Vec::new(),
        };
        std::iter::once(own).chain(others)
    }

    /// The readings that can be true.
    pub fn possible(self) -> RangeInclusive<i64> {
        self.facts().possible
    }

    /// Whether it says something over time: of positions, and of the way since the start, neither sums nor extremes do.
    pub fn is_drawn(self) -> bool {
        !matches!(self, Channel::Latitude | Channel::Longitude | Channel::Distance)
    }

    /// The channel of a kind, if it has a name here.
    pub fn of(kind: Kind) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.kind() == kind)
    }
}

impl std::str::FromStr for Channel {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name() == name)
            .ok_or_else(|| "no channel has this name".to_owned())
    }
}

/// Whether a reading is summed up over time. What has no name here, or cannot be true (files may hold anything), is
/// kept and not summed up.
pub fn is_rolled_up(kind: Kind, value: i64) -> bool {
    Channel::of(kind).is_some_and(|channel| channel.is_drawn() && channel.possible().contains(&value))
}
