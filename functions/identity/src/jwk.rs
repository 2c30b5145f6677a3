//! An RSA public key as a JSON Web Key. Pure.
//!
//! KMS gives the key as SubjectPublicKeyInfo (RFC 5280) in DER: a sequence of the algorithm and a bit string, which
//! holds a sequence of modulus and exponent (RFC 8017). That much DER is read here, and nothing else.

use platform::signer::{PublicKey, base64url};
use schemars::JsonSchema;
use serde::Serialize;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;

/// A key that signs access tokens (RFC 7517).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, JsonSchema)]
pub struct Jwk {
    /// Always `RSA`.
    pub kty: &'static str,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Always `RS256`.
    pub alg: &'static str,
    /// Names the key in tokens.
    pub kid: String,
    /// The modulus.
    pub n: String,
    /// The exponent.
    pub e: String,
}

impl Jwk {
    /// The same key; `None` if it is no RSA key.
    pub fn of(key: &PublicKey) -> Option<Self> {
        let (info, rest) = element(SEQUENCE, &key.spki)?;
        let (_algorithm, info) = element(SEQUENCE, info)?;
        let (bits, end) = element(BIT_STRING, info)?;
        // The first byte counts the bits that are not used of the last one: none.
        let (pair, padding) = element(SEQUENCE, bits.strip_prefix(&[0])?)?;
        let (modulus, pair) = element(INTEGER, pair)?;
        let (exponent, pair) = element(INTEGER, pair)?;
        if [rest, end, padding, pair].iter().any(|left| !left.is_empty()) {
            return None;
        }
        Some(Self {
            kty: "RSA",
            usage: "sig",
            alg: "RS256",
            kid: key.id.clone(),
            n: base64url(unsigned(modulus)),
            e: base64url(unsigned(exponent)),
        })
    }
}

/// The content of the element at the start of `der`, if it is one of this tag, and what follows it.
fn element(tag: u8, der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (found, der) = der.split_first()?;
    let (length, der) = der.split_first()?;
    let (length, der) = match length {
        0..=0x7f => (usize::from(*length), der),
        0x81 | 0x82 => {
            let (bytes, der) = der.split_at_checked(usize::from(length & 0x0f))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), der)
        }
        _ => return None,
    };
    (*found == tag).then(|| der.split_at_checked(length))?
}

/// A positive integer without the zero that keeps DER from reading it as a negative one.
fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}
