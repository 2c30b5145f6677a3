//! Signs with keys that never leave KMS: RSA, 2048 bits, PKCS #1 v1.5 with SHA-256 (`RS256`).

use crate::argument::broken;
use crate::aws::json::KMS;
use crate::settings::SIGNING_KEYS;
use crate::{Argument, Call, Error, World};
use aws_smithy_types::base64;
use kernel::{Digest, Problem};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The deployment's signing keys.
#[derive(Clone)]
pub struct Signer {
    world: Arc<World>,
    /// Ids or ARNs; the first one signs.
    keys: Vec<String>,
}

/// A public key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublicKey {
    /// Names it in signatures and key sets.
    pub id: String,
    /// SubjectPublicKeyInfo, DER.
    pub spki: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Signed {
    signature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    public_key: String,
}

impl Signer {
    /// Names the key that signs.
    pub fn key_id(&self) -> String {
        self.keys.first().map(|key| key_id(key)).unwrap_or_default()
    }

    /// The signature of `message`, at most 4 KB. The same message always gets the same signature.
    pub async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.keys.first().ok_or_else(|| Error::broken("no signing key is set"))?;
        let input = json!({
            "KeyId": key,
            "Message": base64::encode(message),
            "MessageType": "RAW",
            "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256",
        });
        let signed: Signed = KMS.request("Sign", &input)?.send(&self.world).await?;
        base64::decode(signed.signature).map_err(|_| Error::broken("a signature is no base64"))
    }

    /// Every key that may have signed or will: the current one, the one before, the next one.
    pub async fn public_keys(&self) -> Result<Vec<PublicKey>, Error> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            let shown: Shown = KMS.request("GetPublicKey", &json!({ "KeyId": key }))?.send(&self.world).await?;
            let spki = base64::decode(shown.public_key).map_err(|_| Error::broken("a public key is no base64"))?;
            keys.push(PublicKey { id: key_id(key), spki });
        }
        Ok(keys)
    }
}

fn key_id(key: &str) -> String {
    Digest::of(["signing key", key]).short(12)
}

/// Base64 for URLs, without padding, as tokens write it.
pub fn base64url(bytes: &[u8]) -> String {
    base64::encode(bytes).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// What [`base64url`] wrote; `None` for anything else.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return None;
    }
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    base64::decode(text.replace('-', "+").replace('_', "/") + &padding).ok()
}

impl Argument for Signer {
    fn take(call: &Call) -> Result<Self, Problem> {
        let keys = call.world.settings.get(SIGNING_KEYS).map_err(|error| broken(call, &error))?;
        Ok(Self {
            world: call.world.clone(),
            keys: keys.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect(),
        })
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.signs = true;
    }
}
