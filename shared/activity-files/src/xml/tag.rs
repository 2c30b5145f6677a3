//! The elements of GPX and TCX that say something.

use crate::activity::Format;

/// An element, by its name without a prefix: the extensions of both formats are known under many.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tag {
    /// The root of GPX.
    Gpx,
    /// The root of TCX.
    Tcx,
    /// A track (GPX), an activity (TCX).
    Activity,
    /// A lap of TCX.
    Lap,
    /// A stretch without a pause.
    Segment,
    /// A record.
    Point,
    Time,
    Latitude,
    Longitude,
    Altitude,
    Distance,
    HeartRate,
    /// The number in TCX's heart rate.
    Value,
    Cadence,
    Speed,
    Power,
    Temperature,
    /// The sport of a GPX track.
    Type,
    Other,
}

impl Tag {
    /// The element of that name.
    pub fn of(name: &str) -> Tag {
        match name {
            "gpx" => Tag::Gpx,
            "TrainingCenterDatabase" => Tag::Tcx,
            "trk" | "Activity" => Tag::Activity,
            "Lap" => Tag::Lap,
            "trkseg" | "Track" => Tag::Segment,
            "trkpt" | "Trackpoint" => Tag::Point,
            "time" | "Time" => Tag::Time,
            "LatitudeDegrees" => Tag::Latitude,
            "LongitudeDegrees" => Tag::Longitude,
            "ele" | "AltitudeMeters" => Tag::Altitude,
            "DistanceMeters" => Tag::Distance,
            "hr" | "HeartRateBpm" => Tag::HeartRate,
            "Value" => Tag::Value,
            "cad" | "Cadence" | "RunCadence" => Tag::Cadence,
            "speed" | "Speed" => Tag::Speed,
            "power" | "Watts" | "PowerInWatts" => Tag::Power,
            "atemp" | "temp" => Tag::Temperature,
            "type" => Tag::Type,
            _ => Tag::Other,
        }
    }

    /// The format that this is the root of.
    pub fn format(self) -> Option<Format> {
        match self {
            Tag::Gpx => Some(Format::Gpx),
            Tag::Tcx => Some(Format::Tcx),
            _ => None,
        }
    }
}
