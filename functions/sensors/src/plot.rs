//! What a chart shows: its points, read from the readings or from the rollups that suit the range.

use crate::channel::Channel;
use crate::chart::Point;
use crate::rollup::{Row, Tier};
use crate::store::{readings, rollups};
use kernel::{DeviceId, Timestamp};
use platform::{Error, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Range;

/// What the readings of a stretch come to, exactly.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ChartPoint {
    /// When the stretch begins.
    pub at: Timestamp,
    /// How many readings.
    pub count: i64,
    /// The lowest.
    pub min: i64,
    /// The highest.
    pub max: i64,
    /// The sum of all: divided by `count`, the mean.
    pub sum: i64,
    /// The latest.
    pub last: i64,
}

/// The readings of a channel in a range, each a point.
pub async fn from_readings(
    sensors: &TableReader,
    device: DeviceId,
    channel: Channel,
    range: &Range<i64>,
) -> Result<Vec<Point>, Error> {
    let series = readings(sensors, device, range).await?;
    let possible = series.of(channel.kind()).filter(|(_, value)| channel.possible().contains(value));
    Ok(possible.map(|(at, value)| Point { at, row: Row::of(value) }).collect())
}

/// The stretches of a channel in a range, and from when on they may miss some readings that came already. One that the
/// range begins in is shown whole.
pub async fn from_rollups(
    sensors: &TableReader,
    device: DeviceId,
    channel: Channel,
    tier: Tier,
    range: &Range<i64>,
) -> Result<(Vec<Point>, Option<i64>), Error> {
    let stretch = tier.stretch();
    let whole = range.start.div_euclid(stretch) * stretch..((range.end - 1).div_euclid(stretch) + 1) * stretch;
    // What is behind is read first: what others close meanwhile is not missed.
    let days = rollups(sensors, device, Tier::Days, &whole).await?;
    let behind = days.iter().filter_map(|days| days.backlog.earliest(&whole)).min();
    let found = match tier {
        Tier::Days => days,
        Tier::Minutes | Tier::Hours => rollups(sensors, device, tier, &whole).await?,
    };
    let mut points = Vec::new();
    for rollup in found {
        let rows = rollup.rows()?.into_iter().filter(|(at, _)| whole.contains(at));
        points.extend(rows.filter_map(|(at, kinds)| Some(Point { at, row: *kinds.get(&channel.kind())? })));
    }
    Ok((points, behind))
}

impl ChartPoint {
    /// As it is shown.
    pub fn of(Point { at, row }: &Point) -> Result<Self, Error> {
        Ok(Self {
            at: Timestamp::from_millis(*at),
            count: row.count,
            min: row.min,
            max: row.max,
            sum: i64::try_from(row.sum).map_err(Error::broken)?,
            last: row.last,
        })
    }
}
