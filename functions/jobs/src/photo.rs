//! Photos of jobs: where they are kept, and what counts as one.

use kernel::{Count, JobId, PhotoId};
use platform::{BucketName, Error, Objects};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The largest photo, in bytes.
pub const MAX_LENGTH: u32 = 10 * 1024 * 1024;

/// The bucket of the photos.
#[derive(Clone, Copy, Debug)]
pub struct JobPhotos;

impl BucketName for JobPhotos {
    const NAME: &'static str = "job-photos";
}

/// How long a photo is, in bytes.
pub type Length = Count<1, MAX_LENGTH>;

/// What a photo is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhotoType")]
pub enum MediaType {
    /// JPEG.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
}

impl MediaType {
    /// As HTTP writes it.
    pub fn name(self) -> &'static str {
        match self {
            MediaType::Jpeg => "image/jpeg",
            MediaType::Png => "image/png",
        }
    }
}

/// Where a photo of a job is kept.
pub fn place(job: JobId, photo: PhotoId) -> String {
    format!("jobs/{job}/{photo}")
}

/// Whether a photo of a job was uploaded, and is one.
pub async fn is_there(photos: &Objects<JobPhotos>, job: JobId, photo: PhotoId) -> Result<bool, Error> {
    let object = photos.look(&place(job, photo)).await?;
    Ok(object.is_some_and(|object| {
        let is_photo = [MediaType::Jpeg, MediaType::Png].iter().any(|kind| kind.name() == object.content_type);
        is_photo && (1..=u64::from(MAX_LENGTH)).contains(&object.length)
    }))
}
