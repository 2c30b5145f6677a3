//! Standard Webhooks (standardwebhooks.com, 1.0.0): how webhooks are signed and checked, ours and partners'.
//!
//! What is signed is `<id>.<timestamp>.<body>`, the timestamp in seconds, by HMAC-SHA256. A signature reads
//! `v1,<base64>`; while a secret is rotated there are several, with spaces between them. The id is the same at each
//! repetition of a message: who receives it goes by that.

use crate::SecretValues;
use crate::http::RawBody;
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use aws_smithy_types::base64;
use kernel::Timestamp;

/// The header of a message's id.
pub const ID: &str = "webhook-id";
/// The header of the time it was sent at, in seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header of its signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the time of a message may be from ours, in seconds, either way.
pub const TOLERANCE: i64 = 300;
/// What a secret begins with.
const PREFIX: &str = "whsec_";
/// The longest id that is taken.
const MAX_ID: usize = 256;
/// More signatures than anybody sends.
const MAX_SIGNATURES: usize = 8;

/// What a message's headers say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Headers<'h> {
    /// `webhook-id`.
    pub id: &'h str,
    /// `webhook-timestamp`.
    pub timestamp: &'h str,
    /// `webhook-signature`.
    pub signature: &'h str,
}

impl<'h> Headers<'h> {
    /// Those of a request. A header that is missing is empty, which [`verify`] refuses.
    pub fn of(request: &'h RawBody) -> Self {
        Self {
            id: request.header(ID).unwrap_or_default(),
            timestamp: request.header(TIMESTAMP).unwrap_or_default(),
            signature: request.header(SIGNATURE).unwrap_or_default(),
        }
    }
}

/// Not from who has the secret, changed on the way, or too old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forged {
    /// The headers are not as the standard has them.
    Unreadable,
    /// No signature fits.
    NoMatch,
    /// It fits, but was made too long ago, or in the future.
    Stale,
}

/// The signature of a message under `secret`. A secret is written `whsec_<base64>`; one without the prefix is its own
/// bytes.
pub fn sign(secret: &[u8], id: &str, timestamp: Timestamp, body: &[u8]) -> String {
    let key = hmac::Key::new(HMAC_SHA256, &key_bytes(secret));
    let tag = hmac::sign(&key, &signed(id, &timestamp.as_seconds().to_string(), body));
    format!("v1,{}", base64::encode(tag))
}

/// Passes if the headers sign `body` under one of `secrets`, about now. Returns the message's id.
pub fn verify<'h>(
    secrets: &SecretValues,
    headers: Headers<'h>,
    body: &[u8],
    now: Timestamp,
) -> Result<&'h str, Forged> {
    let Headers { id, timestamp, signature } = headers;
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Forged::Unreadable);
    }
    let seconds = seconds(timestamp).ok_or(Forged::Unreadable)?;
    let signatures = signatures(signature).ok_or(Forged::Unreadable)?;
    let signed = signed(id, timestamp, body);
    // Every secret is tried with every signature, each in constant time. Anybody can sign with an empty secret.
    let mut matches = false;
    for key in secrets.accepted().map(key_bytes).filter(|key| !key.is_empty()) {
        let key = hmac::Key::new(HMAC_SHA256, &key);
        for signature in &signatures {
            matches |= hmac::verify(&key, &signed, signature).is_ok();
        }
    }
    if !matches {
        return Err(Forged::NoMatch);
    }
    match now.as_seconds().saturating_sub(seconds).unsigned_abs() > TOLERANCE.unsigned_abs() {
        true => Err(Forged::Stale),
        false => Ok(id),
    }
}

/// A secret as it is told, of these bytes.
pub fn secret_text(key: &[u8]) -> String {
    format!("{PREFIX}{}", base64::encode(key))
}

/// The key that a secret stands for.
fn key_bytes(secret: &[u8]) -> Vec<u8> {
    let coded = str::from_utf8(secret).ok().and_then(|text| text.trim().strip_prefix(PREFIX));
    coded.and_then(|text| base64::decode(text).ok()).unwrap_or_else(|| secret.to_vec())
}

/// What is signed.
fn signed(id: &str, timestamp: &str, body: &[u8]) -> Vec<u8> {
    let mut signed = format!("{id}.{timestamp}.").into_bytes();
    signed.extend_from_slice(body);
    signed
}

/// Digits only: a sign or a space would be read as the same time and signed as another.
fn seconds(timestamp: &str) -> Option<i64> {
    let digits = timestamp.len() <= 15 && timestamp.bytes().all(|byte| byte.is_ascii_digit());
    timestamp.parse().ok().filter(|_| digits)
}

