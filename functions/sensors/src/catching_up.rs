//! Catching up: hours that stand in a backlog are closed, and struck off by the write that closes them.

use crate::backlog::{Backlog, Full, Mark};
use crate::closing::{What, by_block, close_block};
use crate::rollup::Tier;
use crate::store::{Rollup, rollup_key, rollups};
use kernel::{DeviceId, Timestamp};
use platform::{Decision, Error, Stored, Table};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ops::Range;

/// How often a run comes back to ten days of which more is due.
const TURNS: usize = 4;

/// Notes that these hours (counted from 1970) are to be closed.
pub async fn mark(sensors: &Table, device: DeviceId, hours: &BTreeSet<i64>, now: Timestamp) -> Result<(), Error> {
    for (block, hours) in by_block(hours) {
        note(sensors, device, block, |backlog| backlog.mark(&hours, now)).await?;
    }
    Ok(())
}

/// What somebody who erases readings has noted.
pub struct Held {
    /// When the ten days begin.
    block: i64,
    /// The marks.
    marks: Vec<Mark>,
}

/// Notes hours whose readings are about to be erased.
pub async fn hold(
    sensors: &Table,
    device: DeviceId,
    hours: &BTreeSet<i64>,
    now: Timestamp,
) -> Result<Vec<Held>, Error> {
    let mut held = Vec::new();
    for (block, hours) in by_block(hours) {
        let mut marks = Vec::new();
        note(sensors, device, block, |backlog| {
            let (noted, own) = backlog.hold(&hours, now)?;
            marks = own;
            Ok(Some(noted))
        })
        .await?;
        held.push(Held { block, marks });
    }
    Ok(held)
}

async fn note(
    sensors: &Table,
    device: DeviceId,
    block: i64,
    mut noted: impl FnMut(&Backlog) -> Result<Option<Backlog>, Full>,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Rollup>>| {
        let days = found.map_or_else(|| Rollup::empty(device, Tier::Days, block), |found| found.value.clone());
        let noted = noted(&days.backlog)
            .map_err(|Full| Error::unavailable(format!("{device} has too much to close of ten days")))?;
        Ok(noted.map_or(Decision::Keep, |backlog| Decision::To(Rollup { backlog, ..days }, Vec::new())))
    };
    sensors.change::<_, Infallible>(&rollup_key(device, Tier::Days, block), decide).await?;
    Ok(())
}

/// Closes what is due of ten days, some hours at a time: what is done is struck off before it goes on.
pub async fn close_due(sensors: &Table, device: DeviceId, block: i64, now: Timestamp) -> Result<(), Error> {
    for _ in 0..TURNS {
        let left = close_block(sensors, device, block, &What::Due(now)).await?;
        if left.due(now).next().is_none() {
            break;
        }
    }
    Ok(())
}

/// Closes hours after readings of them were erased: at once, over or not.
pub async fn close_erased(sensors: &Table, device: DeviceId, held: &[Held]) -> Result<(), Error> {
    for Held { block, marks } in held {
        let hours = marks.iter().map(|mark| mark.hour).collect();
        close_block(sensors, device, *block, &What::Erased(&hours, marks)).await?;
    }
    Ok(())
}

/// Closes hours of a range of which somebody began to erase readings and may have stopped. What that one noted stays:
/// it may go on.
pub async fn close_begun(sensors: &Table, device: DeviceId, range: &Range<i64>) -> Result<(), Error> {
    for days in rollups(sensors, device, Tier::Days, range).await? {
        let hours: BTreeSet<i64> = days.backlog.erasing(range).collect();
        if !hours.is_empty() {
            close_block(sensors, device, days.begin, &What::Erased(&hours, &[])).await?;
        }
    }
    Ok(())
}
