//! A person looks at where they are signed in.
//!
//! Called by anybody who is signed in, about themselves. At most 20 sessions run at a time, so they are one page.

use crate::access::Access;
use crate::store;
use kernel::{Page, SessionId, Text, Timestamp};
use platform::http::{self, SignedIn};
use platform::{Failure, Function, Now, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SessionView {
    /// Names it.
    pub id: SessionId,
    /// The device, as it named itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<Text<1, 100>>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was last renewed.
    pub renewed_at: Timestamp,
    /// When it ends unless it is renewed.
    pub expires_at: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `GET /v1/sessions`
pub fn function() -> Function {
    http::get("/v1/sessions", list_sessions)
}

/// Reads the sessions that run, the newest first.
pub async fn list_sessions(
    caller: SignedIn,
    Now(now): Now,
    identity: TableReader,
) -> Result<http::Ok<Page<SessionView>>, Failure<Infallible>> {
    let access = identity.get::<Access>(&store::access_key(caller.account)).await?;
    let running = access.iter().flat_map(|access| access.value.running(now));
    let items = running.map(|session| SessionView {
        id: session.id,
        device: session.device.clone(),
        started_at: session.started_at,
        renewed_at: session.renewed_at(),
        expires_at: session.expires_at,
        current: caller.session == Some(session.id),
    });
    Ok(http::Ok {
        version: None,
        body: Page { items: items.collect(), next: None },
    })
}
