//! Somebody read a notification.
//!
//! Called by the person whose feed it is in; an entry of another feed is not found. Read once it stays read, since
//! then: repeating the request changes nothing and gets the same reply.

use crate::feed::Entry;
use crate::store;
use kernel::{MessageId, Timestamp};
use platform::http::{self, Path, SignedIn};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A notification that was read.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReadNotification {
    /// Names it.
    pub id: MessageId,
    /// Since when it is read.
    pub read_at: Timestamp,
}

/// `POST /v1/notifications/{message}/read`
pub fn function() -> Function {
    http::post("/v1/notifications/{message}/read", mark_notification_read)
}

/// Notes when it was read first.
pub async fn mark_notification_read(
    person: SignedIn,
    Path(id): Path<MessageId>,
    Now(now): Now,
    notifications: Table,
) -> Result<http::Ok<ReadNotification>, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Entry>>| {
        let entry = &found.ok_or_else(http::not_found)?.value;
        Ok(match entry.read_at {
            Some(_) => Decision::Keep,
            None => Decision::To(Entry { read_at: Some(now), ..entry.clone() }, Vec::new()),
        })
    };
    let entry = notifications.change(&store::entry_key(person.account, id), decide).await?;
    let read_at = entry.and_then(|entry| entry.value.read_at).unwrap_or(now);
    Ok(http::Ok { version: None, body: ReadNotification { id, read_at } })
}
