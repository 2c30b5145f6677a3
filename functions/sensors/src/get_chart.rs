//! A person, or a coach whom the person lets see the readings, looks at a chart of one channel of a device.
//!
//! Called by anybody who is signed in. Whatever the range, a chart has at most 2,000 points and costs little: up to two
//! hours are drawn from the readings, what is longer from rollups of minutes, hours or days. A rollup has all readings
//! of its stretch, but an hour's are summed up ten minutes after it is over (or after they came, if later):
//! `behind_from` says from when on some may be missing. Days are UTC's.

use crate::access;
use crate::channel::Channel;
use crate::chart::{self, MOST_POINTS, TooLong};
use crate::plot::{ChartPoint, Plot, plot};
use derive::Refusal;
use kernel::{Count, DeviceId, Timestamp};
use platform::http::{self, Path, Query, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which chart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichChart {
    /// What is drawn.
    pub channel: Channel,
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last one; at most five years later.
    pub until: Timestamp,
    /// The most points; 500 if it is not given.
    #[serde(default)]
    pub points: Option<Count<3, 2000>>,
}

/// A chart of one channel.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SensorChart {
    /// What is drawn.
    pub channel: Channel,
    /// The unit of all readings.
    pub unit: &'static str,
    /// How long a point is in seconds; 0 if points are readings.
    pub stretch_s: i64,
    /// By time.
    pub points: Vec<ChartPoint>,
    /// From when on rollups may miss some readings that came already. Absent where they have all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behind_from: Option<Timestamp>,
}

/// Why there is no chart.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The range ends before it begins, or is too long.
    #[problem(422, "range-wrong", "Ask for a range that begins before it ends and is at most five years long.")]
    RangeWrong,
    /// Positions and the way since the start are not drawn over time.
    #[problem(422, "channel-not-drawn", "Ask for the readings themselves and draw a map of them, or for the speed.")]
    ChannelNotDrawn,
}

/// `GET /v1/devices/{device}/chart`
pub fn function() -> Function {
    http::get("/v1/devices/{device}/chart", get_chart).memory_mb(512)
}

/// Reads the tier that suits the range, and thins it out.
pub async fn get_chart(
    caller: SignedIn,
    Path(device): Path<DeviceId>,
    Query(query): Query<WhichChart>,
    sensors: TableReader,
) -> Result<http::Ok<SensorChart>, Failure<Refused>> {
    let device = access::visible(&sensors, caller.account, device).await?.id;
    let WhichChart { channel, from, until, points } = query;
    let range = from.as_millis()..until.as_millis();
    if range.is_empty() {
        return Err(Refused::RangeWrong.into());
    }
    if !channel.is_drawn() {
        return Err(Refused::ChannelNotDrawn.into());
    }
    let tier = chart::tier(range.end - range.start).map_err(|TooLong| Refused::RangeWrong)?;
    let Plot { tier, points: found, behind } = plot(&sensors, device, channel, tier, &range).await?;
    let body = SensorChart {
        channel,
        unit: channel.unit(),
        stretch_s: tier.map_or(0, |tier| tier.stretch() / 1000),
        points: chart::thin(found, points.map_or(500, Count::get) as usize)
            .iter()
            .map(ChartPoint::of)
            .collect::<Result<_, _>>()?,
        behind_from: behind.map(Timestamp::from_millis),
    };
    debug_assert!(body.points.len() <= MOST_POINTS);
    Ok(http::Ok { version: None, body })
}
