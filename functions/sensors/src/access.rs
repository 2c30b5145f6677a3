//! Who may see and add to whose readings: the person, and to see them whom the person lets.

use crate::device::Device;
use crate::person::Consent;
use crate::store::{consent_of, device_key};
use kernel::{AccountId, DeviceId};
use platform::http::not_found;
use platform::{Error, Failure, TableReader};

/// The caller's own device, and what the caller consents to. Another's is not there.
pub async fn own<R>(sensors: &TableReader, caller: AccountId, id: DeviceId) -> Result<(Device, Consent), Failure<R>> {
    find_own(sensors, caller, id).await?.ok_or_else(not_found)
}

/// The same, if the caller has such a device.
pub async fn find_own(
    sensors: &TableReader,
    caller: AccountId,
    id: DeviceId,
) -> Result<Option<(Device, Consent)>, Error> {
    let key = device_key(id);
    let (device, consent) = platform::both(sensors.get::<Device>(&key), consent_of(sensors, caller)).await?;
    let device = device.map(|device| device.value).filter(|device| device.person == caller && !device.is_deleted());
    Ok(device.map(|device| (device, consent)))
}

/// A device whose readings the caller may see: an own one, or one of somebody who lets this caller see them now.
pub async fn visible<R>(sensors: &TableReader, caller: AccountId, id: DeviceId) -> Result<Device, Failure<R>> {
    let found = sensors.get::<Device>(&device_key(id)).await?;
    let device = found.map(|found| found.value).filter(|device| !device.is_deleted()).ok_or_else(not_found)?;
    person(sensors, caller, device.person).await?;
    Ok(device)
}

/// Passes if the caller may see what a person has.
pub async fn person<R>(sensors: &TableReader, caller: AccountId, person: AccountId) -> Result<(), Failure<R>> {
    let may = caller == person || consent_of(sensors, person).await?.shows_to(caller);
    may.then_some(()).ok_or_else(not_found)
}
