//! Signature Version 4: <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>.
//!
//! The key that signs is derived from day, region and service; it is kept until the day is over.

use super::Credentials;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use kernel::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Signs requests of one caller in one region.
pub(super) struct Signer {
    region: String,
    credentials: Credentials,
    /// By service.
    keys: Mutex<HashMap<&'static str, Arc<DayKey>>>,
}

/// A key, and the day it is for: `20150830`.
struct DayKey {
    day: String,
    key: Key,
}

/// What is signed.
pub(super) struct Signing<'s> {
    pub service: &'static str,
    pub method: &'static str,
    /// Of letters, digits and `-._~/`: it is its own canonical form.
    pub path: &'s str,
    pub host: &'s str,
    /// By lower-case name, without spaces around their values.
    pub headers: &'s [(&'static str, String)],
    pub body: &'s [u8],
}

/// A request of S3 that somebody else is to make.
#[derive(Clone, Copy, Debug)]
pub struct Presigning<'s> {
    /// `PUT` or `GET`.
    pub method: &'static str,
    /// Bucket and key, of letters, digits and `-._~/`.
    pub path: &'s str,
    /// The headers that it must have, by lower-case name and sorted by it, without spaces around their values.
    pub headers: &'s [(&'static str, String)],
    /// For how long it can be made.
    pub valid: Duration,
}

/// The query that makes a request at `host` a signed one of these credentials: what a service checks it by.
pub fn presigned_query(
    credentials: &Credentials,
    region: &str,
    wanted: &Presigning<'_>,
    host: &str,
    now: Timestamp,
) -> String {
    Signer::new(region.to_owned(), credentials.clone()).presign(wanted, host, now)
}

impl Signer {
    pub fn new(region: String, credentials: Credentials) -> Self {
        Self { region, credentials, keys: Mutex::default() }
    }

    /// The headers that make it a signed request.
    pub fn sign(&self, signing: &Signing<'_>, now: Timestamp) -> Vec<(&'static str, String)> {
        let Credentials { access_key, session_token, .. } = &self.credentials;
        let time = time(now);
        let day = &time[..8];
        let body = digest(&SHA256, signing.body);
        let mut added = Vec::with_capacity(4);
        added.push(("x-amz-date", time.clone()));
        added.extend(session_token.iter().map(|token| ("x-amz-security-token", token.clone())));
        if signing.service == "s3" {
            added.push(("x-amz-content-sha256", with_hex(String::new(), body.as_ref())));
        }
        let mut headers: Vec<(&str, &str)> =
            signing.headers.iter().chain(&added).map(|(n, v)| (*n, v.as_str())).collect();
        headers.push(("host", signing.host));
        headers.sort_unstable();
        let mut names = String::with_capacity(128);
        for (name, _) in &headers {
            names.extend([if names.is_empty() { "" } else { ";" }, name]);
        }

        let mut canonical = String::with_capacity(512 + session_token.as_ref().map_or(0, String::len));
        canonical.extend([signing.method, "\n", signing.path, "\n\n"]);
        for (name, value) in &headers {
            canonical.extend([name, ":", value, "\n"]);
        }
        canonical.extend(["\n", &names, "\n"]);
        let canonical = digest(&SHA256, with_hex(canonical, body.as_ref()).as_bytes());
        let scope = [day, "/", &self.region, "/", signing.service, "/aws4_request"].concat();
        let text = ["AWS4-HMAC-SHA256\n", &time, "\n", &scope, "\n"].concat();
        let text = with_hex(text, canonical.as_ref());
        let signature = sign(&self.key(signing.service, day).key, text.as_bytes());
        let signed = [
            "AWS4-HMAC-SHA256 Credential=",
            access_key,
            "/",
            &scope,
            ", SignedHeaders=",
            &names,
            ", Signature=",
        ];
        added.push(("authorization", with_hex(signed.concat(), signature.as_ref())));
        added
    }

