//! What the sensors context publishes: devices, what people consent to, and that readings call for attention. The readings themselves never leave it.

use crate::{event, published};
use kernel::{AccountId, AlertId, DeviceId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A person registered a device.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"device": DeviceId::from_bits(30), "person": AccountId::from_bits(2)}))]
pub struct DeviceRegistered {
    /// The device.
    pub device: DeviceId,
    /// Whose it is.
    pub person: AccountId,
}
event!(DeviceRegistered = "sensors.device-registered.v1", about device);

/// A person consents that readings are kept, and lets these coaches see them: all of what is consented to now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"person": AccountId::from_bits(2), "coaches": [AccountId::from_bits(3)]}))]
pub struct ConsentGiven {
    /// The person.
    pub person: AccountId,
    /// Who may see the readings beside the person.
    pub coaches: Vec<AccountId>,
}
event!(ConsentGiven = "sensors.consent-given.v1", about person);

/// A person consents no more: no reading is taken, and no coach sees any.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({"person": AccountId::from_bits(2)}))]
pub struct ConsentWithdrawn {
    /// The person.
    pub person: AccountId,
}
event!(ConsentWithdrawn = "sensors.consent-withdrawn.v1", about person);

/// What an alert is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AlertCause {
    /// Readings were above the limit for as long as the person's rule says.
    Above,
    /// Readings were below it for as long.
    Below,
}

/// Readings call for attention, as the person wished to be told. What they are is not told here.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "channel": "heart-rate", "cause": "above",
    "since": "2026-01-31T12:00:00.000Z", "raised_at": "2026-01-31T12:01:00.000Z",
}))]
pub struct AlertRaised {
    /// Names the alert.
    pub alert: AlertId,
    /// Whose readings.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The channel by name.
    pub channel: String,
    /// What is the matter.
    pub cause: AlertCause,
    /// Since when, by the device's clock.
    pub since: Timestamp,
    /// When it was clear, by the device's clock.
    pub raised_at: Timestamp,
}
event!(AlertRaised = "sensors.alert-raised.v1", about alert);

/// What called for attention is over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(example = json!({
    "alert": AlertId::from_bits(31), "person": AccountId::from_bits(2), "device": DeviceId::from_bits(30),
    "channel": "heart-rate", "ended_at": "2026-01-31T12:05:00.000Z",
}))]
pub struct AlertEnded {
    /// The alert.
    pub alert: AlertId,
    /// Whose readings.
    pub person: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The channel by name.
    pub channel: String,
    /// Since when, by the device's clock.
    pub ended_at: Timestamp,
}
event!(AlertEnded = "sensors.alert-ended.v1", about alert);

published!(DeviceRegistered, ConsentGiven, ConsentWithdrawn, AlertRaised, AlertEnded);
