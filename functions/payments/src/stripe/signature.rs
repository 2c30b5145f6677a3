//! The signature of Stripe's webhooks: `Stripe-Signature: t=<seconds>,v1=<hex>,…`, where `v1` is the HMAC-SHA256 of
//! `<seconds>.<body>`. While a secret is rolled there are several of them.

use aws_lc_rs::hmac::{HMAC_SHA256, Key, verify};
use kernel::Timestamp;

/// How far the time of a signature may be from ours, in seconds, either way.
pub const TOLERANCE: i64 = 300;
/// More signatures than Stripe ever sends.
const MAX_SIGNATURES: usize = 8;

/// Not from Stripe, changed on the way, or too old.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Forged {
    /// The header is not as Stripe writes it.
    Unreadable,
    /// No signature fits.
    NoMatch,
    /// It fits, but was made too long ago, or in the future.
    Stale,
}

/// Passes if `header` signs `body` with one of `secrets`, about now.
pub fn check<S: AsRef<[u8]>>(
    header: &str,
    body: &[u8],
    secrets: impl IntoIterator<Item = S>,
    now: Timestamp,
) -> Result<(), Forged> {
    let (time, signatures) = read(header).ok_or(Forged::Unreadable)?;
    let mut signed = format!("{time}.").into_bytes();
    signed.extend_from_slice(body);
    // Every secret is tried with every signature, each in constant time.
    let mut matches = false;
    for secret in secrets {
        let key = Key::new(HMAC_SHA256, secret.as_ref());
        for signature in &signatures {
            matches |= verify(&key, &signed, signature).is_ok();
        }
    }
    if !matches {
        return Err(Forged::NoMatch);
    }
    let seconds: i64 = time.parse().map_err(|_| Forged::Unreadable)?;
    if now.as_seconds().saturating_sub(seconds).unsigned_abs() > TOLERANCE.unsigned_abs() {
        return Err(Forged::Stale);
    }
    Ok(())
}

/// The time as it stands there, and the signatures of scheme `v1`. Other schemes are passed over.
fn read(header: &str) -> Option<(&str, Vec<Vec<u8>>)> {
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.split_once('=')? {
            ("t", _) if time.is_some() => return None,
            ("t", text) => time = Some(text),
            ("v1", _) if signatures.len() == MAX_SIGNATURES => return None,
            ("v1", text) => signatures.push(hex(text)?),
            _ => {}
        }
    }
    let time = time.filter(|time| time.len() <= 15 && time.bytes().all(|byte| byte.is_ascii_digit()));
    Some((time?, signatures)).filter(|(_, signatures)| !signatures.is_empty())
}

/// Lower-case hex, as Stripe writes it; anything else is nothing.
fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}
