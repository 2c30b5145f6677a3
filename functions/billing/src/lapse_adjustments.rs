//! Proposals that nobody decided in time lapse, and what was held for them is free again.
//!
//! Started by the clock each hour. It does as much as it can before it reports what failed.

use crate::adjustment::{Adjustment, WAITING};
use crate::decide_adjustment::release;
use crate::store::adjustment_key;
use kernel::{AdjustmentId, Timestamp};
use platform::{Error, Function, Now, Table, schedule};
use std::time::Duration;

/// Each hour
pub fn function() -> Function {
    schedule::every(Duration::from_secs(3600), lapse_adjustments)
}

/// Goes through what is due.
pub async fn lapse_adjustments(Now(now): Now, billing: Table) -> Result<(), Error> {
    let (mut outcome, mut due) = (Ok(()), billing.due::<Adjustment>(WAITING, now));
    while let Some(found) = due.next().await? {
        outcome = outcome.and(lapse(&billing, found.value.id, now).await);
    }
    outcome
}

/// Ends one, unless it was decided. What is listed may be a little old: it is read again.
async fn lapse(billing: &Table, id: AdjustmentId, now: Timestamp) -> Result<(), Error> {
    let Some(found) = billing.get::<Adjustment>(&adjustment_key(id)).await? else {
        return Ok(());
    };
    match found.value.lapse(now) {
        // Should somebody decide it at this moment, the next start finds that.
        Some(lapsed) => release(billing, &found, &lapsed).await.map(drop),
        None => Ok(()),
    }
}
