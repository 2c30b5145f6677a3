//! Every five minutes: hours whose readings came piece by piece are summed up, ten minutes after they are over.
//!
//! Started by the clock. What came late is summed up ten minutes after it came. A run that stops anywhere, or two at
//! once, do no harm ([`closing`]). A device whose hours cannot be closed holds up no other. The same run looks for
//! devices that were to be heard by now ([`listening`]), and forgets deleted ones ([`forgetting`]). Announces
//! `sensors.device-silent.v1` and `sensors.activity-deleted.v1`.

use crate::catching_up::close_due;
use crate::device::Device;
use crate::forgetting;
use crate::listening;
use crate::rollup::Tier;
use crate::silence::Watch;
use crate::store::{Rollup, due};
use kernel::{DeviceId, Timestamp};
use platform::{Error, Function, IndexEntry, Item, Now, Table, schedule};
use std::time::Duration;

/// Pages of fifty entries that one run looks at; the rest waits for the next one.
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
    if let Some((Tier::Days, block)) = Rollup::place(&entry.sk) {
        return close_due(sensors, device, block, now).await;
    }
    match entry.sk.as_str() {
        Watch::KIND => listening::look(sensors, device, now).await,
        Device::KIND => forgetting::forget(sensors, device, now).await,
        _ => Err(Error::broken(format!("{} of {device} is not to be waiting", entry.sk))),
    }
}
