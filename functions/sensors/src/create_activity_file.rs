//! A person is about to upload a file of an activity: FIT, GPX or TCX, also within gzip.
//!
//! Called by the device's owner with an `Idempotency-Key`. Signs an upload of exactly this length; the file never passes
//! a function on its way up, and is read as soon as it came (`ingest-activity-file`). Writes nothing: the same key again
//! names the same file, and gets another quarter of an hour to upload it, once.

use crate::access;
use crate::file::{ActivityFiles, MAX_LENGTH, Place};
use derive::Refusal;
use kernel::{ActivityFileId, Count, DeviceId, Timestamp};
use platform::http::{self, Created, IdempotencyKey, Json, Path, SignedIn};
use platform::{Failure, Function, TableReader, Uploads};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What every file is uploaded as: what it is, its bytes tell.
const MEDIA_TYPE: &str = "application/octet-stream";

/// The file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"length": 98_304}))]
pub struct CreateActivityFile {
    /// How long it is, in bytes.
    pub length: Count<1, MAX_LENGTH>,
}

/// How to upload it: a `PUT` of the file to `url` with these headers as they are. Each file is put
/// once: 412 says that it is there, since an earlier upload came through whose answer was lost.
#[derive(Serialize, JsonSchema)]
pub struct ActivityFileUpload {
    /// Names the file: what becomes of it is at `location`.
    pub file: ActivityFileId,
    /// Where to. Whoever has it may upload this file, and nothing else.
    pub url: String,
    /// The headers that the upload must have.
    pub headers: BTreeMap<String, String>,
    /// Until when it can be begun.
    pub expires_at: Timestamp,
}

/// Why nothing is uploaded.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The person does not consent to readings being kept.
    #[problem(403, "consent-missing", "Ask the person, and say so with PUT /v1/sensor-consent; then send it again.")]
    ConsentMissing,
}

/// `POST /v1/devices/{device}/activity-files`
pub fn function() -> Function {
    http::post("/v1/devices/{device}/activity-files", create_activity_file)
}

/// Signs the upload.
pub async fn create_activity_file(
    caller: SignedIn,
    key: IdempotencyKey,
    Path(device): Path<DeviceId>,
    Json(request): Json<CreateActivityFile>,
    files: Uploads<ActivityFiles>,
    sensors: TableReader,
) -> Result<Created<ActivityFileUpload>, Failure<Refused>> {
    let (device, consent) = access::own(&sensors, caller.account, device).await?;
    consent.given_at.ok_or(Refused::ConsentMissing)?;
    let file: ActivityFileId = key.id();
    let place = Place { person: caller.account, device: device.id, file };
    let upload = files.sign(&place.key(), MEDIA_TYPE, request.length.get().into());
    Ok(Created {
        location: format!("/v1/activity-files/{file}"),
        body: ActivityFileUpload {
            file,
            url: upload.url,
            headers: upload.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            expires_at: upload.expires_at,
        },
    })
}
