//! What who signed in gets: an access token (JWT, RS256) and a refresh token. The same facts always give the same
//! tokens, so that a repeated request gets the same reply.

use crate::refresh::RefreshToken;
use crate::roles::Roles;
use crate::settings::SessionRules;
use kernel::{AccountId, Digest, SessionId, Timestamp};
use platform::http::Authority;
use platform::signer::base64url;
use platform::{Error, Signer};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

/// The tokens of a session. Nothing of it prints.
#[derive(Serialize, JsonSchema)]
pub struct Tokens {
    /// Names the session.
    pub session: SessionId,
    /// To be sent as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// For how many seconds the access token is good from when it was issued.
    pub expires_in: u64,
    /// To be sent to `POST /v1/sessions/refresh`, once. Partners get none: they sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// Until when the refresh token is good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_expires_at: Option<Timestamp>,
}

/// What tokens are made of.
#[derive(Debug)]
pub struct Grant<'g> {
    /// Who signed in.
    pub account: AccountId,
    /// As what.
    pub roles: &'g Roles,
    /// The session.
    pub session: SessionId,
    /// When the tokens were first given.
    pub issued_at: Timestamp,
    /// The refresh token.
    pub refresh: Option<RefreshToken>,
}

impl Grant<'_> {
    /// Signs the access token, and puts the refresh token beside it.
    pub async fn tokens(self, authority: &Authority, signer: &Signer, rules: SessionRules) -> Result<Tokens, Error> {
        let signed = signing_input(&signer.key_id(), &self.claims(authority, rules));
        let signature = signer.sign(signed.as_bytes()).await?;
        Ok(Tokens {
            session: self.session,
            access_token: format!("{signed}.{}", base64url(&signature)),
            token_type: "Bearer",
            expires_in: rules.access.as_secs(),
            refresh_expires_at: self.refresh.as_ref().map(|_| self.issued_at.after(rules.refresh)),
            refresh_token: self.refresh.map(|token| token.expose().to_owned()),
        })
    }

    fn claims(&self, authority: &Authority, rules: SessionRules) -> Value {
        let issued = self.issued_at.as_seconds();
        let names = [self.session.to_string(), issued.to_string(), self.roles.claim()];
        json!({
            "iss": authority.issuer,
            "aud": authority.audience,
            "sub": self.account,
            "roles": self.roles.claim(),
            "token_use": "access",
            "sid": self.session,
            "iat": issued,
            "exp": self.issued_at.after(rules.access).as_seconds(),
            "jti": Digest::of(names).short(26),
        })
    }
}

/// Header and claims as they are signed.
fn signing_input(key_id: &str, claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key_id });
    let part = |part: &Value| base64url(part.to_string().as_bytes());
    format!("{}.{}", part(&header), part(claims))
}
