//! A manager has looked into a difference between our payments and the provider's, and closes it.
//!
//! Called by a manager with an `Idempotency-Key`; the same key again gets the same reply. Who closed it, when and why
//! stays on record. Moves no money: what is to be mended is mended first, at the provider or by the use case that owns
//! it. Followed by `payments.break-closed.v1`. It is found once more only if either side says something else.

use crate::discrepancy::{AlreadyClosed, Break, Closer};
use crate::store::break_key;
use derive::Refusal;
use kernel::{BreakId, Text, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, IdempotencyKey, Json, Path, Staff};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why it is closed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"note": "Refunded by hand at the provider, ticket 1402."}))]
pub struct CloseBreak {
    /// What was found out, and what was done about it.
    pub note: Text<1, 500>,
}

/// A break that was closed.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ClosedBreak {
    /// Names it.
    pub id: BreakId,
    /// When it was closed.
    pub closed_at: Timestamp,
}

/// Why it is not closed.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is closed already.
    #[problem(409, "break-closed", "Another manager was faster, or both sides agree by now. Read it to see which.")]
    Closed,
}

/// `POST /v1/breaks/{break}/close`
pub fn function() -> Function {
    http::post("/v1/breaks/{break}/close", close_break)
}

/// Closes it as it stands.
pub async fn close_break(
    manager: Staff<Manager>,
    key: IdempotencyKey,
    Path(id): Path<BreakId>,
    Json(request): Json<CloseBreak>,
    Now(now): Now,
    payments: Table,
) -> Result<http::Ok<ClosedBreak>, Failure<Refused>> {
    let closer = Closer {
        account: manager.account,
        note: request.note.as_str().to_owned(),
        key: key.stored(),
        fingerprint: key.fingerprint().to_owned(),
    };
    let decide = |found: Option<&Stored<Break>>| {
        let known = &found.ok_or_else(http::not_found)?.value;
        if let Some(by) = known.closer().filter(|by| by.key == closer.key) {
            key.replays(&by.fingerprint)?;
            return Ok(Decision::Keep);
        }
        let (closed, events) = known.close(closer.clone(), now)?;
        Ok(Decision::To(closed, events))
    };
    let found = payments.change(&break_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let closed_at = found.closed.ok_or_else(|| Error::broken(format!("{id} was not closed")))?.at;
    Ok(http::Ok { version: None, body: ClosedBreak { id, closed_at } })
}

impl From<AlreadyClosed> for Failure<Refused> {
    fn from(_: AlreadyClosed) -> Self {
        Failure::Refused(Refused::Closed)
    }
}
