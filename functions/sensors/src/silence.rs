//! Silence: a person is told when a device that was sending sends no more. Pure, and of a size that does not grow.
//!
//! ```text
//!   idle ──▶ watched ──▶ silent ──▶ watched   (and for a while no alert is raised)
//!     ▲─────────┘
//! ```
//!
//! A batch with fresh readings makes a device *watched*; who looks when it is due either finds that more came, or that the
//! device is *silent*: that is told once, until it is heard again. Only the minute of the latest reading is noted, so that
//! a device that sends every few seconds is noted once a minute.

use kernel::id::Id;
use kernel::{AccountId, AlertId, DeviceId, Digest, Timestamp};
use serde::{Deserialize, Serialize};

/// How much later than what is noted a reading is to be until it is noted, in milliseconds.
const STEP: i64 = 60_000;

/// When a silent device calls for attention.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Silence {
    /// For how many milliseconds there is to be no reading.
    pub after: i64,
    /// For how many milliseconds no alert follows the end of one.
    pub cool_down: i64,
}

/// A device that is listened to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Watch {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub person: AccountId,
    /// The moment of the latest reading, or up to a minute before it, in milliseconds since 1970.
    pub heard: i64,
    /// Until when no alert is raised, in milliseconds since 1970.
    pub quiet_until: i64,
    /// While it is silent: the alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<AlertId>,
    /// While it is watched: [`crate::backlog::WAITING`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// While it is watched: when to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What a watch announces.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum WatchEvent {
    /// The device is silent.
    Silent {
        /// The alert.
        alert: AlertId,
        /// Since when, in milliseconds since 1970.
        since: i64,
        /// When that was found.
        at: Timestamp,
    },
    /// It sends again.
    Heard {
        /// The alert.
        alert: AlertId,
        /// The moment of its latest reading, in milliseconds since 1970.
        at: i64,
    },
}

impl Watch {
    /// Nothing was heard yet.
    pub fn new(device: DeviceId, person: AccountId) -> Self {
        Self {
            device,
            person,
            heard: i64::MIN,
            quiet_until: i64::MIN,
            alert: None,
            waiting: None,
            due: None,
        }
    }

    /// After a fresh reading of this moment, and what is to be told. `None`: that is nothing new.
    pub fn hear(&self, rule: &Silence, at: i64, now: Timestamp) -> Option<(Self, Vec<WatchEvent>)> {
        // A device's clock may be ahead.
        let at = at.min(now.as_millis());
        let is_news = at >= self.heard.saturating_add(STEP);
        match self.alert {
            Some(alert) if is_news => {
                let quiet_until = now.as_millis().saturating_add(rule.cool_down);
                let heard = Self { heard: at, quiet_until, alert: None, ..self.clone() };
                Some((heard.until(at.saturating_add(rule.after + STEP)), vec![WatchEvent::Heard { alert, at }]))
            }
            Some(_) => None,
            // Who looks when it is due puts that off: the index is not written each minute.
            None if self.waiting.is_some() => is_news.then(|| (Self { heard: at, ..self.clone() }, Vec::new())),
            None => {
                let heard = at.max(self.heard);
                let watched = Self { heard, ..self.clone() };
                Some((watched.until(heard.saturating_add(rule.after + STEP)), Vec::new()))
            }
        }
    }

    /// After a look at a watched device, and what is to be told. Without a rule it is watched no more.
    pub fn look(&self, rule: Option<&Silence>, now: Timestamp) -> (Self, Vec<WatchEvent>) {
        let Some(rule) = rule else {
            return (self.idle(), Vec::new());
        };
        let lasting = self.heard.saturating_add(rule.after + STEP).max(self.quiet_until);
        if lasting > now.as_millis() {
            return (self.clone().until(lasting), Vec::new());
        }
        // The same silence has the same alert, whoever finds it.
        let parts = [self.device.to_string(), "silence".to_owned(), self.heard.to_string()];
        let alert = AlertId::from_digest(&Digest::of(parts));
        let silent = Self { alert: Some(alert), ..self.idle() };
        (silent, vec![WatchEvent::Silent { alert, since: self.heard, at: now }])
    }

    fn idle(&self) -> Self {
        Self { waiting: None, due: None, ..self.clone() }
    }

    fn until(self, moment: i64) -> Self {
        let waiting = Some(crate::backlog::WAITING.to_owned());
        Self { waiting, due: Some(Timestamp::from_millis(moment)), ..self }
    }
}
