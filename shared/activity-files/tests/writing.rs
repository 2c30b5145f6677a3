//! FIT files that we write.

use crate::recording;
use activity_files::{Activity, Format, Limits, Pause, Stated, read, write_fit};
use chunk_codec::{Channel, Kind};
use kernel::Sport;
use proptest::collection::vec;
use proptest::prelude::*;

fn again(activity: &Activity) -> Activity {
    read(&write_fit(activity), &Limits::default()).expect("what was written is read")
}

/// What a file keeps of an activity: neither what its device stated nor the channels of developers.
fn kept(mut activity: Activity) -> Activity {
    activity.stated = Stated {
        timer_millis: Some(activity.moving_millis()),
        ..Stated::default()
    };
    activity.channels.retain(|channel| channel.kind.0 < 253);
    activity.damage = None;
    activity.serial = Some(activity.serial.unwrap_or(0));
    activity
}

#[test]
fn real_recordings_are_written_and_read_back() {
    for name in [
        "hrv-activity",
        "garmin-edge-500-activity",
        "activity-small-fenix2-run",
        "sample-activity-indoor-trainer",
    ] {
        let activity = kept(recording(name));
        assert_eq!(again(&activity), activity, "{name}");
    }
}

prop_compose! {
    /// An activity of whole seconds in FIT's years, with odd readings.
    fn activity()(
        start in 631_065_601_i64..2_000_000_000,
        steps in vec(0_i64..2_000, 1..60),
        sport in prop::sample::select(Sport::ALL.to_vec()),
        kinds in prop::collection::btree_set(0_u16..253, 0..12),
        offset in prop::option::of(-56_i16..=56),
        serial in 1_u64..u64::from(u32::MAX),
        rr in vec(0_u16..u16::MAX, 0..23),
        switches in prop::collection::btree_set(0_i64..80_000, 0..6),
    )(
        readings in vec(vec(prop::option::weighted(0.8, prop_oneof![0_i64..300, any::<i32>().prop_map(i64::from), i64::MIN..i64::MAX]), steps.len()), kinds.len()),
        start in Just(start), steps in Just(steps), sport in Just(sport), kinds in Just(kinds), offset in Just(offset),
        serial in Just(serial), rr in Just(rr), switches in Just(switches),
    ) -> Activity {
        let times: Vec<i64> = steps.iter().scan(start, |time, step| { *time += step; Some(*time * 1_000) }).collect();
        let ends: Vec<i64> = switches.iter().map(|after| (start + after) * 1_000).collect();
        let pauses: Vec<Pause> = ends.chunks_exact(2).map(|pair| Pause { from: pair[0], until: pair[1] }).collect();
        let end = pauses.last().map_or(0, |pause| pause.until + 1_000).max(times[times.len() - 1]);
        let channels = kinds.into_iter().zip(readings).map(|(kind, values)| Channel { kind: Kind(kind), values });
        kept(Activity {
            format: Format::Fit,
            damage: None,
            serial: Some(serial),
            sport,
            utc_offset_minutes: offset.map(|quarters| quarters * 15),
            start: start * 1_000,
            end,
            laps: vec![start * 1_000, times[times.len() / 2]],
            times,
            channels: channels.filter(|channel| channel.values.iter().any(Option::is_some)).collect(),
            pauses,
            rr,
            stated: Stated::default(),
        })
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(activity in activity()) {
        prop_assert_eq!(again(&activity), activity);
    }
}
