//! Erasing readings: they are gone from every fragment that has them, and then from the rollups.
//!
//! A fragment stays, without them: the batch that it is of was taken once, and when an app sends it again nothing comes
//! back. Before anything is erased its hours are noted to be closed, so that rollups follow wherever this stops.

use crate::closing;
use crate::fragment::Fragment;
use crate::intake::mark;
use crate::rollup::HOUR;
use crate::store::fragments;
use futures_util::future::try_join_all;
use kernel::{Cursor, DeviceId, Timestamp};
use platform::{Error, Stored, Table};
use std::collections::BTreeSet;
use std::ops::Range;

/// How many items are written at a time.
const AT_A_TIME: usize = 16;
/// How many pages of items one call looks at.
const PAGES: usize = 20;

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
    let mut cursor: Option<Cursor> = None;
    let mut reached = range.start;
    for _ in 0..PAGES {
        let page = fragments(sensors, device, range, cursor.as_ref()).await?;
        reached = page.items.last().map_or(reached, |last| last.value.window);
        let found: Vec<_> = page.items.into_iter().filter(|found| which(&found.value)).collect();
        erase_from(sensors, device, range, &found, now).await?;
        cursor = page.next;
        if cursor.is_none() {
            return Ok(Erased::All);
        }
    }
    // The last window may have more.
    Ok(Erased::Until(reached.max(range.start)))
}

async fn erase_from(
    sensors: &Table,
    device: DeviceId,
    range: &Range<i64>,
    found: &[Stored<Fragment>],
    now: Timestamp,
) -> Result<(), Error> {
    let mut changes = Vec::new();
    for fragment in found {
        changes.extend(fragment.value.without(range)?.map(|rest| (fragment, rest)));
    }
    if changes.is_empty() {
        return Ok(());
    }
    let hours: BTreeSet<i64> = changes.iter().map(|(fragment, _)| fragment.value.window.div_euclid(HOUR)).collect();
    mark(sensors, device, &hours, now).await?;
    for changes in changes.chunks(AT_A_TIME) {
        let puts = changes.iter().map(|(old, rest)| sensors.replace(old, rest.clone(), Vec::new()));
        if try_join_all(puts).await?.iter().any(Option::is_none) {
            return Err(Error::contended(format!("readings of {device} are being erased by somebody else")));
        }
    }
    closing::close(sensors, device, &hours).await
}
