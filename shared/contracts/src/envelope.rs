//! CloudEvents 1.0 in JSON, with the extensions `traceparent`, `epoch` and `stateversion`.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The event format's version.
pub const SPEC_VERSION: &str = "1.0";

/// An event on its way. Names are those of the CloudEvents JSON format.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CloudEvent<T> {
    /// Always "1.0".
    pub specversion: String,
    /// Names this event for ever: the item that changed, its epoch and version, the position in its outbox.
    pub id: String,
    /// `/contexts/<context>`.
    pub source: String,
    /// [`crate::Event::TYPE`].
    #[serde(rename = "type")]
    pub kind: String,
    /// What the event is about.
    pub subject: String,
    /// When the change was decided.
    pub time: Timestamp,
    /// Always "application/json".
    pub datacontenttype: String,
    /// W3C trace context of the request that caused the change.
    pub traceparent: String,
    /// Raised when the publisher's table was restored to an earlier point in time.
    pub epoch: u32,
    /// The version of the item that changed. Orders snapshots of one subject within an epoch.
    pub stateversion: u64,
    /// The event itself.
    pub data: T,
}

/// Where a snapshot stands among all snapshots of its subject: a later one compares greater.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Stamp {
    /// The publisher's epoch.
    pub epoch: u32,
    /// The item's version in it.
    pub version: u64,
}

impl<T> CloudEvent<T> {
    /// The stamp of the snapshot inside.
    pub fn stamp(&self) -> Stamp {
        Stamp { epoch: self.epoch, version: self.stateversion }
    }
}
