//! A partner: a machine with credentials of its own. Pure.
//!
//! Its secret is 256 bits derived from the server's key, so a fast hash of it is enough: Argon2 slows down guessing
//! what people think up; nobody guesses this. Failures do not lock a partner either: that would only let anybody who
//! knows a `client_id` keep it out.

use crate::keys::{Key, same};
use kernel::{AccountId, Digest, Text, Timestamp};
use platform::signer::base64url;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::Duration;

const PREFIX: &str = "ps_";
/// The prefix, and 32 bytes in base64.
const LENGTH: usize = PREFIX.len() + 43;

/// A partner's secret. It does not print.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PartnerSecret(SecretString);

impl PartnerSecret {
    /// Secret number `number` of a partner: derived, so that a repeated request is told the same one.
    pub fn derive(key: &Key, partner: AccountId, number: u32) -> Self {
        let secret = key.derive("partner secret", [partner.to_string(), number.to_string()]);
        Self(SecretString::from(format!("{PREFIX}{}", base64url(&secret))))
    }

    /// The text, for its owner.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored of it.
    pub fn hash(&self) -> String {
        Digest::of(["partner secret", self.expose()]).short(26)
    }
}

impl TryFrom<String> for PartnerSecret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        match text.len() == LENGTH && text.starts_with(PREFIX) && text.bytes().all(known) {
            true => Ok(Self(SecretString::from(text))),
            false => Err("a client secret is what was given as such"),
        }
    }
}

/// A partner.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Partner {
    /// Names it; its `client_id`.
    pub id: AccountId,
    /// What people call it.
    pub name: Text<1, 100>,
    /// Counts its secrets, from 1.
    pub number: u32,
    /// The hash of its secret.
    pub secret: String,
    /// The hash of the secret before, and how long that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<(String, Timestamp)>,
    /// Who created it.
    pub created_by: AccountId,
    /// When.
    pub created_at: Timestamp,
    /// The mark of the request that created it.
    pub request: String,
    /// The last change of its secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<Rotation>,
}

/// A change of a partner's secret.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rotation {
    /// The idempotency key of the request, as stored.
    pub key: String,
    /// The mark of the request.
    pub request: String,
    /// Who asked.
    pub by: AccountId,
    /// When.
    pub at: Timestamp,
}

impl Partner {
    /// Whether this is its secret, or the one before that is still good.
    pub fn accepts(&self, secret: &PartnerSecret, now: Timestamp) -> bool {
        let hash = secret.hash();
        // Both are compared each time: the time taken does not tell which it was.
        let is_current = same(&self.secret, &hash);
        let is_previous = self.previous.as_ref().is_some_and(|(old, until)| same(old, &hash) & (now < *until));
        is_current | is_previous
    }

    /// With another secret; the present one stays good for `overlap`.
    #[must_use]
    pub fn rotated(&self, key: &Key, overlap: Duration, rotation: Rotation) -> Self {
        let number = self.number.saturating_add(1);
        let previous = (!overlap.is_zero()).then(|| (self.secret.clone(), rotation.at.after(overlap)));
        Self {
            number,
            secret: PartnerSecret::derive(key, self.id, number).hash(),
            previous,
            rotation: Some(rotation),
            ..self.clone()
        }
    }
}

impl JsonSchema for PartnerSecret {
    fn schema_name() -> Cow<'static, str> {
        "ClientSecret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A partner's secret, as it was given.",
            "minLength": LENGTH,
            "maxLength": LENGTH,
            "writeOnly": true,
        })
    }
}
