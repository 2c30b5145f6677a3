//! Looking at what has just come: alerts are raised and ended by it.
//!
//! Only readings of the last quarter of an hour are looked at: what a device sends a day later is no news. An alarm is
//! written when its phase changes or while it is not quiet, so that a quiet person's batches cost nothing more.

use crate::alarm::{Alarm, Rules};
use crate::batch::Batch;
use crate::listening;
use crate::store::{alarm_key, rules_key};
use kernel::{AccountId, DeviceId, Timestamp};
use platform::{Decision, Error, Stored, Table};
use std::convert::Infallible;

/// How old a reading may be that calls for attention, in milliseconds.
const FRESH: i64 = 15 * 60_000;

/// Looks at a batch of a person's device that has been stored.
pub async fn look(
    sensors: &Table,
    person: AccountId,
    device: DeviceId,
    batch: &Batch,
    now: Timestamp,
) -> Result<(), Error> {
    let fresh_from = now.as_millis() - FRESH;
    if batch.ends().1 < fresh_from {
        return Ok(());
    }
    let Some(Stored { value: rules, .. }) = sensors.get::<Rules>(&rules_key(person)).await? else {
        return Ok(());
    };
    if let Some(rule) = &rules.silence {
        listening::hear(sensors, rule, person, device, batch.ends().1, now).await?;
    }
    for rule in &rules.thresholds {
        let readings = || batch.series().of_kind(rule.channel.kind()).filter(|(at, _)| *at >= fresh_from);
        if readings().next().is_none() {
            continue;
        }
        let decide = |found: Option<&Stored<Alarm>>| {
            let before = found.map_or_else(|| Alarm::new(device, person, rule.channel), |found| found.value.clone());
            let (after, events) = before.look(rule, readings());
            Ok(if after == before { Decision::Keep } else { Decision::To(after, events) })
        };
        sensors.change::<_, Infallible>(&alarm_key(device, rule.channel), decide).await?;
    }
    Ok(())
}
