//! Signature Version 4: <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>.
//!
//! The key that signs is derived from day, region and service; it is kept until the day is over.

use super::Credentials;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use kernel::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

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
    fn signatures_are_those_of_the_test_suite() {
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=";
        let get = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
        assert_eq!(signature("GET", None), format!("{scope}{get}"));
        assert_eq!(signature("POST", None), format!("{scope}{post}"));
        assert!(signature("POST", Some("token")).contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
    }
}
