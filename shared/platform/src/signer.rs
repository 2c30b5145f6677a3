//! Signs with keys that never leave KMS: RSA, 2048 bits, PKCS #1 v1.5 with SHA-256 (`RS256`).

use crate::argument::broken;
use crate::retry::send;
use crate::settings::SIGNING_KEYS;
use crate::{Argument, Call, Error, World, clients};
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::{MessageType, SigningAlgorithmSpec};
use aws_smithy_types::base64;
use kernel::{Digest, Problem};
use std::sync::Arc;

/// The deployment's signing keys.
#[derive(Clone)]
pub struct Signer {
    world: Arc<World>,
    client: aws_sdk_kms::Client,
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

impl Signer {
    /// Names the key that signs.
    pub fn key_id(&self) -> String {
        self.keys.first().map(|key| key_id(key)).unwrap_or_default()
    }

    /// The signature of `message`, at most 4 KB. The same message always gets the same signature.
    pub async fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.keys.first().ok_or_else(|| Error::broken("no signing key is set"))?;
        let request = self
            .client
            .sign()
            .key_id(key)
            .message(Blob::new(message))
            .message_type(MessageType::Raw)
            .signing_algorithm(SigningAlgorithmSpec::RsassaPkcs1V15Sha256);
        let output = send!(&self.world, request)?;
        output
            .signature
            .map(Blob::into_inner)
            .ok_or_else(|| Error::broken("a signature without a signature"))
    }

    /// Every key that may have signed or will: the current one, the one before, the next one.
    pub async fn public_keys(&self) -> Result<Vec<PublicKey>, Error> {
        let mut keys = Vec::with_capacity(self.keys.len());
        for key in &self.keys {
            let request = self.client.get_public_key().key_id(key);
            let output = send!(&self.world, request)?;
            let spki = output.public_key.ok_or_else(|| Error::broken("a key without a key"))?;
            keys.push(PublicKey { id: key_id(key), spki: spki.into_inner() });
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
            client: clients::kms(&call.world),
            keys: keys.split(',').map(|key| key.trim().to_owned()).filter(|key| !key.is_empty()).collect(),
        })
    }

    fn prepare(world: &World) -> Result<(), Error> {
        clients::kms(world);
        Ok(())
    }

    #[cfg(feature = "describe")]
    fn describe(description: &mut crate::describe::Description) {
        description.signs = true;
    }
}
