//! Files that are damaged, too much, or something else.

use crate::bytes;
use activity_files::{Damage, Limits, Unreadable, read};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use std::io::Write;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn refused(bytes: &[u8]) -> Unreadable {
    read(bytes, &Limits::default()).expect_err("it was read")
}

#[test]
fn of_a_file_that_ends_too_early_the_records_before_that_are_kept() {
    let activity = read(&bytes("activity-unexpected-eof"), &Limits::default()).unwrap();
    assert_eq!(activity.damage, Some(Damage::Broken));
    assert_eq!(activity.times.len(), 14);
}

#[test]
fn what_follows_a_recording_without_a_header_is_left_out() {
    let activity = read(&bytes("activity-settings-corruptheader"), &Limits::default()).unwrap();
    assert_eq!(activity.damage, Some(Damage::Trailing));
    assert_eq!(activity.times.len(), 14);
}

#[test]
fn a_wrong_checksum_is_told() {
    let mut file = bytes("sample-activity-indoor-trainer");
    let last = file.len() - 1;
    file[last] ^= 1;
    assert_eq!(read(&file, &Limits::default()).unwrap().damage, Some(Damage::Checksum));
}

#[test]
fn wherever_a_file_is_cut_what_is_kept_is_its_beginning() {
    let file = bytes("hrv-activity");
    let whole = read(&file, &Limits::default()).unwrap();
    for cut in (0..file.len()).step_by(997) {
        match read(&file[..cut], &Limits::default()) {
            Ok(part) => {
                assert_eq!(part.damage, Some(Damage::Broken));
                assert_eq!(part.times[..], whole.times[..part.times.len()]);
            }
            Err(problem) => assert!(
                matches!(problem, Unreadable::Nothing | Unreadable::NoRecords | Unreadable::UnknownFormat),
                "{cut}: {problem:?}"
            ),
        }
    }
}

#[test]
fn gzip_is_read_as_what_is_in_it() {
    let file = bytes("hrv-activity");
    let limits = Limits::default();
    assert_eq!(read(&gzip(&file), &limits), read(&file, &limits));
    assert_eq!(refused(&gzip(&gzip(&file))), Unreadable::Nested);
    let mut damaged = gzip(&file);
    let middle = damaged.len() / 2;
    damaged[middle] ^= 0xFF;
    assert_eq!(refused(&damaged), Unreadable::Gzip);
}

/// 40 MiB of zeros are 40 kB of gzip.
#[test]
fn a_bomb_is_not_inflated() {
    let bomb = gzip(&vec![0; 40 << 20]);
    assert!(bomb.len() < 100_000);
    assert_eq!(refused(&bomb), Unreadable::TooLarge);
}

#[test]
fn other_files_are_refused_by_what_they_are() {
    assert_eq!(refused(b""), Unreadable::Nothing);
    assert_eq!(refused(b"PK\x03\x04rest of an archive"), Unreadable::Archive);
    assert_eq!(refused(b"a,b\n1,2\n"), Unreadable::UnknownFormat);
    assert_eq!(refused(&[0xFF, 0xD8, 0xFF, 0xE0, 0, 16]), Unreadable::UnknownFormat);
    assert_eq!(refused(b"<html><body/></html>"), Unreadable::UnknownFormat);
    assert_eq!(refused(&[0xFF, 0xFE, b'<', 0, b'g', 0]), Unreadable::NotUtf8);
    assert_eq!(refused(b"<gpx><name>\xC3\x28</name></gpx>"), Unreadable::NotUtf8);
    assert_eq!(refused(b"<gpx></gpx>"), Unreadable::NoRecords);
    // A FIT file with settings: nothing but file_id, of type 2.
    let settings = b"\x0C\x10\x64\x00\x0B\x00\x00\x00.FIT\x40\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x00\x00";
    assert_eq!(refused(settings), Unreadable::NotAnActivity);
}

#[test]
fn what_is_more_than_the_limits_is_refused() {
    let file = bytes("hrv-activity");
    let default = Limits::default();
    let with = |limits| read(&file, &limits).map(|activity| activity.times.len());
    assert_eq!(with(Limits { bytes: file.len() - 1, ..default }), Err(Unreadable::TooLarge));
    assert_eq!(with(Limits { records: 1_071, ..default }), Err(Unreadable::TooManyRecords));
    assert_eq!(with(Limits { readings: 5_000, ..default }), Err(Unreadable::TooManyRecords));
    assert_eq!(with(Limits { seconds: 1_000, ..default }), Err(Unreadable::TooLong));
    assert_eq!(with(Limits { bytes: file.len(), records: 1_072, seconds: 1_072, ..default }), Ok(1_072));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_to_a_file_reading_ends_and_keeps_its_promises(
        name in prop::sample::select(vec!["hrv-activity", "sample-activity-indoor-trainer", "activity-unexpected-eof"]),
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut file = bytes(name);
        for (at, byte) in flips {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(activity) = read(&file, &Limits::default()) {
            prop_assert!(activity.times.is_sorted());
            prop_assert!(activity.start <= activity.times[0]);
            prop_assert!(activity.times[activity.times.len() - 1] <= activity.end);
            prop_assert!(activity.channels.is_sorted_by(|one, next| one.kind < next.kind));
            prop_assert!(activity.channels.iter().all(|channel| channel.values.len() == activity.times.len()));
            prop_assert!(activity.moving_millis() >= 0);
            // Nothing of it panics, however odd the readings.
            activity_files::metrics::Summary::of(&activity, &[5, 3_600], &[1_000, 42_195]);
            activity_files::write_fit(&activity);
        }
    }
}