    /// The query that makes it a signed request: its body may be anything, its headers are as they are signed.
    pub fn presign(&self, wanted: &Presigning<'_>, host: &str, now: Timestamp) -> String {
        let time = time(now);
        let day = &time[..8];
        let scope = [day, "/", &self.region, "/s3/aws4_request"].concat();
        let mut headers: Vec<(&str, &str)> =
            wanted.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(("host", host));
        headers.sort_unstable();
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        let mut parameters = vec![
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256".to_owned()),
            ("X-Amz-Credential", [&self.credentials.access_key, "/", &scope].concat()),
            ("X-Amz-Date", time.clone()),
            ("X-Amz-Expires", wanted.valid.as_secs().to_string()),
        ];
        let token = self.credentials.session_token.iter().map(|token| ("X-Amz-Security-Token", token.clone()));
        parameters.extend(token);
        parameters.push(("X-Amz-SignedHeaders", names.clone()));
        let query: Vec<String> = parameters.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        let query = query.join("&");

        let mut canonical = [wanted.method, "\n", wanted.path, "\n", &query, "\n"].concat();
        for (name, value) in &headers {
            canonical.extend([name, ":", value, "\n"]);
        }
        canonical.extend(["\n", &names, "\nUNSIGNED-PAYLOAD"]);
        let text = ["AWS4-HMAC-SHA256\n", &time, "\n", &scope, "\n"].concat();
        let text = with_hex(text, digest(&SHA256, canonical.as_bytes()).as_ref());
        let signature = sign(&self.key("s3", day).key, text.as_bytes());
        with_hex(query + "&X-Amz-Signature=", signature.as_ref())
    }

    fn key(&self, service: &'static str, day: &str) -> Arc<DayKey> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = keys.get(service).filter(|kept| kept.day == day) {
            return kept.clone();
        }
        let first = format!("AWS4{}", self.credentials.secret_key);
        let step = |key: &[u8], part: &str| sign(&Key::new(HMAC_SHA256, key), part.as_bytes());
        let derived = [day, &self.region, service, "aws4_request"]
            .into_iter()
            .fold(first.into_bytes(), |key, part| step(&key, part).as_ref().to_vec());
        let key = Arc::new(DayKey { day: day.to_owned(), key: Key::new(HMAC_SHA256, &derived) });
        keys.insert(service, key.clone());
        key
    }
}

/// A value of a query, as signatures want it written.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// `20150830T123600Z`
fn time(now: Timestamp) -> String {
    let text = now.to_string();
    let seconds = text.split('.').next().unwrap_or_default().trim_end_matches('Z');
    seconds.chars().filter(|letter| !matches!(letter, '-' | ':')).collect::<String>() + "Z"
}

/// `text` and these bytes as hex digits.
fn with_hex(mut text: String, bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    text.reserve(bytes.len() * 2);
    for byte in bytes {
        text.extend([DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// AWS' own test suite: these credentials, this time.
    fn signature(method: &'static str, token: Option<&str>) -> String {
        let credentials = Credentials {
            access_key: "AKIDEXAMPLE".to_owned(),
            secret_key: ["wJalrXUtnFEMI/K7MDENG+", "bPxRfiCYEXAMPLEKEY"].concat(),
            session_token: token.map(str::to_owned),
        };
        let signing = Signing {
            service: "service",
            method,
            path: "/",
            host: "example.amazonaws.com",
            headers: &[],
            body: b"",
        };
        // 2015-08-30T12:36:00Z
        let headers =
            Signer::new("us-east-1".to_owned(), credentials).sign(&signing, Timestamp::from_millis(1_440_938_160_000));
        headers.last().map(|(_, value)| value.clone()).unwrap_or_default()
    }

    #[test]
    fn a_presigned_request_is_that_of_the_documentation() {
        // "Authenticating Requests: Using Query Parameters", 2013-05-24T00:00:00Z.
        let credentials = Credentials {
            access_key: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_key: ["wJalrXUtnFEMI/K7MDENG/", "bPxRfiCYEXAMPLEKEY"].concat(),
            session_token: None,
        };
        let wanted = Presigning {
            method: "GET",
            path: "/test.txt",
            headers: &[],
            valid: Duration::from_secs(86_400),
        };
        let now = Timestamp::from_millis(1_369_353_600_000);
        let query = presigned_query(&credentials, "us-east-1", &wanted, "examplebucket.s3.amazonaws.com", now);
        assert_eq!(
            query,
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn signatures_are_those_of_the_test_suite() {
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=";
        let get = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
        assert_eq!(signature("GET", None), format!("{scope}{get}"));
        assert_eq!(signature("POST", None), format!("{scope}{post}"));
        assert!(signature("POST", Some("token")).contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
    }
}
