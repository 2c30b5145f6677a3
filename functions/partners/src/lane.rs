//! The lane of an endpoint: how it stands there, and when the sweeper is to look at what waits for it. Pure.
//!
//! A lane of an endpoint that is there never sleeps for long, so that nothing that waits in it has to wake it.

use kernel::{AccountId, EndpointId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Of what waits: lanes.
pub const WAITING: &str = "lane";
/// A lane in which nothing waits is looked at this often.
const HEARTBEAT: Duration = Duration::from_secs(300);
/// An endpoint that took nothing for so long is disabled.
const PATIENCE: Duration = Duration::from_secs(5 * 86_400);

/// A lane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lane {
    /// The endpoint.
    pub endpoint: EndpointId,
    /// Whose it is.
    pub partner: AccountId,
    /// [`WAITING`] as long as the endpoint is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When the sweeper is to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Since when every try failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
}

impl Lane {
    /// The lane of a new endpoint.
    pub fn new(endpoint: EndpointId, partner: AccountId, now: Timestamp) -> Self {
        Self {
            endpoint,
            partner,
            waiting: Some(WAITING.to_owned()),
            due: Some(now.after(HEARTBEAT)),
            failing_since: None,
        }
    }

    /// A try succeeded; none if that is nothing new.
    pub fn succeeded(&self) -> Option<Self> {
        self.failing_since.is_some().then(|| Self { failing_since: None, ..self.clone() })
    }

    /// A try failed, the next one is `due` then; none if that is nothing new.
    pub fn failed(&self, due: Option<Timestamp>, now: Timestamp) -> Option<Self> {
        let next = Self {
            failing_since: self.failing_since.or(Some(now)),
            ..self.earlier(due.unwrap_or(now.after(HEARTBEAT)))
        };
        (next != *self).then_some(next)
    }

    /// Whether its endpoint took nothing for too long.
    pub fn is_hopeless(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now >= since.after(PATIENCE))
    }

    /// The sweeper looked: when it is to look again, given when the first of what waits is due.
    #[must_use]
    pub fn looked_at(&self, next: Option<Timestamp>, now: Timestamp) -> Self {
        let due = now.after(HEARTBEAT);
        Self {
            due: Some(next.map_or(due, |next| next.min(due))),
            ..self.clone()
        }
    }

    /// It is to be looked at by then.
    #[must_use]
    pub fn earlier(&self, due: Timestamp) -> Self {
        Self { due: self.due.map(|known| known.min(due)), ..self.clone() }
    }

    /// Its endpoint is enabled again: what failed before counts no more.
    #[must_use]
    pub fn anew(&self, now: Timestamp) -> Self {
        Self { failing_since: None, ..self.earlier(now) }
    }

    /// Its endpoint is gone, and nothing waits.
    #[must_use]
    pub fn closed(&self) -> Self {
        Self { waiting: None, due: None, ..self.clone() }
    }
}
