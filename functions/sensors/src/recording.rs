//! Recordings and series: what files say as readings, and readings as what figures are made of. Pure.

use crate::channel::Channel;
use crate::series::Series;
use activity_files::{Activity as Recording, Format, Stated};
use chunk_codec::{Channel as Column, Kind};
use kernel::Sport;

/// The readings of a recording. What devices write of speed and altitude where 16 bits do not hold them is in the same
/// scale, and stands under the same name here.
pub fn series_of(recording: &Recording) -> Series {
    let kind = |kind: Kind| match kind {
        Kind::ENHANCED_SPEED => Kind::SPEED,
        Kind::ENHANCED_ALTITUDE => Kind::ALTITUDE,
        kind => kind,
    };
    let mut series = Series::default();
    for (n, at) in recording.times.iter().enumerate() {
        let reading = |channel: &Column| Some((kind(channel.kind), channel.values[n]?));
        series.push(*at, recording.channels.iter().filter_map(reading));
    }
    for (at, interval) in beats(recording) {
        series.push(at, [(Channel::RrInterval.kind(), interval.into())]);
    }
    series
}

/// The intervals between heartbeats, of which files tell the order and not the moments: each where those before it add
/// up to, one after the other, and all of them before the end.
fn beats(recording: &Recording) -> impl Iterator<Item = (i64, u16)> {
    let count = i64::try_from(recording.rr.len()).unwrap_or(i64::MAX);
    let mut at = recording.start;
    (1..).zip(&recording.rr).map(move |(n, interval)| {
        at += i64::from(*interval).max(1);
        let last = recording.end - (count - n);
        (at.min(last).max(recording.start), *interval)
    })
}

/// Readings as the recording that a file of them would be, from a beginning to an end.
pub fn of_series(
    series: &Series,
    (start, end): (i64, i64),
    sport: Sport,
    utc_offset_minutes: Option<i16>,
) -> Recording {
    let beat = Channel::RrInterval.kind();
    let rows: Vec<_> = series.rows().filter(|(_, row)| row.iter().any(|(kind, _)| *kind != beat)).collect();
    let value = |row: &[(Kind, i64)], kind| row.iter().find(|(known, _)| *known == kind).map(|(_, value)| *value);
    let channel = |kind| Column {
        kind,
        values: rows.iter().map(|(_, row)| value(row, kind)).collect(),
    };
    Recording {
        // What it would be written as.
        format: Format::Fit,
        damage: None,
        serial: None,
        sport,
        utc_offset_minutes,
        start,
        end,
        times: rows.iter().map(|(at, _)| *at).collect(),
        channels: series.kinds().into_iter().filter(|kind| *kind != beat).map(channel).collect(),
        laps: Vec::new(),
        pauses: Vec::new(),
        rr: series.of_kind(beat).filter_map(|(_, interval)| u16::try_from(interval).ok()).collect(),
        stated: Stated::default(),
    }
}
