//! Mistakes with readings, and with what training makes of them.

use super::requests::Seam;
use super::twins::with;
use kernel::DeviceId;
use local::mutants::{unconditional, writes};
use local::outside::OutsideCall;
use platform::{Context, Decision, Error, Now, Stored, Table, schedule};
use sensors::backlog::{Backlog, is_over};
use sensors::catching_up::reached;
use sensors::closing::{self, Rewrite};
use sensors::store::{backlog_key, due};
use serde_json::json;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

/// Forgets the conditions of what is put under such sort keys, alone or in a transaction.
fn forget(call: &mut OutsideCall, kinds: &[&str]) {
    writes(call, |kind, action| {
        let sk = action["Item"]["sk"]["S"].as_str().unwrap_or_default();
        if ["Put", "TransactPut"].contains(&kind) && kinds.iter().any(|kind| sk.starts_with(kind)) {
            unconditional(action);
        }
    });
}

/// Whoever closes an hour last has not seen what others did.
pub const ROLLUP_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, &["rollup#"]));
/// Of an activity that is told twice at once both are entered.
pub const WORKOUT_UNASKED: Seam = Seam::of_requests(|call, _| forget(call, &["workout#", "session#", "records#"]));
/// What is sent again is stored under a key of its own.
pub const BATCH_ADDED: Seam = Seam::of_requests(|call, number| {
    writes(call, |kind, action| {
        let sk = action["Item"]["sk"]["S"].as_str().unwrap_or_default().to_owned();
        let creates = action["ConditionExpression"] == "attribute_not_exists(#pk)";
        if kind == "Put" && creates && sk.starts_with("chunk#") {
            action["Item"]["sk"]["S"] = json!(format!("{sk}{number}"));
        }
    });
});

/// Closing takes hours out when it is done with them, and not before it looks.
pub fn closing_looks_once() -> Vec<Context> {
    with(
        |function| function.name == "close-hours",
        |_| schedule::every(Duration::from_secs(300), close_hours).handler,
    )
}

async fn close_hours(Now(now): Now, sensors: Table) -> Result<(), Error> {
    for entry in due(&sensors, now, None).await?.entries {
        let device: DeviceId = entry.pk.parse().map_err(Error::broken)?;
        let found = sensors.get::<Backlog>(&backlog_key(device)).await?;
        let Some((_, closing)) = found.and_then(|found| found.value.begin(now)) else {
            continue;
        };
        let mut hours = BTreeSet::new();
        for mark in &closing.hours {
            hours.extend(reached(&sensors, device, *mark).await?);
        }
        let (over, under_way): (BTreeSet<i64>, BTreeSet<i64>) = hours.iter().partition(|hour| is_over(**hour, now));
        closing::close(&sensors, device, &over, Rewrite::Changed).await?;
        let end = |found: Option<&Stored<Backlog>>| {
            let begun = found.and_then(|found| found.value.begin(now));
            let ended = begun.and_then(|(begun, closing)| begun.end(closing.number, &under_way));
            Ok(ended.map_or(Decision::Keep, |ended| Decision::To(ended, Vec::new())))
        };
        sensors.change::<_, Infallible>(&backlog_key(device), end).await?;
    }
    Ok(())
}
