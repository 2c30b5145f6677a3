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

/// What is drawn.
pub struct Plot {
    /// Of which stretches; of readings where there is none.
    pub tier: Option<Tier>,
    /// In order of time.
    pub points: Vec<Point>,
    /// From when on points may miss some readings that came already, in milliseconds since 1970.
    pub behind: Option<i64>,
}

/// The points of a channel in a range: stretches of this tier, or the readings themselves, unless they are too many.
pub async fn plot(
    sensors: &TableReader,
    device: DeviceId,
    channel: Channel,
    tier: Option<Tier>,
    range: &Range<i64>,
) -> Result<Plot, Error> {
    if tier.is_none()
        && let Some(points) = from_readings(sensors, device, channel, range).await?
    {
        return Ok(Plot { tier, points, behind: None });
    }
    let tier = tier.unwrap_or(Tier::Minutes);
    let (points, behind) = from_rollups(sensors, device, channel, tier, range).await?;
    Ok(Plot { tier: Some(tier), points, behind })
}

/// The readings of a channel in a range, each a point. `None` if they are too many.
async fn from_readings(
    sensors: &TableReader,
    device: DeviceId,
    channel: Channel,
    range: &Range<i64>,
) -> Result<Option<Vec<Point>>, Error> {
    let Some(series) = readings(sensors, device, range).await? else {
        return Ok(None);
    };
    let possible = series.of_kind(channel.kind()).filter(|(_, value)| channel.possible().contains(value));
    Ok(Some(possible.map(|(at, value)| Point { at, row: Row::of(value) }).collect()))
}

/// The stretches of a channel in a range, and from when on they may miss some readings that came already. One that the
/// range begins in is shown whole.
async fn from_rollups(
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
