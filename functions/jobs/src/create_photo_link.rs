//! Staff are about to look at a photo of a job.
//!
//! Called by quality or a manager with an `Idempotency-Key`. Signs a link to the photo that is good for five minutes; the
//! photo never passes a function. Who looked at which photo, and when, is written first and stays on record: it may show
//! somebody's home. The same key again writes nothing more, and gets another five minutes. Photos that the job does not
//! show, and those that are gone after a year, are not found.

use crate::job::Job;
use crate::photo::{self, JobPhotos};
use crate::store::{PhotoLook, job_key};
use kernel::{JobId, PhotoId, Timestamp};
use platform::http::{self, IdempotencyKey, Inspector, Json, Path};
use platform::{Creation, Downloads, Failure, Function, Now, Objects, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Which photo.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"photo": PhotoId::from_bits(1)}))]
pub struct CreatePhotoLink {
    /// The photo of the start or of the report.
    pub photo: PhotoId,
}

/// Where to see a photo.
#[derive(Serialize, JsonSchema)]
pub struct PhotoLink {
    /// Where to `GET` it. Whoever has it may see this photo, and nothing else.
    pub url: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// `POST /v1/jobs/{job}/photo-links`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/photo-links", create_photo_link)
}

/// Writes who looks, and signs the link.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function may touch")]
pub async fn create_photo_link(
    staff: Inspector,
    key: IdempotencyKey,
    Path(id): Path<JobId>,
    Json(CreatePhotoLink { photo }): Json<CreatePhotoLink>,
    Now(now): Now,
    links: Downloads<JobPhotos>,
    photos: Objects<JobPhotos>,
    jobs: Table,
) -> Result<http::Ok<PhotoLink>, Failure<Infallible>> {
    let job = jobs.get::<Job>(&job_key(id)).await?.ok_or_else(http::not_found)?.value;
    if ![job.start_photo, job.report_photo].contains(&Some(photo)) || !photo::is_there(&photos, id, photo).await? {
        return Err(http::not_found());
    }
    let look = PhotoLook {
        job: id,
        photo,
        seen_by: staff.account,
        seen_at: now,
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
    };
    if let Creation::Exists(known) = jobs.create(&look, Vec::new()).await? {
        key.replays(&known.value.fingerprint)?;
    }
    let link = links.sign(&photo::place(id, photo));
    let body = PhotoLink { url: link.url, expires_at: link.expires_at };
    Ok(http::Ok { version: None, body })
}
