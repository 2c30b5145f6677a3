//! The check of access tokens: API Gateway's JWT authorizer, as far as callers notice it.

use crate::cloud::API;
use crate::keys::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use kernel::Timestamp;
use serde_json::{Map, Value};

/// Knows the issuer and its key.
pub struct Authorizer {
    rules: Validation,
    key: DecodingKey,
}

impl Authorizer {
    /// Takes the tokens of this issuer, signed with this key, for this API.
    pub fn new(key: &SigningKey, issuer: &str) -> Self {
        let mut rules = Validation::new(Algorithm::RS256);
        rules.set_issuer(&[issuer]);
        rules.set_audience(&[API]);
        // The expiry is checked against the clock that everything else goes by.
        rules.validate_exp = false;
        Self { rules, key: DecodingKey::from_rsa_der(&key.public_pkcs1()) }
    }

    /// The claims of a good token, as texts; `None` for any other.
    pub fn check(&self, token: &str, now: Timestamp) -> Option<Map<String, Value>> {
        let claims = jsonwebtoken::decode::<Map<String, Value>>(token, &self.key, &self.rules).ok()?.claims;
        if claims.get("exp")?.as_i64()? <= now.as_seconds() {
            return None;
        }
        Some(claims.into_iter().map(|(name, value)| (name, Value::String(plain(&value)))).collect())
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ISSUER: &str = "https://shop.example/";
    const NOW: i64 = 1_790_000_000;

    /// A token of these claims, by this key; `alg` is what its header says.
    fn token(key: &SigningKey, alg: &str, claims: &Value) -> String {
        let part = |value: &Value| base64_url(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(&json!({ "alg": alg, "typ": "JWT" })), part(claims));
        format!("{signed}.{}", base64_url(&key.sign(signed.as_bytes()).unwrap()))
    }

    fn base64_url(bytes: &[u8]) -> String {
        let text = aws_smithy_types::base64::encode(bytes);
        text.trim_end_matches('=').replace('+', "-").replace('/', "_")
    }

    fn claims(issuer: &str, audience: &str, exp: i64) -> Value {
        json!({ "iss": issuer, "aud": audience, "sub": "acc_1", "exp": exp, "token_use": "access" })
    }

    fn check(token: &str) -> Option<Map<String, Value>> {
        Authorizer::new(&SigningKey::shared().unwrap(), ISSUER).check(token, Timestamp::from_millis(NOW * 1000))
    }

    #[test]
    fn a_good_token_is_taken_until_it_expires() {
        let key = SigningKey::shared().unwrap();
        let seen = check(&token(&key, "RS256", &claims(ISSUER, API, NOW + 1))).unwrap();
        assert_eq!((&seen["sub"], &seen["exp"]), (&json!("acc_1"), &json!((NOW + 1).to_string())));
        assert_eq!(check(&token(&key, "RS256", &claims(ISSUER, API, NOW))), None, "expired");
    }

    #[test]
    fn any_other_token_is_refused() {
        let (key, foreign) = (SigningKey::shared().unwrap(), SigningKey::new().unwrap());
        let good = claims(ISSUER, API, NOW + 600);
        let unsigned = |signature: &str| {
            let text = token(&key, "none", &good);
            format!("{}.{signature}", text.rsplit_once('.').unwrap().0)
        };
        let mut without_expiry = good.clone();
        without_expiry.as_object_mut().unwrap().remove("exp");
        let text = token(&key, "RS256", &good);
        let mut changed = text.clone().into_bytes();
        let last = changed.len() - 2;
        changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
        for (what, token) in [
            ("another key", token(&foreign, "RS256", &good)),
            ("another issuer", token(&key, "RS256", &claims("https://other.example/", API, NOW + 600))),
            ("another audience", token(&key, "RS256", &claims(ISSUER, "other", NOW + 600))),
            ("no algorithm", unsigned("")),
            ("no algorithm, signed", token(&key, "none", &good)),
            ("a symmetric algorithm", token(&key, "HS256", &good)),
            ("another hash", token(&key, "RS512", &good)),
            ("no expiry", token(&key, "RS256", &without_expiry)),
            ("a changed signature", String::from_utf8(changed).unwrap()),
            ("half of it", text[..text.len() / 2].to_owned()),
            ("nothing", String::new()),
            ("something else", "a.b.c".to_owned()),
        ] {
            assert_eq!(check(&token), None, "{what}");
        }
    }
}
