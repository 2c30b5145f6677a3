//! A person signs out everywhere.
//!
//! Called by anybody who is signed in. Every session of theirs ends in one write, the one that asks included; access
//! tokens run out within ten minutes. Repeating it is harmless.

use crate::access::Access;
use crate::store;
use platform::http::{self, NoContent, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/sessions`
pub fn function() -> Function {
    http::delete("/v1/sessions", end_sessions)
}

/// Ends every session that runs.
pub async fn end_sessions(caller: SignedIn, Now(now): Now, identity: Table) -> Result<NoContent, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Access>>| {
        let Some(access) = found.filter(|access| !access.value.running(now).is_empty()) else {
            return Ok::<_, Failure<Infallible>>(Decision::Keep);
        };
        Ok(Decision::To(access.value.all_ended(now), Vec::new()))
    };
    identity.change(&store::access_key(caller.account), decide).await?;
    Ok(NoContent)
}
