//! Recordings and series: what files say as readings, and readings as what figures are made of. Pure.

use crate::series::Series;
use activity_files::{Activity as Recording, Format, Stated};
use chunk_codec::{Channel, Kind};
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
        let reading = |channel: &Channel| Some((kind(channel.kind), channel.values[n]?));
        series.push(*at, recording.channels.iter().filter_map(reading));
    }
    series
}

/// Readings as the recording that a file of them would be, from a beginning to an end.
pub fn of_series(
    series: &Series,
    (start, end): (i64, i64),
    sport: Sport,
    utc_offset_minutes: Option<i16>,
) -> Recording {
    let rows: Vec<_> = series.rows().collect();
    let value = |row: &[(Kind, i64)], kind| row.iter().find(|(known, _)| *known == kind).map(|(_, value)| *value);
    let channel = |kind| Channel {
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
        channels: series.kinds().into_iter().map(channel).collect(),
        laps: Vec::new(),
        pauses: Vec::new(),
        rr: Vec::new(),
        stated: Stated::default(),
    }
}
