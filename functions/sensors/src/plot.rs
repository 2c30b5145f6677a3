//! What a chart shows: its points, read from the readings or from the rollups that suit the range.

use crate::channel::Channel;
use crate::chart::Point;
use crate::rollup::{Row, Tier};
use crate::store::{readings, rows};
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

/// The stretches of a channel in a range. One that the range begins in is shown whole.
pub async fn from_rollups(
    sensors: &TableReader,
    device: DeviceId,
    channel: Channel,
    tier: Tier,
    range: &Range<i64>,
) -> Result<Vec<Point>, Error> {
    let begin = range.start.div_euclid(tier.stretch()) * tier.stretch();
    let rows = rows(sensors, device, tier, &(begin..range.end)).await?;
    let point = |(at, kinds): (i64, std::collections::BTreeMap<_, Row>)| {
        kinds.get(&channel.kind()).map(|row| Point { at, row: *row })
    };
    Ok(rows.into_iter().filter_map(point).collect())
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
