//! Devices: what measures something of a person. Pure.

use kernel::{AccountId, DeviceId, Text, Timestamp};
use serde::{Deserialize, Serialize};

/// What a person calls a device.
pub type Name = Text<1, 100>;

/// Devices of a person at most.
pub const MOST: usize = 50;

/// A device.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Device {
    /// Names it.
    pub id: DeviceId,
    /// Whose it is.
    pub person: AccountId,
    /// What the person calls it.
    pub name: Name,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Fingerprint of the request.
    pub request: String,
    /// The index' partition: the person's devices.
    pub list: String,
    /// The index' sort value: `registered_at`.
    pub place: Timestamp,
}

/// What a device announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceEvent {
    /// It was registered.
    Registered,
}

impl Device {
    /// A person registers a device.
    pub fn register(id: DeviceId, person: AccountId, name: Name, request: &str, now: Timestamp) -> Self {
        Self {
            id,
            person,
            name,
            registered_at: now,
            request: request.to_owned(),
            list: list_of(person),
            place: now,
        }
    }
}

/// The index' partition with a person's devices.
pub fn list_of(person: AccountId) -> String {
    format!("devices#{person}")
}
