//! A session goes on: its refresh token is exchanged for a new one and a new access token.
//!
//! Called by anybody who has the token. A token is good once. Who repeats the exchange within half a minute, because
//! the reply was lost, gets the same new token again; any other second use means that somebody else has the token, ends
//! the session and announces `identity.sessions-revoked.v1`. The roles in the access token are those of now.

use crate::access::{Access, AccessEvent, Renewal};
use crate::account::Account;
use crate::grant::{Grant, Tokens};
use crate::keys::Keys;
use crate::refresh::RefreshToken;
use crate::settings::{ServerKey, Sessions};
use crate::store;
use derive::Refusal;
use platform::http::{self, Anyone, Authority, Json};
use platform::{Decision, Failure, Function, Now, Secret, Setting, Signer, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// The token to exchange.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = RefreshSession::example())]
pub struct RefreshSession {
    /// The refresh token of the last reply.
    pub refresh_token: RefreshToken,
}

/// Why a session does not go on.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The refresh token is not good.
    #[problem(401, "refresh-token-invalid", "The session has ended, or the token was used before. Sign in again.")]
    Invalid,
}

/// `POST /v1/sessions/refresh`
pub fn function() -> Function {
    http::post("/v1/sessions/refresh", refresh_session)
}

/// Consumes the token if it is good, and gives its child.
pub async fn refresh_session(
    _: Anyone,
    Json(RefreshSession { refresh_token: token }): Json<RefreshSession>,
    Now(now): Now,
    Setting(rules): Setting<Sessions>,
    (server, authority, signer): (Secret<ServerKey>, Authority, Signer),
    identity: Table,
) -> Result<http::Ok<Tokens>, Failure<Refused>> {
    let keys = Keys::new(&server.read().await?)?;
    let account = identity.get::<Account>(&store::account_key(token.account())).await?.ok_or(Refused::Invalid)?.value;
    let mut child = None;
    let decide = |found: Option<&Stored<Access>>| {
        let renewal = found.map_or(Renewal::Unknown, |access| access.value.renew(&token, &keys, now, rules));
        let (given, decision) = match renewal {
            Renewal::Renewed(access, child) => (Some((child, now)), Decision::To(access, Vec::new())),
            Renewal::Repeated(child, issued_at) => (Some((child, issued_at)), Decision::Keep),
            Renewal::Reused(access) => (None, Decision::To(access, vec![AccessEvent::TokenReused])),
            Renewal::Unknown => (None, Decision::Keep),
        };
        child = given;
        Ok::<_, Failure<Refused>>(decision)
    };
    identity.change(&store::access_key(account.id), decide).await?;

    let (child, issued_at) = child.ok_or(Refused::Invalid)?;
    let grant = Grant {
        account: account.id,
        roles: &account.roles,
        session: token.session(),
        issued_at,
        refresh: Some(child),
    };
    Ok(http::Ok {
        version: None,
        body: grant.tokens(&authority, &signer, rules).await?,
    })
}

impl RefreshSession {
    fn example() -> serde_json::Value {
        let token = format!("rt_{}{}{}", "0".repeat(51) + "1", "A".repeat(43), "A".repeat(22));
        serde_json::json!({ "refresh_token": token })
    }
}
