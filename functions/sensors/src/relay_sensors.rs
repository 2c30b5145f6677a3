//! Publishes what changes of consents, devices, alarms, silences and activities announce.
//!
//! Reads the stream of the sensors table; writes nothing. Readings and rollups announce nothing.

use crate::activity::{Activity, ActivityEvent};
use crate::alarm::{Alarm, AlarmEvent, Side};
use crate::device::{Device, DeviceEvent};
use crate::person::{Consent, ConsentEvent};
use crate::silence::{Watch, WatchEvent};
use contracts::sensors::{
    ActivityDeleted, ActivityRecorded, AlertCause, AlertEnded, AlertRaised, ConsentGiven, ConsentWithdrawn,
    DeviceDeleted, DeviceHeard, DeviceRegistered, DeviceSilent, Published,
};
use kernel::Timestamp;
use platform::{Change, Error, Function, Item, relay};

/// The relay of the sensors table
pub fn function() -> Function {
    relay::from_outbox(relay_sensors)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_sensors(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Consent::KIND => {
            let (consent, outbox) = change.read::<Consent>()?;
            let event = |event| match event {
                ConsentEvent::Given => ConsentGiven { person: consent.person, coaches: consent.coaches.clone() }.into(),
                ConsentEvent::Withdrawn => ConsentWithdrawn { person: consent.person }.into(),
            };
            Ok(outbox.events.into_iter().map(event).collect())
        }
        Device::KIND => {
            let (Device { id: device, person, .. }, outbox) = change.read::<Device>()?;
            let event = |event| match event {
                DeviceEvent::Registered => DeviceRegistered { device, person }.into(),
                DeviceEvent::Deleted => DeviceDeleted { device, person }.into(),
            };
            Ok(outbox.events.into_iter().map(event).collect())
        }
        Watch::KIND => {
            let (Watch { device, person, .. }, outbox) = change.read::<Watch>()?;
            let event = |event| match event {
                WatchEvent::Silent { alert, since, at: raised_at } => {
                    let since = Timestamp::from_millis(since);
                    DeviceSilent { alert, person, device, since, raised_at }.into()
                }
                WatchEvent::Heard { alert, at } => {
                    DeviceHeard { alert, person, device, ended_at: Timestamp::from_millis(at) }.into()
                }
            };
            Ok(outbox.events.into_iter().map(event).collect())
        }
        Alarm::KIND => {
            let (Alarm { device, person, channel, .. }, outbox) = change.read::<Alarm>()?;
            let channel = channel.name();
            let event = |event| match event {
                AlarmEvent::Raised { alert, side, since, at } => AlertRaised {
                    alert,
                    person,
                    device,
                    channel: channel.to_owned(),
                    cause: match side {
                        Side::Above => AlertCause::Above,
                        Side::Below => AlertCause::Below,
                    },
                    since: Timestamp::from_millis(since),
                    raised_at: Timestamp::from_millis(at),
                }
                .into(),
                AlarmEvent::Ended { alert, at } => {
                    let (channel, ended_at) = (channel.to_owned(), Timestamp::from_millis(at));
                    AlertEnded { alert, person, device, channel, ended_at }.into()
                }
            };
            Ok(outbox.events.into_iter().map(event).collect())
        }
        Activity::KIND => {
            let (Activity { id: activity, person, .. }, outbox) = change.read::<Activity>()?;
            let event = |event| match event {
                ActivityEvent::Recorded => ActivityRecorded { activity, person }.into(),
                ActivityEvent::Deleted => ActivityDeleted { activity, person }.into(),
            };
            Ok(outbox.events.into_iter().map(event).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}
