//! Where to find what checks access tokens (OpenID Connect Discovery 1.0).
//!
//! Read by anybody: API Gateway's authorizer, other services, libraries. It says the same for as long as the
//! deployment's issuer does.

use platform::http::{self, Anyone, Authority, Cached};
use platform::{Failure, Function};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// The part of the discovery document that applies: sessions are opened with `POST /v1/sessions`, not by OpenID flows.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Discovery {
    /// The issuer of tokens, as they name it.
    pub issuer: String,
    /// Where the keys are.
    pub jwks_uri: String,
    /// None: there is no authorization endpoint.
    pub response_types_supported: [&'static str; 1],
    /// Everybody sees the same subject.
    pub subject_types_supported: [&'static str; 1],
    /// How tokens are signed.
    pub id_token_signing_alg_values_supported: [&'static str; 1],
    /// What an access token says.
    pub claims_supported: [&'static str; 9],
}

/// `GET /.well-known/openid-configuration`
pub fn function() -> Function {
    http::get("/.well-known/openid-configuration", get_discovery)
}

/// Names the issuer and its keys' place.
pub async fn get_discovery(_: Anyone, authority: Authority) -> Result<Cached<Discovery>, Failure<Infallible>> {
    let jwks_uri = format!("{}/.well-known/jwks.json", authority.issuer.trim_end_matches('/'));
    Ok(Cached {
        max_age_s: 3600,
        body: Discovery {
            issuer: authority.issuer,
            jwks_uri,
            response_types_supported: ["none"],
            subject_types_supported: ["public"],
            id_token_signing_alg_values_supported: ["RS256"],
            claims_supported: ["iss", "aud", "sub", "roles", "token_use", "sid", "iat", "exp", "jti"],
        },
    })
}
