//! The outbox: events that an item carries until the relay has published them.
//!
//! State and events go in one write of one item, so there is no gap between them to lose an event in. The outbox
//! holds what happened and what is not in the state; the relay makes the event from that and the item's new image.
//! Each write replaces the outbox; an item without news has none.

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The attribute that holds it.
pub const ATTRIBUTE: &str = "outbox";

/// Its field that says which version of the item it belongs to.
pub const VERSION: &str = "v";

/// The events of one version of an item.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Outbox<E> {
    /// The version that these events belong to. An older outbox that a copy or a backfill dragged along is ignored.
    #[serde(rename = "v")]
    pub version: u64,
    /// When the change was decided.
    pub at: Timestamp,
    /// The story it is part of, a `traceparent`.
    #[serde(rename = "tp")]
    pub traceparent: String,
    /// What happened, in order.
    pub events: Vec<E>,
}
