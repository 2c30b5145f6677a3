//! Access tokens for development: a signer that stands in for the identity context, and the check that API Gateway's
//! JWT authorizer makes.

use crate::cloud::API;
use crate::keys::SigningKey;
use crate::trigger::claims;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use kernel::{Principal, Timestamp};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// How long a development token is good for.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// Signs and checks tokens with a key of its own.
pub struct Tokens {
    issuer: String,
    signing: EncodingKey,
    checking: DecodingKey,
    keys: JwkSet,
    kid: String,
}

impl Tokens {
    /// With this key.
    pub fn new(key: &SigningKey, issuer: &str) -> Result<Self, String> {
        let signing = EncodingKey::from_rsa_pem(key.pem()?.as_bytes()).map_err(|error| error.to_string())?;
        let mut jwk = Jwk::from_encoding_key(&signing, Algorithm::RS256).map_err(|error| error.to_string())?;
        let kid = kernel::Digest::of([key.spki()]).short(12);
        jwk.common.key_id = Some(kid.clone());
        let checking = DecodingKey::from_jwk(&jwk).map_err(|error| error.to_string())?;
        Ok(Self {
            issuer: issuer.to_owned(),
            signing,
            checking,
            keys: JwkSet { keys: vec![jwk] },
            kid,
        })
    }

    /// A token for `principal`.
    pub fn sign(&self, principal: &Principal, now: Timestamp) -> Result<String, String> {
        let mut claims = claims(principal, &self.issuer, API, now);
        claims.insert("iat".to_owned(), json!(now.as_seconds()));
        claims.insert("exp".to_owned(), json!(now.after(LIFETIME).as_seconds()));
        let header = Header { kid: Some(self.kid.clone()), ..Header::new(Algorithm::RS256) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| error.to_string())
    }

    /// The claims of a good token, as texts; `None` for any other.
    pub fn check(&self, token: &str, now: Timestamp) -> Option<Map<String, Value>> {
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[API]);
        // The expiry is checked against the clock that everything else goes by.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &self.checking, &rules).ok()?.claims;
        if claims.get("exp")?.as_i64()? <= now.as_seconds() {
            return None;
        }
        Some(claims.into_iter().map(|(name, value)| (name, Value::String(plain(&value)))).collect())
    }

    /// OpenID discovery, as far as an authorizer reads it.
    pub fn discovery(&self) -> Value {
        let issuer = self.issuer.trim_end_matches('/');
        json!({
            "issuer": self.issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "id_token_signing_alg_values_supported": ["RS256"],
        })
    }

    /// The public keys.
    pub fn jwks(&self) -> Value {
        serde_json::to_value(&self.keys).unwrap_or_default()
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
