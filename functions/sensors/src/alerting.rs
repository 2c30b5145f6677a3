//! Looking at what has just come: alerts are raised and ended by it.
//!
//! Only readings of the last quarter of an hour raise an alert: what a device sends hours later is no news. What was
//! raised goes on with older ones of the last day, or ends with them, so that an hour's batch, or what was kept while
//! there was no network, is no gap. An alarm is written when its phase changes or while it is not quiet, so that a quiet
//! person's batches cost nothing more.

use crate::alarm::{Alarm, Rules};
use crate::batch::Batch;
use crate::listening;
use crate::store::{alarm_key, rules_key};
use kernel::{AccountId, DeviceId, Timestamp};
use platform::{Decision, Error, Stored, Table};
use std::convert::Infallible;

/// How old a reading may be that calls for attention, in milliseconds.
const FRESH: i64 = 15 * 60_000;
/// How old one may be that keeps up what was raised, in milliseconds.
const KNOWN: i64 = 24 * 3_600_000;

/// Looks at a batch of a person's device that has been stored.
pub async fn look(
    sensors: &Table,
    person: AccountId,
    device: DeviceId,
    batch: &Batch,
    now: Timestamp,
) -> Result<(), Error> {
    let (fresh_from, known_from) = (now.as_millis() - FRESH, now.as_millis() - KNOWN);
    if batch.ends().1 < known_from {
        return Ok(());
    }
    let Some(Stored { value: rules, .. }) = sensors.get::<Rules>(&rules_key(person)).await? else {
        return Ok(());
    };
    if let Some(rule) = rules.silence.as_ref().filter(|_| batch.ends().1 >= fresh_from) {
        listening::hear(sensors, rule, person, device, batch.ends().1, now).await?;
    }
    for rule in &rules.thresholds {
        let readings = || batch.series().of_kind(rule.channel.kind()).filter(|(at, _)| *at >= known_from);
        if readings().next().is_none() {
            continue;
        }
        let decide = |found: Option<&Stored<Alarm>>| {
            let before = found.map_or_else(|| Alarm::new(device, person, rule.channel), |found| found.value.clone());
            let (after, events) = before.look(rule, fresh_from, readings());
            Ok(if after == before { Decision::Keep } else { Decision::To(after, events) })
        };
        sensors.change::<_, Infallible>(&alarm_key(device, rule.channel), decide).await?;
    }
    Ok(())
}
