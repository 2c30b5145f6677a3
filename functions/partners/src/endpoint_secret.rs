//! Endpoints' secrets: derived with a key of ours, so that a repeated request is told the same one, and stored sealed
//! under it, so that the table alone signs nothing.
//!
//! What was sealed under the key before the last rotation still opens. Before the key is rotated once more, endpoints
//! rotate their secrets, or are changed: whatever writes one seals it anew.

use crate::endpoint::{Endpoint, SealedSecret};
use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use kernel::EndpointId;
use platform::standard_webhooks::secret_text;
use platform::{Error, SecretName, SecretValues, seal};

/// The key that endpoints' secrets are derived with and sealed under.
#[derive(Clone, Copy, Debug)]
pub struct EndpointSeal;

impl SecretName for EndpointSeal {
    const NAME: &'static str = "endpoint-seal";
}

/// Secret number `number` of an endpoint.
pub fn derive(keys: &SecretValues, endpoint: EndpointId, number: u32) -> Result<(String, SealedSecret), Error> {
    let mut tag = Context::with_key(&Key::new(HMAC_SHA256, &keys.current));
    tag.update(purpose(endpoint, number).as_bytes());
    let text = secret_text(tag.sign().as_ref());
    let sealed = seal::seal(&keys.current, &purpose(endpoint, number), text.as_bytes())?;
    Ok((text, SealedSecret { number, sealed }))
}

/// The secret of an endpoint, as its owner knows it.
pub fn open(keys: &SecretValues, endpoint: EndpointId, secret: &SealedSecret) -> Result<String, Error> {
    let purpose = purpose(endpoint, secret.number);
    let mut opened = keys.accepted().filter_map(|key| seal::open(key, &purpose, &secret.sealed));
    let text = opened.next().and_then(|text| String::from_utf8(text).ok());
    text.ok_or_else(|| Error::broken(format!("the secret of {endpoint} does not open")))
}

/// The endpoint with its secret sealed under the key of now.
pub fn sealed_anew(keys: &SecretValues, endpoint: &Endpoint) -> Result<Endpoint, Error> {
    let anew = |secret: &SealedSecret| {
        let text = open(keys, endpoint.id, secret)?;
        let sealed = seal::seal(&keys.current, &purpose(endpoint.id, secret.number), text.as_bytes())?;
        Ok::<_, Error>(SealedSecret { number: secret.number, sealed })
    };
    Ok(Endpoint { secret: anew(&endpoint.secret)?, ..endpoint.clone() })
}

fn purpose(endpoint: EndpointId, number: u32) -> String {
    format!("endpoint secret {endpoint} {number}")
}
