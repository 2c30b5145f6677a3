//! SHA-256 over named parts, and the base32 alphabet that ids and fingerprints are written in.

use sha2::{Digest as _, Sha256};

/// Crockford's base32, lower case: no `i`, `l`, `o`, `u`, so that an id can be read out on the phone.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A SHA-256 of several parts, each preceded by its length, so that no two lists of parts collide.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `parts` in this order.
    pub fn of<P: AsRef<[u8]>>(parts: impl IntoIterator<Item = P>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            let part = part.as_ref();
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self(hash.finalize().into())
    }

    /// The first 128 bits, for an id.
    pub fn high_bits(&self) -> u128 {
        let mut high = [0; 16];
        high.copy_from_slice(&self.0[..16]);
        u128::from_be_bytes(high)
    }

    /// The first `characters` (at most 26) base32 digits of the digest.
    pub fn short(&self, characters: usize) -> String {
        let mut text = base32(self.high_bits());
        text.truncate(characters);
        text
    }
}

/// 26 base32 digits of 128 bits, most significant first (two padding bits in front).
pub fn base32(bits: u128) -> String {
    (0..26u32).rev().map(|digit| char::from(ALPHABET[((bits >> (digit * 5)) & 31) as usize])).collect()
}

/// The 128 bits that 26 base32 digits stand for; `None` for any other text.
pub fn parse_base32(text: &str) -> Option<u128> {
    if text.len() != 26 || !matches!(text.as_bytes()[0], b'0'..=b'7') {
        return None;
    }
    text.bytes().try_fold(0u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
        Some(bits << 5 | digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn base32_round_trips(bits: u128) {
            prop_assert_eq!(parse_base32(&base32(bits)), Some(bits));
        }
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(Digest::of(["ab", "c"]), Digest::of(["a", "bc"]));
        assert_ne!(Digest::of(["ab"]), Digest::of(["ab", ""]));
    }

    #[test]
    fn what_is_no_base32_is_refused() {
        for text in [
            "",
            "0",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0123456789abcdefghijklmnop",
            "АБВГДЕЖЗИКЛМН",
        ] {
            assert_eq!(parse_base32(text), None, "{text}");
        }
    }
}
