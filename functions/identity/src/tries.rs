//! Lockout: who fails to sign in too often has to wait. Pure.

use crate::settings::LockoutRules;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};

/// The failures to sign in with one address.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tries {
    /// The recent failures, the newest last; as many as do not lock yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Timestamp>,
    /// Until when nobody can sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Tries {
    /// Whether nothing is to be remembered.
    pub fn is_clean(&self) -> bool {
        *self == Self::default()
    }

    /// Until when nobody can sign in, if so.
    pub fn locked(&self, now: Timestamp) -> Option<Timestamp> {
        self.until.filter(|until| now < *until)
    }

    /// One more failure, which may lock. Not to be asked for while it is locked.
    #[must_use]
    pub fn failed(&self, now: Timestamp, rules: LockoutRules) -> Self {
        let recent = self.failed.iter().filter(|failed| failed.after(rules.window) > now);
        let failed: Vec<Timestamp> = recent.copied().chain([now]).collect();
        match failed.len() >= rules.failures {
            true => Self { failed: Vec::new(), until: Some(now.after(rules.lock)) },
            false => Self { failed, until: None },
        }
    }
}

/// A wait in whole seconds, rounded up: who waits that long has waited long enough.
pub fn seconds(wait: std::time::Duration) -> u32 {
    u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX)
}
