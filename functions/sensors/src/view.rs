//! What people are shown of consents and devices.

use crate::device::Device;
use crate::person::Consent;
use kernel::{AccountId, DeviceId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

/// What a person consents to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SensorConsent {
    /// Whether readings are kept.
    pub given: bool,
    /// Since when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given_at: Option<Timestamp>,
    /// When it was withdrawn last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
    /// Who may see the readings beside the person.
    pub coaches: Vec<AccountId>,
}

impl From<Consent> for SensorConsent {
    fn from(consent: Consent) -> Self {
        Self {
            given: consent.given_at.is_some(),
            given_at: consent.given_at,
            withdrawn_at: consent.withdrawn_at,
            coaches: consent.coaches,
        }
    }
}

/// A device.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SensorDevice")]
pub struct DeviceView {
    /// Names it.
    pub id: DeviceId,
    /// What the person calls it.
    pub name: String,
    /// When it was registered.
    pub registered_at: Timestamp,
}

impl From<Device> for DeviceView {
    fn from(device: Device) -> Self {
        Self {
            id: device.id,
            name: device.name.map(|name| name.as_str().to_owned()).unwrap_or_default(),
            registered_at: device.registered_at,
        }
    }
}
