//! Mistakes with readings, and with what training makes of them.

use super::requests::Seam;
use super::twins::with;
use local::mutants::{unconditional, writes};
use local::outside::OutsideCall;
use platform::{Context, Error, Now, Table, schedule};
use sensors::catching_up::close_due;
use sensors::rollup::Tier;
use sensors::store::{Rollup, due};
use serde_json::json;
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

/// Hours are closed some minutes before they are due: batches that come meanwhile still rely on the marks.
pub fn closing_comes_early() -> Vec<Context> {
    with(
        |function| function.name == "close-hours",
        |_| schedule::every(Duration::from_secs(300), close_hours).handler,
    )
}

async fn close_hours(Now(now): Now, sensors: Table) -> Result<(), Error> {
    let early = now.after(Duration::from_secs(300));
    for entry in due(&sensors, early, None).await?.entries {
        if let Some((Tier::Days, block)) = Rollup::place(&entry.sk) {
            close_due(&sensors, entry.pk.parse().map_err(Error::broken)?, block, early).await?;
        }
    }
    Ok(())
}
