//! All of it at once: what is told of an activity.

use super::effort::{best_distances, best_powers, distance_cm};
use super::heart::{HeartRates, Variability, heart_rates, variability};
use super::power::{Power, power};
use super::series::stretches;
use crate::activity::Activity;
use chunk_codec::Kind;

/// The figures of an activity for which nothing need be known of the person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Summary {
    /// Seconds from its beginning to its end.
    pub elapsed_seconds: u32,
    /// The same without pauses.
    pub moving_seconds: u32,
    /// The way in centimetres.
    pub distance_cm: Option<i64>,
    /// Power, if it was measured.
    pub power: Option<Power>,
    /// Heart rates.
    pub heart_rates: HeartRates,
    /// Heart rate variability, if intervals were recorded.
    pub variability: Option<Variability>,
    /// The highest mean power over so many seconds, in watts.
    pub best_power: Vec<(u32, u16)>,
    /// The shortest time for so many metres, in seconds, rounded up.
    pub best_distance: Vec<(u32, u32)>,
}

impl Summary {
    /// The figures of `activity`, with best efforts over these seconds and these metres.
    pub fn of(activity: &Activity, seconds: &[u32], metres: &[u32]) -> Summary {
        let watts = stretches(activity, Kind::POWER);
        let whole = |millis: i64| u32::try_from(millis.max(0) / 1_000).unwrap_or(u32::MAX);
        let rounded_up = |millis: i64| u32::try_from((millis + 999) / 1_000).unwrap_or(u32::MAX);
        let efforts = best_distances(activity, metres);
        Summary {
            elapsed_seconds: whole(activity.elapsed_millis()),
            moving_seconds: whole(activity.moving_millis()),
            distance_cm: distance_cm(activity),
            power: power(&watts),
            heart_rates: heart_rates(&stretches(activity, Kind::HEART_RATE)),
            variability: variability(&activity.rr),
            best_power: best_powers(&watts, seconds),
            best_distance: efforts.into_iter().map(|(metres, millis)| (metres, rounded_up(millis))).collect(),
        }
    }
}
