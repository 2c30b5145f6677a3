//! A person registers a device.
//!
//! Called by the person, who consents to readings being kept, with an `Idempotency-Key`; the same key again gets the same
//! reply. Announces `sensors.device-registered.v1`.

use crate::device::{self, Device, DeviceEvent, Name};
use crate::store::{consent_of, device_key, devices_of};
use crate::view::DeviceView;
use derive::Refusal;
use kernel::DeviceId;
use platform::http::{self, Created, IdempotencyKey, Json, SignedIn};
use platform::{Creation, Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// A device as it is registered.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"name": "Chest strap"}))]
pub struct RegisterDevice {
    /// What the person calls it.
    pub name: Name,
}

/// Why a device is not registered.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no consent that readings are kept.
    #[problem(409, "consent-missing", "Consent first, with PUT /v1/sensor-consent.")]
    ConsentMissing,
    /// This very request registered a device that was deleted since.
    #[problem(409, "device-deleted", "The device was deleted. Register it anew, with another Idempotency-Key.")]
    DeviceDeleted,
    /// There are fifty devices.
    #[problem(409, "too-many-devices", "Use one of the fifty that are registered, or delete one.")]
    TooManyDevices,
}

/// `POST /v1/devices`
pub fn function() -> Function {
    http::post("/v1/devices", register_device)
}

/// Registers it, unless this request did already.
pub async fn register_device(
    caller: SignedIn,
    key: IdempotencyKey,
    Json(request): Json<RegisterDevice>,
    Now(now): Now,
    sensors: Table,
) -> Result<Created<DeviceView>, Failure<Refused>> {
    let id: DeviceId = key.id();
    let id_key = device_key(id);
    let (known, consent) = platform::both(sensors.get::<Device>(&id_key), consent_of(&sensors, caller.account)).await?;
    let device = match known {
        Some(known) => {
            key.replays(&known.value.request)?;
            if known.value.is_deleted() {
                return Err(Refused::DeviceDeleted.into());
            }
            known.value
        }
        None => {
            consent.given_at.ok_or(Refused::ConsentMissing)?;
            let devices = devices_of(&sensors, caller.account, device::PAGE, None).await?;
            if devices.items.len() >= device::MOST {
                return Err(Refused::TooManyDevices.into());
            }
            let device = Device::register(id, caller.account, request.name, key.fingerprint(), now);
            match sensors.create(&device, vec![DeviceEvent::Registered]).await? {
                Creation::Created => device,
                Creation::Exists(known) => {
                    key.replays(&known.value.request)?;
                    known.value
                }
            }
        }
    };
    Ok(Created {
        location: format!("/v1/devices/{id}/readings"),
        body: device.into(),
    })
}
