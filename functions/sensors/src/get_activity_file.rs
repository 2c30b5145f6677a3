//! A person looks at what became of a file of an activity.
//!
//! Called by the person who uploaded it. Until it came and was read, which takes some seconds, there is nothing here.

use crate::file::{Outcome, Upload};
use crate::store::upload_key;
use kernel::{ActivityFileId, ActivityId, Timestamp};
use platform::http::{self, Path, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// What became of a file.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ActivityFileOutcome {
    /// The file.
    pub file: ActivityFileId,
    /// When it was read.
    pub read_at: Timestamp,
    /// The activity, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity: Option<ActivityId>,
    /// Whether the activity was there already: the same recording under another name.
    pub again: bool,
    /// Whether only a part of the file could be read.
    pub damaged: bool,
    /// Why nothing of it is taken, in a word that never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why nothing of it is taken, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /v1/activity-files/{file}`
pub fn function() -> Function {
    http::get("/v1/activity-files/{file}", get_activity_file)
}

/// Reads the outcome.
pub async fn get_activity_file(
    caller: SignedIn,
    Path(id): Path<ActivityFileId>,
    sensors: TableReader,
) -> Result<http::Ok<ActivityFileOutcome>, Failure<Infallible>> {
    let found = sensors.get::<Upload>(&upload_key(id)).await?.map(|found| found.value);
    let upload = found.filter(|upload| upload.person == caller.account).ok_or_else(http::not_found)?;
    let nothing = ActivityFileOutcome {
        file: id,
        read_at: upload.at,
        activity: None,
        again: false,
        damaged: false,
        code: None,
        reason: None,
    };
    let body = match upload.outcome {
        Outcome::Recorded { activity, again, damaged } => {
            ActivityFileOutcome { activity: Some(activity), again, damaged, ..nothing }
        }
        Outcome::Refused { code, reason } => ActivityFileOutcome { code: Some(code), reason: Some(reason), ..nothing },
    };
    Ok(http::Ok { version: None, body })
}
