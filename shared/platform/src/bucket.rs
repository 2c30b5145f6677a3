//! Buckets that people upload to by themselves: a function signs where and what, and sees later whether it came.
//!
//! What is uploaded never passes a function. The signature covers the object's name, its type and its exact length, so
//! nobody can put anything else, and it ends after a while.

use crate::argument::broken;
use crate::aws::{Failed, Presigning, Request, S3};
use crate::retry::{Attempt, until_definite};
use crate::settings::{UPLOADS_AT, bucket_setting};
use crate::{Argument, Call, Error, World};
use bytes::Bytes;
use kernel::{Problem, Timestamp};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// For how long an upload can be begun.
const VALID: Duration = Duration::from_secs(15 * 60);

/// A bucket by name.
pub trait BucketName: Send + Sync + 'static {
    /// Its name: `job-photos`.
    const NAME: &'static str;
}

/// Lets people put objects into the bucket `B`.
#[derive(Clone)]
pub struct Uploads<B> {
    world: Arc<World>,
    bucket: String,
    now: Timestamp,
    name: PhantomData<fn(B)>,
}

/// How to put one object. The request is to have these headers, as they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Upload {
    /// Where to `PUT` it. Whoever has it may put the object, and nothing else.
    pub url: String,
    /// By lower-case name.
    pub headers: Vec<(&'static str, String)>,
    /// Until when it can be begun.
    pub expires_at: Timestamp,
}

/// Looks at the objects of the bucket `B`.
#[derive(Clone)]
pub struct Objects<B> {
    world: Arc<World>,
    bucket: String,
    name: PhantomData<fn(B)>,
}

/// An object that is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Object {
    /// Its media type.
    pub content_type: String,
    /// How long it is, in bytes.
    pub length: u64,
}

impl<B: BucketName> Uploads<B> {
    /// Signs an upload of `length` bytes of this media type as `key`, which is of letters, digits and `-._~/` only.
    pub fn sign(&self, key: &str, content_type: &str, length: u64) -> Upload {
        let headers = vec![
            ("content-length", length.to_string()),
            ("content-type", content_type.to_owned()),
        ];
        let wanted = Presigning {
            method: "PUT",
            path: &format!("/{}/{key}", self.bucket),
            headers: &headers,
            valid: VALID,
        };
        let at = self.world.settings.optional(UPLOADS_AT);
        Upload {
            url: self.world.aws.presign(&wanted, at, self.now),
            headers,
            expires_at: self.now.after(VALID),
        }
    }
}

impl<B: BucketName> Objects<B> {
    /// The object `key`, if it is there.
    pub async fn look(&self, key: &str) -> Result<Option<Object>, Error> {
        let request = Request {
            service: S3,
            method: "HEAD",
            path: format!("/{}/{key}", self.bucket),
            headers: Vec::new(),
            body: Bytes::new(),
        };
        until_definite(&self.world, || async {
            match self.world.aws.send(&request, self.world.host.now()).await {
                Ok(reply) => Attempt::Done(Some(Object {
                    content_type: reply.header("content-type").unwrap_or_default().to_owned(),
                    length: reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default(),
                })),
                Err(Failed::Refused(refusal)) if refusal.status == 404 => Attempt::Done(None),
                Err(failed) => failed.classify(),
            }
        })
        .await
    }
}

fn bucket<B: BucketName>(call: &Call) -> Result<String, Problem> {
    let bucket = call.world.settings.get(&bucket_setting(B::NAME)).map(str::to_owned);
    bucket.map_err(|error| broken(call, &error))
}

impl<B: BucketName> Argument for Uploads<B> {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            world: call.world.clone(),
            bucket: bucket::<B>(call)?,
            now: call.now,
            name: PhantomData,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.puts_into.push(B::NAME);
    }
}

impl<B: BucketName> Argument for Objects<B> {
    fn take(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            world: call.world.clone(),
            bucket: bucket::<B>(call)?,
            name: PhantomData,
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.looks_into.push(B::NAME);
    }
}
