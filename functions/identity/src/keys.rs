//! What is derived with the server's key: everything that must be unguessable and yet the same when a request is
//! repeated. Each use has a purpose of its own, so that no derived value can stand in for another.

use aws_lc_rs::{constant_time, hmac};
use platform::{Error, SecretValues};

/// The shortest key, in bytes.
const SHORTEST: usize = 16;

/// One value of the server's key.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// 256 bits that only who knows the key can tell from chance.
    pub fn derive<P: AsRef<[u8]>>(&self, purpose: &str, parts: impl IntoIterator<Item = P>) -> [u8; 32] {
        let mut hash = hmac::Context::with_key(&self.0);
        let mut update = |part: &[u8]| {
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        };
        update(purpose.as_bytes());
        for part in parts {
            update(part.as_ref());
        }
        let tag = hash.sign();
        std::array::from_fn(|n| tag.as_ref().get(n).copied().unwrap_or_default())
    }

    /// What is stored of a request's fingerprint. The fingerprint of a body with a password in it is a fast hash of
    /// that password; under the key it tells nothing to who reads the table.
    pub fn mark(&self, fingerprint: &str) -> String {
        kernel::Digest::of([self.derive("request", [fingerprint])]).short(16)
    }
}

/// The server's key: what is derived anew is derived with the current value, what is checked may stem from the one
/// before.
#[derive(Clone)]
pub struct Keys {
    current: Key,
    previous: Option<Key>,
}

impl Keys {
    /// From the secret's values.
    pub fn new(values: &SecretValues) -> Result<Self, Error> {
        let key = |value: &Vec<u8>| {
            if value.len() < SHORTEST {
                return Err(Error::broken("the server's key is too short"));
            }
            Ok(Key(hmac::Key::new(hmac::HMAC_SHA256, value)))
        };
        Ok(Self {
            current: key(&values.current)?,
            previous: values.previous.as_ref().map(key).transpose()?,
        })
    }

    /// The one to derive with.
    pub fn current(&self) -> &Key {
        &self.current
    }

    /// Those that may have been derived with, the current one first.
    pub fn accepted(&self) -> impl Iterator<Item = &Key> {
        std::iter::once(&self.current).chain(&self.previous)
    }

    /// The key that marked a request of this fingerprint so; `None`: another request was marked.
    pub fn recognise(&self, mark: &str, fingerprint: &str) -> Option<&Key> {
        self.accepted().find(|key| same(&key.mark(fingerprint), mark))
    }
}

/// Whether two texts are the same, in a time that does not depend on where they differ.
pub fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}
