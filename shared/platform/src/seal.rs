//! Seals a secret that travels in an event: AES-256-GCM under a key that only its writer and its reader know.
//!
//! The nonce is derived from what is sealed and what for (as SIV modes do), so that an event's content is the same at
//! each repetition. The same text sealed twice for the same purpose therefore looks the same; a purpose names one
//! event, so that tells nothing.

use crate::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::{digest, hmac};
use aws_smithy_types::base64;

const NONCE: usize = 12;

/// `text`, to be read by those who know `key` (of any length) and `purpose`. Base64.
pub fn seal(key: &[u8], purpose: &str, text: &[u8]) -> Result<String, Error> {
    let mut tag = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    tag.update(&(purpose.len() as u64).to_be_bytes());
    tag.update(purpose.as_bytes());
    tag.update(text);
    let nonce: [u8; NONCE] = std::array::from_fn({
        let tag = tag.sign();
        move |n| tag.as_ref().get(n).copied().unwrap_or_default()
    });
    let mut sealed = text.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(purpose.as_bytes()), &mut sealed)
        .map_err(|_| Error::broken("a text could not be sealed"))?;
    Ok(base64::encode([nonce.as_slice(), &sealed].concat()))
}

/// What was sealed for `purpose`; `None` if it was not, or not with this key.
pub fn open(key: &[u8], purpose: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = base64::decode(sealed).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut text = sealed.to_vec();
    let opened = cipher(key).ok()?.open_in_place(nonce, Aad::from(purpose.as_bytes()), &mut text).ok()?;
    Some(opened.to_vec())
}

/// The cipher under a key of 256 bits made of `key`, another one than the one nonces are derived with.
fn cipher(key: &[u8]) -> Result<LessSafeKey, Error> {
    let derived = digest::digest(&digest::SHA256, &[b"seal".as_slice(), key].concat());
    let key = UnboundKey::new(&AES_256_GCM, derived.as_ref()).map_err(|_| Error::broken("a key could not be used"))?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::{open, seal};

    #[test]
    fn only_key_and_purpose_open_it() {
        let sealed = seal(b"key", "code of acc_1", b"123456").unwrap();
        assert_eq!(open(b"key", "code of acc_1", &sealed).as_deref(), Some(b"123456".as_slice()));
        assert_eq!(open(b"another", "code of acc_1", &sealed), None);
        assert_eq!(open(b"key", "code of acc_2", &sealed), None);
        assert_eq!(seal(b"key", "code of acc_1", b"123456").unwrap(), sealed, "the same at each repetition");
        assert_ne!(seal(b"key", "code of acc_1", b"123457").unwrap(), sealed);
    }

    #[test]
    fn what_was_tampered_with_does_not_open() {
        let sealed = seal(b"key", "p", b"123456").unwrap();
        let bytes = aws_smithy_types::base64::decode(&sealed).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(b"key", "p", &aws_smithy_types::base64::encode(changed)), None, "bit {bit}");
        }
        for text in ["", "AAAA", "no base64"] {
            assert_eq!(open(b"key", "p", text), None);
        }
    }
}
