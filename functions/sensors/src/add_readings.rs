//! A person's app sends readings of a device, as JSON.
//!
//! Called by the device's owner with an `Idempotency-Key`; the same key again gets the same reply and stores nothing
//! twice. Batches may come late, in any order, and overlap: of two batches that say something of a channel at one
//! moment the one that came first counts; what one of them says several times is kept, each in a row of its own.
//! Nothing of a batch is taken if anything in it cannot be true, or without the person's consent. Announces nothing of
//! the readings themselves; `sensors.alert-raised.v1`, `sensors.alert-ended.v1` or `sensors.device-heard.v1` where the
//! person's rules say so.

use crate::access;
use crate::batch::Batch;
use crate::channel::Channel;
use crate::intake::{Refused, TakenBatch, consents, take_in};
use crate::series::Series;
use kernel::{DeviceId, List, Timestamp};
use platform::http::body::MAX_RAW_BODY;
use platform::http::{self, Created, IdempotencyKey, Json, Path, SignedIn};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// Readings of some channels at some moments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({
    "from": "2026-01-05T07:30:00.000Z",
    "channels": [{"name": "heart-rate", "unit": "bpm"}, {"name": "power", "unit": "W"}],
    "rows": [[0, 141, 220], [1000, 142, null]],
}))]
pub struct AddReadings {
    /// The moment from which rows are counted.
    pub from: Timestamp,
    /// What is measured.
    pub channels: List<ChannelColumn, 1, 13>,
    /// Milliseconds after `from`, then a reading for each channel, or null. What comes together stands in one row; send a
    /// moment's rows in one batch.
    pub rows: List<Vec<Option<i64>>, 1, 200_000>,
}

/// A channel, with the unit that the app means.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelColumn {
    /// The channel.
    pub name: Channel,
    /// Its unit: bpm, rpm, W, cm or m, mm/s, cm/s or m/s, C, semicircles, 0.2m+500m (fifths of a metre above −500 m) or m
    /// of altitude, 0.1mm, mm or cm, 0.1ms or ms, steps. Readings are kept and given out in the first of these.
    pub unit: String,
}

/// `POST /v1/devices/{device}/readings`
pub fn function() -> Function {
    http::post("/v1/devices/{device}/readings", add_readings)
        .memory_mb(512)
        .timeout(Duration::from_secs(29))
}

/// Checks the batch and stores it.
pub async fn add_readings(
    caller: SignedIn,
    key: IdempotencyKey,
    Path(device): Path<DeviceId>,
    Json(request): Json<AddReadings, MAX_RAW_BODY>,
    Now(now): Now,
    sensors: Table,
) -> Result<Created<TakenBatch>, Failure<Refused>> {
    let (device, consent) = access::own(&sensors, caller.account, device).await?;
    consents(&consent)?;
    let batch = Batch::new(series(&request)?, now).map_err(Refused::from)?;
    take_in(&sensors, &device, &key, &batch, now).await
}

fn series(request: &AddReadings) -> Result<Series, Refused> {
    let (mut kinds, mut columns) = (BTreeSet::new(), Vec::new());
    for ChannelColumn { name, unit } in request.channels.iter() {
        let Some(unit) = name.units().find(|known| known.name == unit) else {
            let units: Vec<&str> = name.units().map(|known| known.name).collect();
            return Err(Refused::UnitWrong { channel: name.name(), units: units.join(" or ") });
        };
        if !kinds.insert(name.kind()) {
            return Err(Refused::ChannelTwice { channel: name.name() });
        }
        columns.push((name.kind(), unit));
    }
    let mut series = Series::default();
    for (row, entries) in (1..).zip(request.rows.iter()) {
        let wrong = Refused::RowLengthWrong { row };
        let [Some(after), readings @ ..] = entries.as_slice() else {
            return Err(wrong);
        };
        if readings.len() != columns.len() {
            return Err(wrong);
        }
        let at = request.from.as_millis().saturating_add(*after);
        let row = columns.iter().zip(readings);
        series.push(at, row.filter_map(|((kind, unit), reading)| Some((*kind, unit.read((*reading)?)))));
    }
    Ok(series)
}
