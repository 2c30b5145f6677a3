//! Closing hours: their rollups are made to say what their readings say.
//!
//! Rollups are read before the readings and replaced only if nobody replaced them since: whoever closes last has seen all
//! that the others had. A day is summed up from hours that are known to be the latest: read after the day, written before
//! it. So it does not matter how many close an hour, how often, or where one of them stops; what is already as it should
//! be is not written again.

use crate::rollup::{self, HOUR, Rows, Tier};
use crate::store::{DECISIONS, Rollup, readings_of_hour, rollup_key};
use kernel::DeviceId;
use platform::{Blob, Error, Stored, Table};
use std::collections::{BTreeMap, BTreeSet};

/// Which rollups are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rewrite {
    /// Those that say something else.
    Changed,
    /// All: who read their readings before, and is slow, cannot write any more.
    All,
}

/// Closes these hours (counted from 1970) of a device.
pub async fn close(sensors: &Table, device: DeviceId, hours: &BTreeSet<i64>, rewrite: Rewrite) -> Result<(), Error> {
    let mut days: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for hour in hours {
        days.entry(Tier::Hours.block(hour * HOUR)).or_default().push(hour * HOUR);
    }
    for (day, hours) in days {
        close_day(sensors, device, day, &hours, rewrite).await?;
    }
    Ok(())
}

/// Closes hours of one day; all over again while somebody else does.
async fn close_day(sensors: &Table, device: DeviceId, day: i64, hours: &[i64], rewrite: Rewrite) -> Result<(), Error> {
    for _ in 0..DECISIONS {
        if try_close_day(sensors, device, day, hours, rewrite).await? {
            return Ok(());
        }
    }
    Err(Error::contended(format!("the rollups of {device} kept changing")))
}

/// `false`: somebody else closed meanwhile.
async fn try_close_day(
    sensors: &Table,
    device: DeviceId,
    day: i64,
    hours: &[i64],
    rewrite: Rewrite,
) -> Result<bool, Error> {
    let anyway = rewrite == Rewrite::All;
    // First the days, then the hours that they are summed up from: a day that replaces another one is newer than it.
    let days = Shelf::read(sensors, device, Tier::Days, day).await?;
    let today = Shelf::read(sensors, device, Tier::Hours, day).await?;
    let mut hourly = today.rows.clone();
    // One after the other: an hour of a hundred readings a second takes its megabytes. One that has more than anybody
    // measures is not summed up.
    for hour in hours {
        let before = Shelf::read(sensors, device, Tier::Minutes, *hour).await?;
        let readings = readings_of_hour(sensors, device, &(*hour..hour + HOUR)).await?;
        let minutes = readings.as_ref().map(rollup::by_minutes).unwrap_or_default();
        match rollup::total(&minutes) {
            total if total.is_empty() => drop(hourly.remove(hour)),
            total => drop(hourly.insert(*hour, total)),
        }
        if !before.write(sensors, minutes, anyway).await? {
            return Ok(false);
        }
    }
    let mut daily = days.rows.clone();
    match rollup::total(&hourly) {
        total if total.is_empty() => drop(daily.remove(&day)),
        total => drop(daily.insert(day, total)),
    }
    // Whoever sums up a day must still have all of its hours: they are written first, changed or not.
    let sums_up = daily != days.rows;
    Ok(today.write(sensors, hourly, anyway || sums_up).await? && days.write(sensors, daily, anyway).await?)
}

/// The rows that stand in an item, which may not be there yet.
struct Shelf {
    device: DeviceId,
    tier: Tier,
    begin: i64,
    found: Option<Stored<Rollup>>,
    rows: Rows,
}

impl Shelf {
    async fn read(sensors: &Table, device: DeviceId, tier: Tier, at: i64) -> Result<Self, Error> {
        let begin = tier.block(at);
        let found = sensors.get::<Rollup>(&rollup_key(device, tier, begin)).await?;
        let rows = found.as_ref().map(|found| found.value.rows()).transpose()?.unwrap_or_default();
        Ok(Self { device, tier, begin, found, rows })
    }

    /// Puts these rows in place of those that were read, if they are others or `anyway`; `false` if somebody else did
    /// meanwhile.
    async fn write(self, sensors: &Table, rows: Rows, anyway: bool) -> Result<bool, Error> {
        if rows == self.rows && !anyway {
            return Ok(true);
        }
        let Self { device, tier, begin, found, .. } = self;
        let rows = Blob(rollup::pack(&rows).map_err(Error::broken)?);
        let new = Rollup { device, tier, begin, rows };
        let written = match found {
            Some(old) => sensors.replace(&old, new, Vec::new()).await?,
            None => sensors.create_new(new, Vec::new()).await?,
        };
        Ok(written.is_some())
    }
}
