//! Buckets that people upload to by themselves: a function signs where and what, and sees later whether it came. Who may
//! see an object gets a link to it that soon ends.
//!
//! What is uploaded never passes a function. The signature covers the object's name, its type and its exact length, so
//! nobody can put anything else, and it ends after a while. It also covers `if-none-match: *`: a name is written once, so
//! that what was looked at, or shown as a proof, stays what it was. Who repeats an upload whose answer was lost is told
//! 412: it is there.

use crate::argument::broken;
use crate::aws::{Failed, Presigning, Reply, Request, S3};
use crate::retry::{Attempt, until_definite};
use crate::settings::{UPLOADS_AT, bucket_setting};
use crate::{Argument, Call, Error, World};
use bytes::Bytes;
use kernel::{Problem, Timestamp};
use serde::Deserialize;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

/// For how long an upload can be begun.
const VALID: Duration = Duration::from_secs(15 * 60);
/// For how long a link shows an object.
const SHOWN: Duration = Duration::from_secs(5 * 60);

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

/// Lets people see objects of the bucket `B`.
#[derive(Clone)]
pub struct Downloads<B> {
    world: Arc<World>,
    bucket: String,
    now: Timestamp,
    name: PhantomData<fn(B)>,
}

/// How to see one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Link {
    /// Where to `GET` it. Whoever has it may see the object, and nothing else.
    pub url: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Looks at the objects of the bucket `B`, and into them.
#[derive(Clone)]
pub struct Objects<B> {
    world: Arc<World>,
    bucket: String,
    name: PhantomData<fn(B)>,
}

/// The names of the objects that a notice of S3 says were put, as they were signed. Names of ours need no decoding.
pub fn put_objects(notice: &str) -> Result<Vec<String>, Error> {
    #[derive(Deserialize)]
    struct Notice {
        // A test message, which S3 sends once, has none.
        #[serde(default, rename = "Records")]
        records: Vec<Record>,
    }
    #[derive(Deserialize)]
    struct Record {
        s3: Put,
    }
    #[derive(Deserialize)]
    struct Put {
        object: Named,
    }
    #[derive(Deserialize)]
    struct Named {
        key: String,
    }
    let notice: Notice = serde_json::from_str(notice).map_err(Error::broken)?;
    Ok(notice.records.into_iter().map(|record| record.s3.object.key).collect())
}

/// The topic that is told of objects put into the bucket `name`, where a function listens to it.
pub fn uploads_topic(name: &str) -> String {
    format!("{name}-uploads")
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
    /// Signs an upload of `length` bytes of this media type as `key`, unless there is such an object. The key is of
    /// letters, digits and `-._~/` only.
    pub fn sign(&self, key: &str, content_type: &str, length: u64) -> Upload {
        let headers = vec![
            ("content-length", length.to_string()),
            ("content-type", content_type.to_owned()),
            ("if-none-match", "*".to_owned()),
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

impl<B: BucketName> Downloads<B> {
    /// Signs a short look at the object `key`, which is of letters, digits and `-._~/` only, whether it is there or not.
    pub fn sign(&self, key: &str) -> Link {
        let wanted = Presigning {
            method: "GET",
            path: &format!("/{}/{key}", self.bucket),
            headers: &[],
            valid: SHOWN,
        };
        let at = self.world.settings.optional(UPLOADS_AT);
        Link {
            url: self.world.aws.presign(&wanted, at, self.now),
            expires_at: self.now.after(SHOWN),
        }
    }
}

impl<B: BucketName> Objects<B> {
    /// The object `key`, if it is there.
    pub async fn look(&self, key: &str) -> Result<Option<Object>, Error> {
        let found = self.ask("HEAD", key, Vec::new()).await?;
        Ok(found.map(|reply| Object {
            content_type: reply.header("content-type").unwrap_or_default().to_owned(),
            length: reply.header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default(),
        }))
    }

    /// What is in the object `key`, if it is there: its first `most` bytes, and one more if there are more.
    pub async fn read(&self, key: &str, most: usize) -> Result<Option<Bytes>, Error> {
        let found = self.ask("GET", key, vec![("range", format!("bytes=0-{most}"))]).await?;
        Ok(found.map(|reply| reply.body))
    }

    async fn ask(
        &self,
        method: &'static str,
        key: &str,
        headers: Vec<(&'static str, String)>,
    ) -> Result<Option<Reply>, Error> {
        let request = Request {
            service: S3,
            method,
            path: format!("/{}/{key}", self.bucket),
            headers,
            body: Bytes::new(),
        };
        until_definite(&self.world, || async {
            match self.world.aws.send(&request, self.world.host.now()).await {
                Ok(reply) => Attempt::Done(Some(reply)),
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

impl<B: BucketName> Argument for Downloads<B> {
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
        description.looks_into.push(B::NAME);
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
