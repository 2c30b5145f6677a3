//! A person, or a coach whom the person lets see the readings, looks at an activity.
//!
//! Called by anybody who is signed in. A deleted activity is not there.

use crate::access;
use crate::activity::Activity;
use crate::store::activity_key;
use contracts::sensors::ActivityFigures;
use kernel::{ActivityId, DeviceId};
use platform::http::{self, Path, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SensorActivity")]
pub struct ActivityView {
    /// Names it.
    pub id: ActivityId,
    /// What recorded it: its readings are those of this device from its beginning to its end.
    pub device: DeviceId,
    /// Its figures.
    pub figures: ActivityFigures,
}

/// `GET /v1/activities/{activity}`
pub fn function() -> Function {
    http::get("/v1/activities/{activity}", get_activity)
}

/// Reads it.
pub async fn get_activity(
    caller: SignedIn,
    Path(id): Path<ActivityId>,
    sensors: TableReader,
) -> Result<http::Ok<ActivityView>, Failure<Infallible>> {
    let found = sensors.get::<Activity>(&activity_key(id)).await?.ok_or_else(http::not_found)?;
    access::visible(&sensors, caller.account, found.value.device).await?;
    let body = ActivityView::of(&found.value).ok_or_else(http::not_found)?;
    Ok(http::Ok { version: None, body })
}

impl ActivityView {
    /// An activity that is not deleted.
    pub fn of(activity: &Activity) -> Option<Self> {
        Some(Self {
            id: activity.id,
            device: activity.device,
            figures: activity.known()?,
        })
    }
}
