//! Erasing readings: they are gone from every fragment that has them, and then from the rollups.
//!
//! A fragment stays, without them: the batch that it is of was taken once, and when an app sends it again nothing comes
//! back. Before anything is erased its hours are noted to be closed, so that rollups follow wherever this stops. Who
//! erases the same again finds no readings, and closes what the first one may have left: what is told to be gone is.

use crate::batch::WINDOW;
use crate::catching_up::{close_begun, close_erased, hold};
use crate::fragment::Fragment;
use crate::rollup::HOUR;
use crate::store::fragments;
use futures_util::future::try_join_all;
use kernel::{Cursor, DeviceId, Timestamp};
use platform::{Error, Stored, Table};
use std::collections::BTreeSet;
use std::ops::Range;

/// How many items are written at a time.
const AT_A_TIME: usize = 16;
/// How many pages of items one call looks at; of the first window all.
const PAGES: usize = 20;
/// Hours whose readings are erased before they are closed: so many wait in the backlog at a time.
const HOURS_AT_A_TIME: usize = 64;
/// After so many hours a call has done enough.
const HOURS: usize = 256;

/// How far it got.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Erased {
    /// All of it is gone.
    All,
    /// What begins before this is gone: there were too many items for one call.
    Until(i64),
}

/// Erases the readings of a range that `which` fragments have.
pub async fn erase(
    sensors: &Table,
    device: DeviceId,
    range: &Range<i64>,
    which: impl Fn(&Fragment) -> bool,
    now: Timestamp,
) -> Result<Erased, Error> {
    let (mut cursor, mut reached, mut closed): (Option<Cursor>, _, _) = (None, range.start, 0);
    let first = range.start.div_euclid(WINDOW) * WINDOW;
    for n in 1.. {
        let page = fragments(sensors, device, range, cursor.as_ref()).await?;
        let end = page.items.last().map_or(reached, |last| last.value.window);
        let mut changes = Vec::new();
        for found in page.items.into_iter().filter(|found| which(&found.value)) {
            changes.extend(found.value.without(range)?.map(|rest| (found, rest)));
        }
        let by_hour: Vec<&[Change]> = changes.chunk_by(|(one, _), (other, _)| hour_of(one) == hour_of(other)).collect();
        for hours in by_hour.chunks(HOURS_AT_A_TIME) {
            if closed >= HOURS {
                return Ok(Erased::Until(reached.max(range.start)));
            }
            erase_from(sensors, device, hours, now).await?;
            closed += hours.len();
            reached = hours.iter().flat_map(|hour| *hour).last().map_or(reached, |(last, _)| last.value.window);
        }
        reached = end;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        // The last window may have more.
        if n >= PAGES && reached > first {
            return Ok(Erased::Until(reached));
        }
    }
    close_begun(sensors, device, range).await?;
    Ok(Erased::All)
}

/// A fragment, and what is left of it.
type Change = (Stored<Fragment>, Fragment);

/// The hour of a fragment, counted from 1970.
fn hour_of(fragment: &Stored<Fragment>) -> i64 {
    fragment.value.window.div_euclid(HOUR)
}

/// Changes fragments, hour by hour, and closes these hours.
async fn erase_from(sensors: &Table, device: DeviceId, changes: &[&[Change]], now: Timestamp) -> Result<(), Error> {
    let hours: BTreeSet<i64> = changes.iter().flat_map(|hour| hour.first()).map(|(found, _)| hour_of(found)).collect();
    let held = hold(sensors, device, &hours, now).await?;
    let changes: Vec<&Change> = changes.iter().flat_map(|hour| *hour).collect();
    for changes in changes.chunks(AT_A_TIME) {
        let puts = changes.iter().map(|(old, rest)| sensors.replace(old, rest.clone(), Vec::new()));
        if try_join_all(puts).await?.iter().any(Option::is_none) {
            return Err(Error::contended(format!("readings of {device} are being erased by somebody else")));
        }
    }
    close_erased(sensors, device, &held).await
}
