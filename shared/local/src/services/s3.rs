//! S3, as far as functions use it: they put objects, sign uploads for people, look whether something came and what it
//! is, and hear of it.

use crate::cloud::{Cloud, foreign};
use crate::outside::{Answer, REGION, credentials};
use kernel::Timestamp;
use platform::aws::{Presigning, presigned_query};
use platform::bucket::uploads_topic;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// The bucket where relays park what they cannot announce.
pub const PARKING: &str = "local-parking";

/// Where uploads go, on the gateway.
pub(crate) const PATH: &str = "/__s3/";

/// The largest object that is taken here, in bytes.
const MAX_OBJECT: usize = 10 * 1024 * 1024;

/// What is in object storage.
#[derive(Debug, Default)]
pub struct Objects {
    /// What relays could not announce, by bucket and key.
    pub parked: BTreeMap<String, Vec<u8>>,
    /// What people put there, by bucket and key.
    pub uploaded: BTreeMap<String, Uploaded>,
}

/// An object that somebody put.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Uploaded {
    /// Its media type.
    pub content_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The bucket of this name, as it is called here.
pub(crate) fn bucket(name: &str) -> String {
    format!("local-{name}")
}

/// The name of the bucket that this bucket and key are of.
pub(crate) fn name(target: &str) -> Option<&str> {
    target.split('/').next()?.strip_prefix("local-")
}

/// Where uploads go in a cloud that issues tokens as `issuer`.
pub(crate) fn address(issuer: &str) -> String {
    format!("{}{}", issuer.trim_end_matches('/'), PATH.trim_end_matches('/'))
}

/// An error as S3 words it.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Answer {
    Answer::new(status, format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
}

impl Cloud {
    /// Takes an upload that a function signed: `PUT path?query` with these headers, by lower-case name.
    pub fn upload(&self, target: &str, headers: &BTreeMap<String, String>, body: &[u8], now: Timestamp) -> Answer {
        let answer = self.objects().upload(&address(self.issuer()), target, headers, body, now);
        if answer.status != 200 {
            return answer;
        }
        match self.tell(target, now) {
            Ok(()) => answer,
            Err(reason) => Answer::new(500, reason),
        }
    }

    /// Tells whoever listens to the bucket's topic what was put.
    fn tell(&self, target: &str, now: Timestamp) -> Result<(), String> {
        let path = target.split('?').next().unwrap_or_default();
        let (Some(bucket), Some((_, key))) = (name(path), path.split_once('/')) else {
            return Ok(());
        };
        let notice = json!({ "Records": [{
            "eventName": "ObjectCreated:Put", "eventTime": now,
            "s3": { "bucket": { "name": path.split('/').next() }, "object": { "key": key } },
        }] });
        self.plane().publish(&foreign(&uploads_topic(bucket)), &notice.to_string(), now)
    }

    /// Shows an object by a link that a function signed: `GET path?query`.
    pub fn download(&self, target: &str, now: Timestamp) -> Answer {
        self.objects().download(&address(self.issuer()), target, now)
    }
}

impl Objects {
    /// Answers a function.
    pub fn answer(&mut self, operation: &str, target: &str, body: &[u8]) -> Answer {
        match operation {
            "HeadObject" => return self.head(target),
            "GetObject" => return self.get(target),
            _ => {}
        }
        self.parked.insert(target.to_owned(), body.to_vec());
        put()
    }

    fn head(&self, target: &str) -> Answer {
        match self.uploaded.get(target) {
            Some(object) => Answer {
                headers: vec![
                    ("content-type", object.content_type.clone()),
                    ("content-length", object.bytes.len().to_string()),
                ],
                ..Answer::new(200, "")
            },
            None => Answer::new(404, ""),
        }
    }

    /// Shows what was signed, while the link is good. `target` is bucket, key and query.
    fn download(&self, address: &str, target: &str, now: Timestamp) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if !is_signed("GET", address, path, query, &BTreeMap::new()) {
            return refusal(403, "SignatureDoesNotMatch", "this is not what was signed");
        }
        if expires(query).is_none_or(|end| end <= now) {
            return refusal(403, "AccessDenied", "Request has expired");
        }
        self.get(path)
    }

    /// All of it, whatever range is asked for: a caller may get more than it wanted of no other store either.
    fn get(&self, path: &str) -> Answer {
        match self.uploaded.get(path) {
            Some(object) => Answer {
                headers: vec![("content-type", object.content_type.clone())],
                ..Answer::new(200, object.bytes.clone())
            },
            None => refusal(404, "NoSuchKey", "The specified key does not exist."),
        }
    }

    /// Takes an upload if it is the one that was signed, and in time. `target` is bucket, key and query.
    fn upload(
        &mut self,
        address: &str,
        target: &str,
        headers: &BTreeMap<String, String>,
        body: &[u8],
        now: Timestamp,
    ) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let length = headers.get("content-length").and_then(|length| length.parse().ok());
        match () {
            () if !is_signed("PUT", address, path, query, headers) => {
                refusal(403, "SignatureDoesNotMatch", "this is not what was signed")
            }
            () if expires(query).is_none_or(|end| end <= now) => refusal(403, "AccessDenied", "Request has expired"),
            () if length != Some(body.len()) => refusal(400, "IncompleteBody", "the body is of another length"),
            () if headers.get("if-none-match").is_some_and(|tag| tag == "*") && self.uploaded.contains_key(path) => {
                refusal(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
            }
            () if body.len() > MAX_OBJECT => refusal(400, "EntityTooLarge", "the body is too large"),
            () => {
                let content_type = headers.get("content-type").cloned().unwrap_or_default();
                self.uploaded.insert(path.to_owned(), Uploaded { content_type, bytes: body.to_vec() });
                put()
            }
        }
    }
}

fn put() -> Answer {
    Answer {
        headers: vec![("etag", "\"local\"".to_owned())],
        ..Answer::new(200, "")
    }
}

/// Whether our functions signed this very request: signing it again gives the same query.
fn is_signed(method: &'static str, address: &str, path: &str, query: &str, headers: &BTreeMap<String, String>) -> bool {
    let signed: Vec<(&'static str, String)> = ["content-length", "content-type", "if-none-match"]
        .into_iter()
        .filter_map(|name| Some((name, headers.get(name)?.clone())))
        .collect();
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let wanted = Presigning {
        method,
        path: &format!("/{path}"),
        headers: &signed,
        valid: Duration::from_secs(parameter(query, "X-Amz-Expires").and_then(|text| text.parse().ok()).unwrap_or(0)),
    };
    began(query).is_some_and(|began| presigned_query(&credentials(), REGION, &wanted, host, began) == query)
}

fn parameter<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

/// When the signature began to be good: `20150830T123600Z`.
fn began(query: &str) -> Option<Timestamp> {
    let text = parameter(query, "X-Amz-Date")?;
    let part = |from: usize, to: usize| text.get(from..to);
    let date = [part(0, 4)?, part(4, 6)?, part(6, 8)?].join("-");
    let time = [part(9, 11)?, part(11, 13)?, part(13, 15)?].join(":");
    format!("{date}T{time}Z").parse().ok()
}

fn expires(query: &str) -> Option<Timestamp> {
    let seconds = parameter(query, "X-Amz-Expires")?.parse().ok()?;
    Some(began(query)?.after(Duration::from_secs(seconds)))
}
