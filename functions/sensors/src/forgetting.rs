//! Forgetting a deleted device: its readings and their rollups, its activities, what its alerts knew.
//!
//! Begun some minutes after it was deleted, when nothing that had begun before writes any more. How far it got stands in the
//! device: a run does some steps, and what stops anywhere goes on from the last one. All steps may be done twice.

use crate::activity::{Activity, ActivityEvent};
use crate::alarm::Alarm;
use crate::channel::Channel;
use crate::device::{Device, Left};
use crate::erasing::{Erased, erase};
use crate::rollup::DAY;
use crate::silence::Watch;
use crate::store::{activities_of, activity_key, alarm_key, device_key, watch_key};
use kernel::{AccountId, Cursor, DeviceId, Timestamp};
use platform::{Decision, Error, Item, Key, Stored, Table};
use std::convert::Infallible;

/// Steps of a run: each erases what [`erase`] does in one call, or looks through a page of activities.
const STEPS: usize = 4;
/// Activities on a page.
const PAGE: u32 = 50;

/// Takes the next steps of forgetting a device.
pub async fn forget(sensors: &Table, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    let key = device_key(device);
    for _ in 0..STEPS {
        let Some(found) = sensors.get::<Device>(&key).await? else {
            return Ok(());
        };
        // An index may be a moment behind.
        let due = found.value.due.is_some_and(|due| due <= now);
        let Some(left) = found.value.left.clone().filter(|_| due) else {
            return Ok(());
        };
        let left = step(sensors, &found.value, left, now).await?;
        if sensors.replace(&found, found.value.with_left(left), Vec::new()).await?.is_none() {
            // Somebody else is at it.
            return Ok(());
        }
    }
    Ok(())
}

/// One step; what is left then.
async fn step(sensors: &Table, device: &Device, left: Left, now: Timestamp) -> Result<Option<Left>, Error> {
    match left {
        Left::Readings { from } => {
            let range = from..now.as_millis() + DAY;
            Ok(Some(match erase(sensors, device.id, &range, |_| true, now).await? {
                Erased::All => Left::Activities { after: None },
                Erased::Until(moment) => Left::Readings { from: moment },
            }))
        }
        Left::Activities { after } => {
            let after = after.map(Cursor::try_from).transpose().map_err(Error::broken)?;
            let next = forget_activities(sensors, device.person, device.id, after, now).await?;
            Ok(Some(next.map_or(Left::Alerts, |next| Left::Activities { after: Some(next.as_str().to_owned()) })))
        }
        Left::Alerts => {
            forget_alerts(sensors, device.person, device.id).await?;
            Ok(None)
        }
    }
}

async fn forget_activities(
    sensors: &Table,
    person: AccountId,
    device: DeviceId,
    after: Option<Cursor>,
    now: Timestamp,
) -> Result<Option<Cursor>, Error> {
    let page = activities_of::<Infallible>(sensors, person, PAGE, after.as_ref()).await?;
    for activity in page.items.iter().filter(|activity| activity.value.device == device) {
        let delete = |found: Option<&Stored<Activity>>| {
            let deleted = found.and_then(|found| found.value.delete(now));
            Ok(deleted.map_or(Decision::Keep, |deleted| Decision::To(deleted, vec![ActivityEvent::Deleted])))
        };
        sensors.advance(&activity_key(activity.value.id), delete).await?;
    }
    Ok(page.next)
}

async fn forget_alerts(sensors: &Table, person: AccountId, device: DeviceId) -> Result<(), Error> {
    for channel in Channel::ALL {
        reset(sensors, &alarm_key(device, channel), &Alarm::new(device, person, channel)).await?;
    }
    reset(sensors, &watch_key(device), &Watch::new(device, person)).await
}

/// Puts an item back to what it was at first, if it is there at all.
async fn reset<T: Item + Clone + PartialEq>(sensors: &Table, key: &Key, first: &T) -> Result<(), Error> {
    let decide = |found: Option<&Stored<T>>| {
        let known = found.is_some_and(|found| found.value != *first);
        Ok(if known { Decision::To(first.clone(), Vec::new()) } else { Decision::Keep })
    };
    sensors.advance(key, decide).await
}
