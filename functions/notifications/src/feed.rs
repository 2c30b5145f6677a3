//! The feed in the app: what a person was told, newest first.

use crate::message::id_of;
use crate::notice::Notice;
use kernel::{AccountId, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

/// An entry of somebody's feed. Its text is written when it is read, in the language of the day.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// Names it; entries sort by it, by their time.
    pub id: MessageId,
    /// Whose feed.
    pub account: AccountId,
    /// What it says.
    pub notice: Notice,
    /// When it happened.
    pub at: Timestamp,
    /// When the person read it.
    #[serde(default)]
    pub read_at: Option<Timestamp>,
}

impl Entry {
    /// What the event `cause` has to say to `account`.
    pub fn new(account: AccountId, notice: Notice, (cause, at): (&str, Timestamp)) -> Self {
        Self {
            id: id_of(cause, at, "feed"),
            account,
            notice,
            at,
            read_at: None,
        }
    }
}
