//! Passwords: 12 to 128 characters of any kind, hashed with Argon2id. They do not print.

use crate::settings::Cost;
use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version};
use icu_normalizer::ComposingNormalizerBorrowed;
use platform::Error;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, de};
use std::borrow::Cow;

/// The longest password, in characters.
pub const MAX: usize = 128;

/// A password of at least `MIN` characters, in the Unicode form NFC: the same letters are the same password, whichever
/// keyboard composed them. Nothing is trimmed and nothing else is changed.
#[derive(Clone, Debug)]
pub struct Password<const MIN: usize>(SecretString);

/// One to be set.
pub type NewPassword = Password<12>;

/// One to be tried. Whether it could have been set does not matter: rules change, passwords stay.
pub type TriedPassword = Password<1>;

impl<const MIN: usize> Password<MIN> {
    /// The password that was typed.
    pub fn new(typed: &str) -> Result<Self, String> {
        let wrong = || format!("a password has {MIN} to {MAX} characters");
        // Composing can shorten a text, to a fraction at most: bounded before it is worked on.
        if typed.chars().count() > 4 * MAX {
            return Err(wrong());
        }
        let composed = ComposingNormalizerBorrowed::new_nfc().normalize(typed);
        match (MIN..=MAX).contains(&composed.chars().count()) {
            true => Ok(Self(SecretString::from(composed.into_owned()))),
            false => Err(wrong()),
        }
    }

    /// What is stored: algorithm, cost, salt and hash in one text (PHC format).
    pub fn hash(&self, cost: Cost, salt: &[u8; 16]) -> Result<String, Error> {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(Error::broken)?;
        let hash = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(self.0.expose_secret().as_bytes(), salt)
            .map_err(Error::broken)?;
        Ok(hash.to_string())
    }

    /// Whether it is the one that was hashed to `stored`, at the cost that `stored` names.
    pub fn verify(&self, stored: &str) -> Result<bool, Error> {
        let stored = PasswordHash::new(stored).map_err(|_| Error::broken("a stored password hash does not read"))?;
        Ok(Argon2::default().verify_password(self.0.expose_secret().as_bytes(), &stored).is_ok())
    }
}

/// The hash of nobody's password, as dear to try as a real one: for addresses that nobody has.
pub fn decoy(cost: Cost) -> String {
    let Cost { memory_kib, passes, lanes } = cost;
    let (salt, hash) = ("A".repeat(22), "A".repeat(43));
    format!("$argon2id$v=19$m={memory_kib},t={passes},p={lanes}${salt}${hash}")
}

impl<'de, const MIN: usize> Deserialize<'de> for Password<MIN> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&Cow::<'de, str>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl<const MIN: usize> JsonSchema for Password<MIN> {
    fn schema_name() -> Cow<'static, str> {
        format!("Password_{MIN}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "password", "minLength": MIN, "maxLength": MAX, "writeOnly": true })
    }
}
