//! Real recordings, read as the benchmark reads them.

use chunk_codec::Chunk;

use crate::codec::check;
use crate::files::{self, cut};

const RECORDINGS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sensors/fit");

#[test]
fn every_recording_comes_back() {
    let (files, problems) = files::all(RECORDINGS).unwrap();
    assert_eq!(files.len(), 9);
    let broken = [
        "activity-settings-corruptheader: not a FIT file",
        "activity-unexpected-eof: the file ends in the middle of a message",
    ];
    assert_eq!(problems, broken);
    for file in &files {
        let chunks = cut(file, 300).unwrap();
        let (mut records, mut bytes) = (0, 0);
        for chunk in &chunks {
            records += chunk.times().len();
            bytes += check(chunk).len();
        }
        assert_eq!(records, file.activity.records.len());
        assert!(bytes < 8 * records, "{}: {bytes} bytes for {records} records", file.name);
    }
}

#[test]
fn a_whole_recording_at_once_comes_back() {
    let (files, _) = files::all(RECORDINGS).unwrap();
    let whole: Vec<Chunk> = files.iter().flat_map(|file| cut(file, 1 << 40).unwrap()).collect();
    assert_eq!(whole.len(), files.len());
    whole.iter().for_each(|chunk| drop(check(chunk)));
}

/// Whoever keeps milliseconds pays nothing for it.
#[test]
fn milliseconds_are_as_small_as_seconds() {
    let (files, _) = files::all(RECORDINGS).unwrap();
    let (mut seconds, mut milliseconds) = (0, 0);
    for chunk in files.iter().filter(|file| file.name == "sample-activity").flat_map(|file| cut(file, 900).unwrap()) {
        seconds += check(&chunk).len();
        let (times, channels) = chunk.into_parts();
        let finer = Chunk::new(times.into_iter().map(|time| time * 1000).collect(), channels).unwrap();
        milliseconds += check(&finer).len();
    }
    assert!(milliseconds < seconds + seconds / 100, "{milliseconds} and {seconds} bytes");
}
