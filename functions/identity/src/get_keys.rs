//! The public keys that check access tokens (RFC 7517).
//!
//! Read by anybody. All keys of the deployment are shown: the one that signs, the one before and the next one.
//! Authorizers keep them for up to two hours, so a new key is shown that long before it signs, and an old one stays for
//! that long and a token's life after it did.

use crate::jwk::Jwk;
use platform::http::{self, Anyone, Cached};
use platform::{Error, Failure, Function, Signer};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// For how long the set may be kept on the way: well below the two hours above.
const MAX_AGE_S: u32 = 600;

/// The keys.
#[derive(Debug, Serialize, JsonSchema)]
pub struct KeySet {
    /// Each of them.
    pub keys: Vec<Jwk>,
}

/// `GET /.well-known/jwks.json`
pub fn function() -> Function {
    http::get("/.well-known/jwks.json", get_keys)
}

/// Reads the public halves of the signing keys.
pub async fn get_keys(_: Anyone, signer: Signer) -> Result<Cached<KeySet>, Failure<Infallible>> {
    let keys = signer.public_keys().await?;
    let keys: Option<Vec<Jwk>> = keys.iter().map(Jwk::of).collect();
    let keys = keys.ok_or_else(|| Error::broken("a signing key is no RSA key"))?;
    Ok(Cached { max_age_s: MAX_AGE_S, body: KeySet { keys } })
}
