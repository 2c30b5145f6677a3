//! Best efforts: the most power over a time, the least time for a distance. Pauses count in both, as they do in a race.

use super::series::Stretch;
use crate::activity::Activity;
use chunk_codec::Kind;

/// A step of a distance that is faster than this (in centimetres a second, 360 km/h) is a lost signal, not an effort.
const FASTEST: i64 = 10_000;
/// Mean radius of the earth in centimetres.
const EARTH: f64 = 637_100_880.0;

/// The highest mean power in watts, rounded down, over each of these many seconds for which there are readings at both
/// ends. A second without a reading is one without power: a pause must not help.
pub fn best_powers(stretches: &[Stretch], windows: &[u32]) -> Vec<(u32, u16)> {
    let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
        return Vec::new();
    };
    let end = last.from + i64::try_from(last.values.len()).unwrap_or(0);
    let length = usize::try_from(end - first.from).unwrap_or(0);
    // Work from the beginning to each second.
    let mut work: Vec<u64> = Vec::with_capacity(length + 1);
    work.push(0);
    let mut so_far = 0_u64;
    for stretch in stretches {
        let before = usize::try_from(stretch.from - first.from).unwrap_or(0) + 1;
        work.resize(before.max(work.len()), so_far);
        for value in &stretch.values {
            so_far += u64::try_from(*value).unwrap_or(0);
            work.push(so_far);
        }
    }
    let best = |seconds: u32| {
        let window = usize::try_from(seconds).ok().filter(|window| *window > 0)?;
        let most = (window..work.len()).map(|at| work[at] - work[at - window]).max()?;
        Some((seconds, u16::try_from(most / u64::from(seconds)).unwrap_or(u16::MAX)))
    };
    windows.iter().filter_map(|seconds| best(*seconds)).collect()
}

/// The way since the beginning at each record, in centimetres, not falling: as the device counts it, else along the
/// positions. Empty if there is neither.
fn way(activity: &Activity) -> Vec<(i64, i64)> {
    let mut way: Vec<(i64, i64)> = Vec::new();
    let mut go = |time: i64, step: i64| {
        let (before, so_far) = way.last().copied().unwrap_or((time, 0));
        let real = step > 0 && step.saturating_mul(1_000) <= (time - before).saturating_mul(FASTEST);
        way.push((time, so_far + if real { step } else { 0 }));
    };
    if let Some(distances) = activity.channel(Kind::DISTANCE) {
        let mut last = None;
        for (time, distance) in activity.times.iter().zip(distances) {
            if let Some(distance) = distance {
                // A counter that fell began anew.
                go(*time, distance.saturating_sub(last.unwrap_or(*distance)));
                last = Some(*distance);
            }
        }
    } else if let (Some(latitudes), Some(longitudes)) =
        (activity.channel(Kind::LATITUDE), activity.channel(Kind::LONGITUDE))
    {
        let mut last = None;
        for ((time, latitude), longitude) in activity.times.iter().zip(latitudes).zip(longitudes) {
            if let (Some(latitude), Some(longitude)) = (latitude, longitude) {
                let here = (radians(*latitude), radians(*longitude));
                go(*time, last.map_or(0, |last| apart(last, here)));
                last = Some(here);
            }
        }
    }
    way
}

/// The whole way in centimetres; none if it was not measured.
pub fn distance_cm(activity: &Activity) -> Option<i64> {
    way(activity).last().map(|(_, way)| *way)
}

/// The shortest time in milliseconds for each of these distances in metres that the way is long enough for.
pub fn best_distances(activity: &Activity, metres: &[u32]) -> Vec<(u32, i64)> {
    let way = way(activity);
    metres
        .iter()
        .filter_map(|metres| Some((*metres, fastest(&way, i64::from(*metres) * 100)?)))
        .collect()
}

/// Between two records one goes at an even pace: an effort ends (or begins) between them.
fn fastest(way: &[(i64, i64)], distance: i64) -> Option<i64> {
    let mut best: Option<i64> = None;
    let mut from = 0;
    for (at, (time, here)) in way.iter().enumerate() {
        // The last record from which it is still far enough.
        while from < at && here - way[from + 1].1 >= distance {
            from += 1;
        }
        let (began, there) = way[from];
        let over = here - there - distance;
        if over < 0 {
            continue;
        }
        let (after, step) = way.get(from + 1).map_or((began, 0), |(after, next)| (after - began, next - there));
        let saved = if step > 0 { i128::from(over) * i128::from(after) / i128::from(step) } else { 0 };
        let took = time - began - i64::try_from(saved).unwrap_or(0);
        best = Some(best.map_or(took, |best| best.min(took)));
    }
    best.filter(|took| *took > 0)
}

fn radians(semicircles: i64) -> f64 {
    semicircles as f64 * std::f64::consts::PI / 2_147_483_648.0
}

/// The way between two positions along a great circle (haversine), in centimetres.
fn apart((latitude, longitude): (f64, f64), (to_latitude, to_longitude): (f64, f64)) -> i64 {
    let half = |from: f64, to: f64| ((to - from) / 2.0).sin().powi(2);
    let chord = half(latitude, to_latitude) + latitude.cos() * to_latitude.cos() * half(longitude, to_longitude);
    (2.0 * EARTH * chord.min(1.0).sqrt().asin()).round() as i64
}
