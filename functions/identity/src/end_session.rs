//! A person signs out, here or on another of their devices.
//!
//! Called by anybody who is signed in; somebody else's session is not found. Its refresh token is no good from then on,
//! its access token for ten minutes at most. Ending what has ended is harmless.

use crate::access::Access;
use crate::store;
use kernel::SessionId;
use platform::http::{self, NoContent, Path, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/sessions/{session}`
pub fn function() -> Function {
    http::delete("/v1/sessions/{session}", end_session)
}

/// Ends the session if it still runs.
pub async fn end_session(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Now(now): Now,
    identity: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Access>>| {
        let access = &found.ok_or_else(http::not_found)?.value;
        let next = access.ended(id, now).ok_or_else(http::not_found)?;
        Ok(if next == *access { Decision::Keep } else { Decision::To(next, Vec::new()) })
    };
    identity.change(&store::access_key(caller.account), decide).await?;
    Ok(NoContent)
}
