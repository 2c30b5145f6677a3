//! The key that signs access tokens in the embedded cloud.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// An RSA key of 2048 bits.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<KeyPair>,
}

impl SigningKey {
    /// The key kept in `folder`, made at the first start. It signs tokens for this machine only.
    pub fn kept_in(folder: &Path) -> Result<Self, String> {
        let path = folder.join("development-signing-key.der");
        if let Ok(key) = std::fs::read(&path) {
            let pair = KeyPair::from_pkcs8(&key).map_err(|reason| format!("{}: {reason}", path.display()))?;
            return Ok(Self { pair: Arc::new(pair) });
        }
        let key = Self::new()?;
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, key.pkcs8()?))
            .map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(key)
    }

    /// The key of all clouds in memory in this process: making one takes longer than most tests.
    pub fn shared() -> Result<Self, String> {
        static KEY: OnceLock<SigningKey> = OnceLock::new();
        if let Some(key) = KEY.get() {
            return Ok(key.clone());
        }
        let key = Self::new()?;
        Ok(KEY.get_or_init(|| key).clone())
    }

    /// Another key.
    pub(crate) fn new() -> Result<Self, String> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| "no key could be made".to_owned())?;
        Ok(Self { pair: Arc::new(pair) })
    }

    fn pkcs8(&self) -> std::io::Result<Vec<u8>> {
        let der: Pkcs8V1Der<'_> = self.pair.as_der().map_err(|_| std::io::Error::other("the key has no form"))?;
        Ok(der.as_ref().to_vec())
    }

    /// The signature of `message`: RSASSA-PKCS1-v1_5 with SHA-256.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| "the message could not be signed".to_owned())?;
        Ok(signature)
    }

    /// The public key: SubjectPublicKeyInfo, DER.
    pub fn spki(&self) -> Vec<u8> {
        let der: Result<PublicKeyX509Der<'_>, _> = self.pair.public_key().as_der();
        der.map(|der| der.as_ref().to_vec()).unwrap_or_default()
    }

    /// The public key: RSAPublicKey of PKCS #1, DER.
    pub fn public_pkcs1(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }
}
