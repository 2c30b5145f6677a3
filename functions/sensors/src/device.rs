//! Devices: what measures something of a person. Pure.

use kernel::{AccountId, DeviceId, Text, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a person calls a device.
pub type Name = Text<1, 100>;

/// Devices of a person at most.
pub const MOST: usize = 50;
/// A page that holds all devices of a person, even if several were registered at once.
pub const PAGE: u32 = 100;

/// How long after a device was deleted something that had begun before may still write: the time-outs of all functions
/// that take readings in are shorter.
pub const LAST_BATCH: Duration = Duration::from_secs(240);

/// A device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Device {
    /// Names it.
    pub id: DeviceId,
    /// Whose it is.
    pub person: AccountId,
    /// What the person calls it. Absent of a deleted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Fingerprint of the request.
    pub request: String,
    /// The index' partition: the person's devices. Absent of a deleted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The index' sort value: `registered_at`. Absent of a deleted one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Timestamp>,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// Of a deleted one: what is still to be erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
    /// While anything is to be erased: [`crate::backlog::WAITING`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// While anything is to be erased: from when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What of a deleted device is still to be erased: the first that is named, and those that follow it here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Left {
    /// Readings.
    Readings {
        /// From this moment on, in milliseconds since 1970.
        from: i64,
    },
    /// Activities.
    Activities {
        /// Those after this place in the person's list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<String>,
    },
    /// How far its alerts are.
    Alerts,
}

/// What a device announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceEvent {
    /// It was registered.
    Registered,
    /// It was deleted.
    Deleted,
}

impl Device {
    /// A person registers a device.
    pub fn register(id: DeviceId, person: AccountId, name: Name, request: &str, now: Timestamp) -> Self {
        Self {
            id,
            person,
            name: Some(name),
            registered_at: now,
            request: request.to_owned(),
            list: Some(list_of(person)),
            place: Some(now),
            deleted_at: None,
            left: None,
            waiting: None,
            due: None,
        }
    }

    /// Whether it was deleted: nobody is shown anything of it.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }

    /// Without its name, in no list, and to be erased. `None`: it was deleted before.
    pub fn delete(&self, now: Timestamp) -> Option<Self> {
        (!self.is_deleted()).then(|| Self {
            name: None,
            list: None,
            place: None,
            deleted_at: Some(now),
            left: Some(Left::Readings { from: 0 }),
            waiting: Some(crate::backlog::WAITING.to_owned()),
            due: Some(now.after(LAST_BATCH)),
            ..self.clone()
        })
    }

    /// With this left to be erased; with nothing, it is done.
    pub fn with_left(&self, left: Option<Left>) -> Self {
        let (waiting, due) = (self.waiting.clone(), self.due);
        let on = left.is_some();
        Self {
            left,
            waiting: waiting.filter(|_| on),
            due: due.filter(|_| on),
            ..self.clone()
        }
    }
}

/// The index' partition with a person's devices.
pub fn list_of(person: AccountId) -> String {
    format!("devices#{person}")
}
