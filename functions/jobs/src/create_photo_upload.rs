//! A worker is about to upload a photo of a job.
//!
//! Called by the job's worker while the job is to be done. Signs an upload of exactly this type and length to the
//! bucket of photos, under the job's own prefix; the photo never passes a function. Writes nothing: the same key again
//! names the same photo, and gets another quarter of an hour to upload it. A photo is put once and never replaced: it
//! may be the proof of a start.

use crate::job::Shelf;
use crate::photo::{self, JobPhotos, Length, MediaType};
use crate::store;
use derive::Refusal;
use kernel::{JobId, PhotoId, Timestamp};
use platform::http::{self, Created, IdempotencyKey, Json, Path, Worker};
use platform::{Failure, Function, TableReader, Uploads};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The photo.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"content_type": "image/jpeg", "length": 482_133}))]
pub struct CreatePhotoUpload {
    /// What it is.
    pub content_type: MediaType,
    /// How long it is, in bytes.
    pub length: Length,
}

/// How to upload it: a `PUT` of the photo to `url` with these headers as they are. Each photo is put
/// once: 412 says that it is there, since an earlier upload came through whose answer was lost.
#[derive(Serialize, JsonSchema)]
pub struct PhotoUpload {
    /// Names the photo, for the request that is to show it.
    pub photo: PhotoId,
    /// Where to. Whoever has it may upload this photo, and nothing else.
    pub url: String,
    /// The headers that the upload must have.
    pub headers: BTreeMap<String, String>,
    /// Until when it can be begun.
    pub expires_at: Timestamp,
}

/// Why there is nothing to photograph.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The job is over.
    #[problem(409, "job-over", "Photos are taken of a job that is to be done.")]
    Over,
}

/// `POST /v1/jobs/{job}/photos`
pub fn function() -> Function {
    http::post("/v1/jobs/{job}/photos", create_photo_upload)
}

/// Signs the upload.
pub async fn create_photo_upload(
    worker: Worker,
    key: IdempotencyKey,
    Path(id): Path<JobId>,
    Json(request): Json<CreatePhotoUpload>,
    photos: Uploads<JobPhotos>,
    jobs: TableReader,
) -> Result<Created<PhotoUpload>, Failure<Refused>> {
    let job = store::job_of(&jobs, worker.account, id).await?.value;
    if job.state.shelf() != Shelf::Active {
        return Err(Refused::Over.into());
    }
    let photo: PhotoId = key.id();
    let upload = photos.sign(&photo::place(id, photo), request.content_type.name(), request.length.get().into());
    Ok(Created {
        location: format!("/v1/jobs/{id}"),
        body: PhotoUpload {
            photo,
            url: upload.url,
            headers: upload.headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            expires_at: upload.expires_at,
        },
    })
}
