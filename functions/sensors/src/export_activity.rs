//! A person takes an activity along, as a FIT file that other services read.
//!
//! Called by the person alone: a coach looks, and takes nothing along. The file has all readings of the device from the
//! activity's beginning to its end, in whole seconds; exactly as they came they are in `list-readings`, as CSV.

use crate::access;
use crate::activity::Activity;
use crate::recording::of_series;
use crate::store::{activity_key, readings};
use derive::Refusal;
use kernel::{ActivityId, Sport};
use platform::http::{self, Path, SignedIn};
use platform::signer::base64url;
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::time::Duration;

/// The longest file, in bytes: in base64 it is the most that Lambda hands out.
const MOST: usize = 4 * 1024 * 1024;
/// The longest activity that is written at once, in milliseconds.
const LONGEST: i64 = 48 * 3_600_000;

/// The file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ActivityExport {
    /// What it may be called.
    pub name: String,
    /// What it is: `application/vnd.ant.fit`.
    pub content_type: &'static str,
    /// Its bytes, in base64 with the alphabet for URLs and no padding.
    pub base64url: String,
}

/// Why there is no file.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The activity is too long for one file.
    #[problem(422, "activity-too-long", "Take its readings along as CSV, page by page.")]
    TooLong,
}

/// `GET /v1/activities/{activity}/export`
pub fn function() -> Function {
    http::get("/v1/activities/{activity}/export", export_activity)
        .memory_mb(1024)
        .timeout(Duration::from_secs(29))
}

/// Writes the file.
pub async fn export_activity(
    caller: SignedIn,
    Path(id): Path<ActivityId>,
    sensors: TableReader,
) -> Result<http::Ok<ActivityExport>, Failure<Refused>> {
    let found = sensors.get::<Activity>(&activity_key(id)).await?.map(|found| found.value);
    let own = found.filter(|activity| activity.person == caller.account && activity.deleted_at.is_none());
    let activity = own.ok_or_else(http::not_found)?;
    access::visible(&sensors, caller.account, activity.device).await?;
    let (from, until) = (activity.from.as_millis(), activity.until.as_millis());
    if until - from > LONGEST {
        return Err(Refused::TooLong.into());
    }
    let series = readings(&sensors, activity.device, &(from..until.saturating_add(1)))
        .await?
        .ok_or(Refused::TooLong)?;
    let (sport, offset) =
        activity.figures.map_or((Sport::Other, None), |figures| (figures.sport, figures.utc_offset_minutes));
    let file = activity_files::write_fit(&of_series(&series, (from, until), sport, offset));
    if file.len() > MOST {
        return Err(Refused::TooLong.into());
    }
    let body = ActivityExport {
        name: format!("{id}.fit"),
        content_type: "application/vnd.ant.fit",
        base64url: base64url(&file),
    };
    Ok(http::Ok { version: None, body })
}
