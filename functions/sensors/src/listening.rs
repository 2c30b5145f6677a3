//! Listening to devices: who wants to be told of a silence is told once, by whoever looks when it has lasted.
//!
//! A batch notes that its device was heard, if the person has a rule about silence; `close-hours` looks at devices that
//! were to be heard by now. What cannot be heard any more (consent was withdrawn, the device deleted) calls nobody.

use crate::alarm::Rules;
use crate::device::Device;
use crate::silence::{Silence, Watch};
use crate::store::{consent_of, device_key, rules_key, watch_key};
use kernel::{AccountId, DeviceId, Timestamp};
use platform::{Decision, Error, Stored, Table};

/// Notes that a reading of this moment came from a person's device.
pub async fn hear(
    sensors: &Table,
    rule: &Silence,
    person: AccountId,
    device: DeviceId,
    at: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Watch>>| {
        let watch = found.map_or_else(|| Watch::new(device, person), |found| found.value.clone());
        Ok(watch.hear(rule, at, now).map_or(Decision::Keep, |(heard, events)| Decision::To(heard, events)))
    };
    sensors.advance(&watch_key(device), decide).await
}

/// Looks whether a device is silent that was to be heard by now.
pub async fn look(sensors: &Table, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    let key = watch_key(device);
    let Some(watch) = sensors.get::<Watch>(&key).await? else {
        return Ok(());
    };
    let rule = rule_of(sensors, watch.value.person, device).await?;
    let decide = |found: Option<&Stored<Watch>>| {
        // An index may be a moment behind.
        let due = found.filter(|found| found.value.due.is_some_and(|due| due <= now));
        let looked = due.map(|found| found.value.look(rule.as_ref(), now));
        Ok(looked.map_or(Decision::Keep, |(watch, events)| Decision::To(watch, events)))
    };
    sensors.advance(&key, decide).await
}

/// The rule by which a device is listened to now. `None`: it cannot be heard, or nobody wants to be told.
async fn rule_of(sensors: &Table, person: AccountId, device: DeviceId) -> Result<Option<Silence>, Error> {
    let (consent, device_key) = (consent_of(sensors, person).await?, device_key(device));
    let device = sensors.get::<Device>(&device_key).await?;
    if consent.given_at.is_none() || device.is_none_or(|device| device.value.is_deleted()) {
        return Ok(None);
    }
    Ok(sensors.get::<Rules>(&rules_key(person)).await?.and_then(|rules| rules.value.silence))
}
