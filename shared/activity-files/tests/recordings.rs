//! What is read of recordings of real devices, beside what the devices say themselves.

use crate::recording;
use activity_files::metrics::{Summary, power, stress_tenths, stretches, variability};
use activity_files::{Activity, Format};
use chunk_codec::{Chunk, Kind};
use kernel::Sport;

const RIDES: [&str; 4] = [
    "2019-02-17-062644-ELEMNT-297E-195-0",
    "Edge810-Vector-2013-08-16-15-35-10",
    "hrv-activity",
    "sample-activity-indoor-trainer",
];

/// Every recording that is whole: records, sport, what local clocks were ahead of UTC.
const ALL: [(&str, usize, Sport, Option<i16>); 9] = [
    ("20170518-191602-1740899583", 1_641, Sport::Rowing, Some(60)),
    ("2019-02-17-062644-ELEMNT-297E-195-0", 13_471, Sport::Cycling, Some(480)),
    ("Edge810-Vector-2013-08-16-15-35-10", 4_700, Sport::Cycling, None),
    ("activity-small-fenix2-run", 2_809, Sport::Running, Some(120)),
    ("garmin-edge-500-activity", 10_686, Sport::Cycling, None),
    ("garmin-fr935-cr", 7_515, Sport::Swimming, Some(60)),
    ("hrv-activity", 1_072, Sport::Cycling, Some(60)),
    ("sample-activity-indoor-trainer", 2_263, Sport::Cycling, None),
    ("sample-activity", 3_098, Sport::Cycling, None),
];

fn apart_permille(ours: i64, theirs: i64) -> i64 {
    (ours - theirs).abs() * 1_000 / theirs
}

#[test]
fn every_recording_is_read_whole() {
    for (name, records, sport, offset) in ALL {
        let activity = recording(name);
        assert_eq!(activity.format, Format::Fit, "{name}");
        assert_eq!(activity.damage, None, "{name}");
        assert_eq!((activity.times.len(), activity.sport), (records, sport), "{name}");
        assert_eq!(activity.utc_offset_minutes, offset, "{name}");
        // What is read is what the codec takes.
        assert!(Chunk::new(activity.times.clone(), activity.channels.clone()).is_ok(), "{name}");
        assert!(activity.channels.iter().all(|channel| channel.values.iter().any(Option::is_some)), "{name}");
        assert!(activity.start <= activity.times[0] && activity.times[records - 1] <= activity.end, "{name}");
    }
}

/// What the devices' clocks counted. The Fenix ends its session two seconds before its clock stops.
#[test]
fn moving_time_is_that_of_the_devices_clock() {
    for (name, ..) in ALL {
        let activity = recording(name);
        let theirs = activity.stated.timer_millis.unwrap();
        assert!(
            apart_permille(activity.moving_millis(), theirs) < 10,
            "{name}: {} {theirs}",
            activity.moving_millis()
        );
    }
}

#[test]
fn distance_is_that_of_the_device() {
    let mut compared = 0;
    for (name, ..) in ALL {
        let activity = recording(name);
        if let Some(theirs) = activity.stated.distance_cm.filter(|distance| *distance > 0) {
            let ours = Summary::of(&activity, &[], &[]).distance_cm.unwrap();
            assert!(apart_permille(ours, theirs) < 10, "{name}: {ours} {theirs}");
            compared += 1;
        }
    }
    assert!(compared >= 5, "{compared} files say how far it was");
}

/// Averages begin anew after a long pause: without that the figure of the ELEMNT, which paused 50 times, is missed by 3 %.
#[test]
fn normalised_power_and_stress_are_the_devices_within_a_hundredth() {
    for name in RIDES {
        let Activity { stated, .. } = recording(name);
        let watts = stretches(&recording(name), Kind::POWER);
        let ours = power(&watts).unwrap();
        let (tenths, theirs) = (ours.normalised_tenths.unwrap(), stated.normalised_power.unwrap());
        assert!(apart_permille(tenths.into(), theirs * 10) < 10, "{name}: {tenths} {theirs}");
        let threshold = u16::try_from(stated.threshold_power.unwrap()).unwrap();
        let stress = stress_tenths(tenths, ours.stress_seconds, threshold).unwrap();
        let theirs = stated.stress_tenths.unwrap();
        assert!(apart_permille(stress.into(), theirs) < 10, "{name}: {stress} {theirs}");
    }
}

/// The reference is `get_time_domain_features` of hrv-analysis 1.0.6 (PyPI) on the intervals that fitdecode 0.11.0 reads
/// of the same file: rmssd 98.3735221, sdnn 74.9334054, pnni_50 6.61982249 %.
#[test]
fn heart_rate_variability_is_that_of_a_published_implementation() {
    let activity = recording("hrv-activity");
    assert_eq!(activity.rr.len(), 2_705);
    let ours = variability(&activity.rr).unwrap();
    assert_eq!((ours.rmssd_us, ours.sdnn_us), (98_374, 74_933));
    assert_eq!((ours.pnn50_permille, ours.intervals), (66, 2_705));
}

#[test]
fn laps_and_pauses_are_the_devices() {
    let ride = recording("garmin-edge-500-activity");
    assert_eq!(ride.laps.len(), 9);
    assert!(!ride.pauses.is_empty());
    assert!(ride.pauses.iter().all(|pause| pause.from < pause.until && pause.until <= ride.end));
    assert!(ride.pauses.windows(2).all(|pair| pair[0].until <= pair[1].from));
    assert_eq!(recording("hrv-activity").laps.len(), 15);
}

#[test]
fn best_efforts_of_a_ride_are_in_order() {
    let ride = recording("Edge810-Vector-2013-08-16-15-35-10");
    let summary = Summary::of(&ride, &[1, 5, 60, 300, 1_200, 3_600, 7_200], &[1_000, 5_000, 10_000, 21_098, 42_195]);
    let (watts, times): (Vec<u16>, Vec<u32>) = (
        summary.best_power.iter().map(|best| best.1).collect(),
        summary.best_distance.iter().map(|best| best.1).collect(),
    );
    // Two hours are longer than the ride, a marathon is further.
    assert_eq!((watts.len(), times.len()), (6, 4));
    assert_eq!(watts[0], 619, "the highest power of a second is the device's");
    assert!(watts.is_sorted_by(|one, next| one >= next), "{watts:?}");
    assert!(times.is_sorted(), "{times:?}");
}
