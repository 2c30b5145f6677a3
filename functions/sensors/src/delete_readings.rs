//! A person deletes a device's readings of a range.
//!
//! Called by the device's owner, with or without consent to new ones. What the reply says is gone is gone for good, from
//! readings, charts and sheets alike; of a long range that may be a part, with where to go on. Deleting again changes
//! nothing. Activities keep their figures: delete them by themselves.

use crate::access;
use crate::erasing::{Erased, erase};
use kernel::{DeviceId, Timestamp};
use platform::http::{self, Path, Query, SignedIn};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use std::time::Duration;

/// Which readings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhichDeleted {
    /// The first moment.
    pub from: Timestamp,
    /// The moment after the last one.
    pub until: Timestamp,
}

/// How far it got.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DeletedReadings {
    /// Readings before this are gone; send the request again with it as `from`. Absent when all are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Timestamp>,
}

/// `DELETE /v1/devices/{device}/readings`
pub fn function() -> Function {
    http::delete("/v1/devices/{device}/readings", delete_readings)
        .memory_mb(512)
        .timeout(Duration::from_secs(29))
}

/// Erases as much as one request may.
pub async fn delete_readings(
    caller: SignedIn,
    Path(device): Path<DeviceId>,
    Query(query): Query<WhichDeleted>,
    Now(now): Now,
    sensors: Table,
) -> Result<http::Ok<DeletedReadings>, Failure<Infallible>> {
    let (device, _) = access::own(&sensors, caller.account, device).await?;
    let range = query.from.as_millis()..query.until.as_millis();
    let erased = match range.is_empty() {
        true => Erased::All,
        false => erase(&sensors, device.id, &range, |_| true, now).await?,
    };
    let next = match erased {
        Erased::All => None,
        Erased::Until(moment) => Some(Timestamp::from_millis(moment)),
    };
    Ok(http::Ok { version: None, body: DeletedReadings { next } })
}
