//! Refresh tokens: opaque texts that name their session and hold 256 bits of secret. They do not print.
//!
//! A token is derived from its parent, so that who repeats a renewal gets the same child. Each carries a tag under the
//! server's key: a token that was issued once and is used again is a theft and ends its session; a made-up one is
//! nothing, or else anybody who knows a session's id could end it.

use crate::keys::{Key, Keys, same};
use kernel::{AccountId, Digest, SessionId};
use platform::signer::base64url;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

const PREFIX: &str = "rt_";
/// Account and session, as 26 letters each.
const ID: usize = 26;
/// The secret, 32 bytes in base64.
const SECRET: usize = 43;
/// The tag, 16 bytes in base64.
const TAG: usize = 22;
/// All of it.
pub const LENGTH: usize = PREFIX.len() + 2 * ID + SECRET + TAG;

/// A refresh token.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct RefreshToken {
    account: AccountId,
    session: SessionId,
    text: SecretString,
}

/// What is stored of a token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TokenHash(String);

impl TokenHash {
    /// Whether it is this token's, in a time that tells nothing else.
    pub fn is_of(&self, token: &RefreshToken) -> bool {
        same(&self.0, &token.hash().0)
    }
}

impl RefreshToken {
    /// The first token of a session.
    pub fn root(key: &Key, account: AccountId, session: SessionId) -> Self {
        let secret = key.derive("refresh root", [account.to_string(), session.to_string()]);
        Self::of(key, account, session, &secret)
    }

    /// The token that replaces this one.
    #[must_use]
    pub fn child(&self, key: &Key) -> Self {
        Self::of(key, self.account, self.session, &key.derive("refresh child", [self.expose()]))
    }

    /// Whose it says to be.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Which session it says to be of.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// The text, for its owner.
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// What is stored of it. A fast hash is enough: nobody guesses 256 bits.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Digest::of(["refresh token", self.expose()]).short(26))
    }

    /// Whether it was issued here, ever.
    pub fn is_authentic(&self, keys: &Keys) -> bool {
        let (body, given) = self.expose().split_at(LENGTH - TAG);
        keys.accepted().any(|key| same(&tag(key, body), given))
    }

    fn of(key: &Key, account: AccountId, session: SessionId, secret: &[u8; 32]) -> Self {
        let bare = |id: String| id.chars().skip(4).collect::<String>();
        let body = format!("{PREFIX}{}{}{}", bare(account.to_string()), bare(session.to_string()), base64url(secret));
        let tag = tag(key, &body);
        Self { account, session, text: SecretString::from(body + &tag) }
    }
}

fn tag(key: &Key, body: &str) -> String {
    let tag = key.derive("refresh tag", [body]);
    base64url(&tag[..16])
}

impl TryFrom<String> for RefreshToken {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let wrong = "a refresh token is what was given as such";
        let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if text.len() != LENGTH || !text.bytes().all(known) {
            return Err(wrong);
        }
        let ids = text.strip_prefix(PREFIX).ok_or(wrong)?;
        let account = format!("acc_{}", &ids[..ID]).parse().map_err(|_| wrong)?;
        let session = format!("ses_{}", &ids[ID..2 * ID]).parse().map_err(|_| wrong)?;
        Ok(Self { account, session, text: SecretString::from(text) })
    }
}

impl JsonSchema for RefreshToken {
    fn schema_name() -> Cow<'static, str> {
        "RefreshToken".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A refresh token, as it was given.",
            "minLength": LENGTH,
            "maxLength": LENGTH,
            "writeOnly": true,
        })
    }
}