/// The signatures of scheme `v1`. Other schemes, such as `v1a`, are passed over.
fn signatures(header: &str) -> Option<Vec<Vec<u8>>> {
    let mut signatures = Vec::new();
    for part in header.split(' ').filter(|part| !part.is_empty()) {
        match part.split_once(',')? {
            ("v1", _) if signatures.len() == MAX_SIGNATURES => return None,
            ("v1", text) => signatures.push(base64::decode(text).ok()?),
            _ => {}
        }
    }
    Some(signatures).filter(|signatures| !signatures.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standard's own example: in two parts, so that nobody takes it for a secret.
    const SECRET: &[u8] = concat!("whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").as_bytes();
    const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const SENT: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn secrets(current: &[u8], previous: Option<&[u8]>) -> SecretValues {
        SecretValues {
            current: current.to_vec(),
            previous: previous.map(<[u8]>::to_vec),
        }
    }

    fn check(secrets: &SecretValues, headers: (&str, &str, &str), body: &[u8], late: i64) -> Result<(), Forged> {
        let (id, timestamp, signature) = headers;
        let now = Timestamp::from_millis((1_614_265_330 + late) * 1000);
        verify(secrets, Headers { id, timestamp, signature }, body, now).map(|read| assert_eq!(read, id))
    }

    #[test]
    fn the_standards_example_is_signed_and_passes() {
        let sent = Timestamp::from_millis(1_614_265_330_000);
        assert_eq!(sign(SECRET, MESSAGE, sent, BODY), SIGNED);
        assert_eq!(check(&secrets(SECRET, None), (MESSAGE, SENT, SIGNED), BODY, 0), Ok(()));
    }

    #[test]
    fn either_secret_of_a_rotation_passes_and_so_does_either_signature() {
        let fresh = secret_text(b"another key of ours");
        assert_eq!(check(&secrets(fresh.as_bytes(), Some(SECRET)), (MESSAGE, SENT, SIGNED), BODY, 0), Ok(()));
        let both = format!("v1,{} v1a,abc {SIGNED}", base64::encode("not this one"));
        assert_eq!(check(&secrets(SECRET, None), (MESSAGE, SENT, &both), BODY, 0), Ok(()));
        let gone = secrets(fresh.as_bytes(), None);
        assert_eq!(check(&gone, (MESSAGE, SENT, SIGNED), BODY, 0), Err(Forged::NoMatch));
    }

    #[test]
    fn whatever_is_changed_on_the_way_does_not_pass() {
        let known = secrets(SECRET, None);
        for (headers, body) in [
            ((MESSAGE, SENT, SIGNED), br#"{"test": 2432232315}"#.as_slice()),
            (("msg_another", SENT, SIGNED), BODY),
            ((MESSAGE, "1614265331", SIGNED), BODY),
            ((MESSAGE, SENT, "v1,AAAA"), BODY),
        ] {
            assert_eq!(check(&known, headers, body, 0), Err(Forged::NoMatch), "{headers:?}");
        }
    }

    #[test]
    fn headers_that_nobody_writes_are_unreadable() {
        let many = [SIGNED; MAX_SIGNATURES + 1].join(" ");
        for headers in [
            ("", SENT, SIGNED),
            ("msg 1", SENT, SIGNED),
            (MESSAGE, "", SIGNED),
            (MESSAGE, "+1614265330", SIGNED),
            (MESSAGE, "yesterday", SIGNED),
            (MESSAGE, SENT, ""),
            (MESSAGE, SENT, "v2,AAAA"),
            (MESSAGE, SENT, "v1,no base64!"),
            (MESSAGE, SENT, &many),
        ] {
            assert_eq!(check(&secrets(SECRET, None), headers, BODY, 0), Err(Forged::Unreadable), "{headers:?}");
        }
    }

    #[test]
    fn it_passes_for_five_minutes_either_way() {
        for (late, result) in [
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(Forged::Stale)),
            (-301, Err(Forged::Stale)),
        ] {
            assert_eq!(check(&secrets(SECRET, None), (MESSAGE, SENT, SIGNED), BODY, late), result, "{late}");
        }
    }

    #[test]
    fn an_empty_secret_lets_nobody_in() {
        let sent = Timestamp::from_millis(1_614_265_330_000);
        for empty in [b"".as_slice(), b"whsec_"] {
            let forged = sign(empty, MESSAGE, sent, BODY);
            let found = check(&secrets(empty, None), (MESSAGE, SENT, &forged), BODY, 0);
            assert_eq!(found, Err(Forged::NoMatch));
        }
    }
}
