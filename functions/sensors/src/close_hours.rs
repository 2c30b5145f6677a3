//! Every five minutes: hours whose readings came piece by piece are summed up, ten minutes after they are over.
//!
//! Started by the clock. What came late is summed up ten minutes after it came. A run that stops anywhere, or two at once,
//! do no harm ([`closing`]). A device whose hours cannot be closed holds up no other. The same run looks for devices that
//! were to be heard by now ([`listening`]), and forgets deleted ones ([`forgetting`]). Announces
//! `sensors.device-silent.v1` and `sensors.activity-deleted.v1`.

use crate::backlog::{Backlog, REACH, is_over};
use crate::closing;
use crate::device::Device;
use crate::forgetting;
use crate::listening;
use crate::silence::Watch;
use crate::store::{backlog_key, due, first_hour};
use kernel::{DeviceId, Timestamp};
use platform::{Decision, Error, Function, IndexEntry, Item, Now, Stored, Table, schedule};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

/// Devices that are looked at in one run are fifty times as many; the rest waits for the next one.
const MAX_PAGES: usize = 40;

/// Every five minutes
pub fn function() -> Function {
    schedule::every(Duration::from_secs(300), close_hours).memory_mb(512)
}

/// Does what is due.
pub async fn close_hours(Now(now): Now, sensors: Table) -> Result<(), Error> {
    let (mut outcome, mut after) = (Ok(()), None);
    for _ in 0..MAX_PAGES {
        let page = due(&sensors, now, after.as_ref()).await?;
        for entry in &page.entries {
            outcome = outcome.and(attend_to(&sensors, entry, now).await);
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    outcome
}

async fn attend_to(sensors: &Table, entry: &IndexEntry, now: Timestamp) -> Result<(), Error> {
    let device: DeviceId = entry.pk.parse().map_err(Error::broken)?;
    match entry.sk.as_str() {
        Backlog::KIND => close_device(sensors, device, now).await,
        Watch::KIND => listening::look(sensors, device, now).await,
        Device::KIND => forgetting::forget(sensors, device, now).await,
        _ => Err(Error::broken(format!("{} of {device} is not to be waiting", entry.sk))),
    }
}

/// Closes what is due of one device: it is noted first that somebody does, and struck off at last.
async fn close_device(sensors: &Table, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    let key = backlog_key(device);
    let mut begun = None;
    let begin = |found: Option<&Stored<Backlog>>| {
        let Some((backlog, closing)) = found.and_then(|found| found.value.begin(now)) else {
            begun = None;
            return Ok(Decision::Keep);
        };
        begun = Some(closing);
        let known = found.is_some_and(|found| found.value == backlog);
        Ok(if known { Decision::Keep } else { Decision::To(backlog, Vec::new()) })
    };
    sensors.change::<_, Infallible>(&key, begin).await?;
    let Some(closing) = begun else { return Ok(()) };
    let mut hours = BTreeSet::new();
    for hour in &closing.hours {
        hours.extend(reached(sensors, device, *hour).await?);
    }
    let (over, under_way): (BTreeSet<i64>, BTreeSet<i64>) = hours.iter().partition(|hour| is_over(**hour, now));
    closing::close(sensors, device, &over).await?;
    let end = |found: Option<&Stored<Backlog>>| {
        let ended = found.and_then(|found| found.value.end(closing.number, &under_way));
        Ok(ended.map_or(Decision::Keep, |ended| Decision::To(ended, Vec::new())))
    };
    sensors.change::<_, Infallible>(&key, end).await?;
    Ok(())
}

/// The hour of a mark, and which of those that it stands for have readings.
async fn reached(sensors: &Table, device: DeviceId, hour: i64) -> Result<BTreeSet<i64>, Error> {
    let mut hours = BTreeSet::from([hour]);
    let mut rest = hour + 1..hour + REACH;
    while let Some(next) = first_hour(sensors, device, &rest).await? {
        hours.insert(next);
        rest.start = next + 1;
    }
    Ok(hours)
}
