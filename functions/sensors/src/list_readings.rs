//! A person, or a coach whom the person lets see the readings, reads a device's readings exactly as they came.
//!
//! Called by anybody who is signed in. In pages by time, as JSON or, for taking along, as CSV (`Accept: text/csv`): a
//! page says where to go on, and a range may be as long as it likes. All sheets have the same columns, so that pages
//! join: one for each channel that has a name, and one for what has none. What was deleted is gone.

use crate::access;
use crate::batch::WINDOW;
use crate::channel::Channel;
use crate::fragment::merged;
use crate::series::Series;
use crate::store::fragments;
use derive::Refusal;
use kernel::{Count, Cursor, DeviceId, Timestamp, csv};
use platform::http::{self, Path, Query, Sheet, SignedIn, WantsCsv};
use platform::{Error, Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;

/// How many pages of items one request reads at most: 20 MB, and what the codec makes of them.
const PAGES: usize = 20;

/// Which readings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichReadings {
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last one.
    pub until: Timestamp,
    /// The most rows on a page, but for those of one moment; 5,000 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 20_000>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// Readings by time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadingsPage {
    /// What stands in each row, after its moment.
    pub channels: Vec<String>,
    /// Milliseconds since 1970, then a reading of each channel, or null. A moment has several rows where the device said so.
    pub rows: Vec<Vec<Option<i64>>>,
    /// Where the next page begins. Absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// Why there is no page.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The cursor is no place in this range.
    #[problem(422, "cursor-wrong", "Send the `next` of a page of this very range.")]
    CursorWrong,
}

/// `GET /v1/devices/{device}/readings`
pub fn function() -> Function {
    http::get("/v1/devices/{device}/readings", list_readings).memory_mb(512)
}

/// Reads one page.
pub async fn list_readings(
    caller: SignedIn,
    Path(device): Path<DeviceId>,
    Query(query): Query<WhichReadings>,
    WantsCsv(csv): WantsCsv,
    sensors: TableReader,
) -> Result<Sheet<ReadingsPage>, Failure<Refused>> {
    let device = access::visible(&sensors, caller.account, device).await?;
    let limit = query.limit.map_or(5000, Count::get) as usize;
    let range = rest(&query)?;
    let (series, read_until) = read(&sensors, device.id, &range, limit).await?;
    let page = page(&series, limit, read_until.filter(|until| *until < range.end))?;
    Ok(match csv {
        true => Sheet::Csv { text: sheet(&page), next: page.next },
        false => Sheet::Json(page),
    })
}

/// A page as CSV: the moment, each channel with a name, and what has none as `kind-7=1 kind-9=2`.
fn sheet(page: &ReadingsPage) -> String {
    let named = Channel::ALL.map(Channel::name);
    let mut text = String::new();
    csv::write_line(&mut text, ["time"].into_iter().chain(named).chain(["other"]));
    for row in &page.rows {
        let [Some(at), readings @ ..] = row.as_slice() else {
            continue;
        };
        let said = || page.channels.iter().zip(readings).filter_map(|(name, value)| Some((name.as_str(), (*value)?)));
        let cell = |name| said().find(|(known, _)| *known == name).map(|(_, value)| value.to_string());
        let other = said().filter(|(name, _)| !named.contains(name)).map(|(name, value)| format!("{name}={value}"));
        let other = other.collect::<Vec<_>>().join(" ");
        let cells = named.map(|name| cell(name).unwrap_or_default());
        csv::write_line(&mut text, [Timestamp::from_millis(*at).to_string()].into_iter().chain(cells).chain([other]));
    }
    text
}

/// What is left of the range after the pages before.
fn rest(query: &WhichReadings) -> Result<Range<i64>, Refused> {
    let range = query.from.as_millis()..query.until.as_millis();
    let Some(cursor) = &query.cursor else { return Ok(range) };
    let begin = cursor.as_str().parse().ok().filter(|begin| range.contains(begin));
    begin.map(|begin| begin..range.end).ok_or(Refused::CursorWrong)
}

/// The readings from the beginning of `range` on, about `limit` records if there are so many; and until when they are
/// all of them, unless that is the end of the range.
async fn read(
    sensors: &TableReader,
    device: DeviceId,
    range: &Range<i64>,
    limit: usize,
) -> Result<(Series, Option<i64>), Error> {
    if range.is_empty() {
        return Ok((Series::default(), None));
    }
    let (mut found, mut cursor, mut far) = (Vec::new(), None, None);
    for _ in 0..PAGES {
        let page = fragments(sensors, device, range, cursor.as_ref()).await?;
        found.extend(page.items.into_iter().map(|fragment| fragment.value));
        cursor = page.next;
        // What shares a moment with what was not read yet stands in the last windows.
        let whole = cursor.as_ref().and(found.last()).map(|last| last.window.div_euclid(WINDOW) * WINDOW);
        let whole = whole.map(|whole| whole.min(range.end));
        let series = merged(found.clone(), &(range.start..whole.unwrap_or(range.end).max(range.start)))?;
        let Some(end) = whole else { return Ok((series, None)) };
        if series.len() > limit {
            return Ok((series, whole));
        }
        if end > range.start {
            far = Some((series, whole));
        }
    }
    // A page may be shorter than was asked for, and not the last one.
    far.ok_or_else(|| Error::unavailable(format!("{device} has very many fragments in an hour")))
}

fn page(series: &Series, limit: usize, read_until: Option<i64>) -> Result<ReadingsPage, Error> {
    let length = whole_moments(series, limit);
    let kinds: BTreeSet<_> =
        series.rows().take(length).flat_map(|(_, row)| row.iter().map(|(kind, _)| *kind)).collect();
    let name = |kind: &chunk_codec::Kind| {
        Channel::of(*kind).map_or_else(|| format!("kind-{}", kind.0), |c| c.name().to_owned())
    };
    let row = |(at, readings): (i64, &[(chunk_codec::Kind, i64)])| {
        let reading = |kind| readings.iter().find(|(known, _)| known == kind).map(|(_, value)| *value);
        [Some(at)].into_iter().chain(kinds.iter().map(reading)).collect()
    };
    let next = series.rows().nth(length).map(|(at, _)| at).or(read_until);
    Ok(ReadingsPage {
        channels: kinds.iter().map(name).collect(),
        rows: series.rows().take(length).map(row).collect(),
        next: next.map(|next| next.to_string().try_into()).transpose().map_err(Error::broken)?,
    })
}

/// How many rows come next, about as many as `limit`: what shares a moment stands on one page.
fn whole_moments(series: &Series, limit: usize) -> usize {
    let moments: Vec<i64> = series.rows().map(|(at, _)| at).collect();
    let Some(next) = moments.get(limit) else {
        return moments.len();
    };
    match moments[..limit].partition_point(|at| at < next) {
        0 => moments.partition_point(|at| at <= next),
        length => length,
    }
}
