//! Closing hours: their rollups are made to say what their readings say.
//!
//! Rollups are read before the readings and replaced only if nobody replaced them since: whoever closes last has seen
//! all that the others had. A day is summed up from hours that are known to be the latest: read after the days, written
//! before them. The item of ten days is written last: by the same write what was closed is struck off its backlog. So
//! it does not matter how many close an hour, how often, or where one of them stops; what is already as it should be is
//! not written again.

use crate::backlog::{Backlog, Mark, is_over};
use crate::rollup::{self, HOUR, Rows, Stretch, Tier};
use crate::store::{DECISIONS, Rollup, first_hour, readings, rollup_key};
use kernel::{DeviceId, Timestamp};
use platform::{Blob, Error, Stored, Table};
use std::collections::{BTreeMap, BTreeSet};

/// What is closed of ten days.
pub enum What<'w> {
    /// These hours, whose readings came just now and are noted nowhere.
    Hours(&'w BTreeSet<i64>),
    /// What is due by now.
    Due(Timestamp),
    /// These hours, of which readings were erased: over or not. All of their rollups are written, changed or not: who
    /// read their readings before, and is slow, cannot write any more. Of whom erased them, these are the marks.
    Erased(&'w BTreeSet<i64>, &'w [Mark]),
}

/// What that comes to.
#[derive(Default)]
struct Work {
    hours: BTreeSet<i64>,
    /// What is struck off.
    marks: Vec<Mark>,
    /// Hours that have readings and are not over.
    under_way: BTreeSet<i64>,
    /// Whether what does not change is written, too.
    anyway: bool,
}

/// Hours that are closed at a time, and up to eleven more.
const AT_A_TIME: usize = 24;

/// Hours (counted from 1970) by when their ten days begin.
pub fn by_block(hours: &BTreeSet<i64>) -> BTreeMap<i64, BTreeSet<i64>> {
    by_tier(Tier::Days, hours)
}

fn by_tier(tier: Tier, hours: &BTreeSet<i64>) -> BTreeMap<i64, BTreeSet<i64>> {
    let mut blocks: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for hour in hours {
        blocks.entry(tier.block(hour * HOUR)).or_default().insert(*hour);
    }
    blocks
}

/// Closes these hours (counted from 1970) of a device, of which readings came just now.
pub async fn close(sensors: &Table, device: DeviceId, hours: &BTreeSet<i64>) -> Result<(), Error> {
    for (block, hours) in by_block(hours) {
        close_block(sensors, device, block, &What::Hours(&hours)).await?;
    }
    Ok(())
}

/// Closes hours of ten days; all over again while somebody else does. What is behind then.
pub async fn close_block(sensors: &Table, device: DeviceId, block: i64, what: &What<'_>) -> Result<Backlog, Error> {
    for _ in 0..DECISIONS {
        if let Some(left) = try_close_block(sensors, device, block, what).await? {
            return Ok(left);
        }
    }
    Err(Error::contended(format!("the rollups of {device} kept changing")))
}

/// `None`: somebody else closed meanwhile.
async fn try_close_block(
    sensors: &Table,
    device: DeviceId,
    block: i64,
    what: &What<'_>,
) -> Result<Option<Backlog>, Error> {
    // First the days, then the hours that they are summed up from: what replaces another one is newer than it.
    let days = Shelf::read(sensors, device, Tier::Days, block).await?;
    let Work { hours, marks, under_way, anyway } = work(sensors, device, &days.backlog, what).await?;
    let mut daily = days.rows.clone();
    for (day, hours) in by_tier(Tier::Hours, &hours) {
        let known = days.rows.get(&day);
        match close_day(sensors, device, day, &hours, known, anyway).await? {
            None => return Ok(None),
            Some(total) if total.is_empty() => drop(daily.remove(&day)),
            Some(total) => drop(daily.insert(day, total)),
        }
    }
    sum_up(sensors, days, &daily, &marks, &under_way, anyway).await
}

/// Writes the days, and strikes off these marks. What others noted meanwhile stays: they look for it when it is due.
async fn sum_up(
    sensors: &Table,
    mut days: Shelf,
    daily: &Rows,
    marks: &[Mark],
    under_way: &BTreeSet<i64>,
    anyway: bool,
) -> Result<Option<Backlog>, Error> {
    for _ in 0..DECISIONS {
        let left = match marks.is_empty() {
            true => days.backlog.clone(),
            false => days.backlog.without(marks, under_way),
        };
        let Shelf { device, begin, closings, .. } = days;
        if days.write(sensors, daily.clone(), left.clone(), anyway).await? {
            return Ok(Some(left));
        }
        days = Shelf::read(sensors, device, Tier::Days, begin).await?;
        if days.closings != closings {
            return Ok(None);
        }
    }
    Ok(None)
}

async fn work(sensors: &Table, device: DeviceId, backlog: &Backlog, what: &What<'_>) -> Result<Work, Error> {
    match what {
        What::Hours(hours) => Ok(Work { hours: (*hours).clone(), ..Work::default() }),
        What::Erased(hours, marks) => Ok(Work {
            hours: (*hours).clone(),
            marks: marks.to_vec(),
            anyway: true,
            ..Work::default()
        }),
        What::Due(now) => {
            let mut work = Work::default();
            for mark in backlog.due(*now) {
                if work.hours.len() >= AT_A_TIME {
                    break;
                }
                for hour in hours_of(sensors, device, &mark).await? {
                    // Of who erases readings, and stopped, nobody is to see them any longer.
                    let closed = mark.erased || is_over(hour, *now);
                    if closed { &mut work.hours } else { &mut work.under_way }.insert(hour);
                }
                work.anyway |= mark.erased;
                work.marks.push(mark);
            }
            Ok(work)
        }
    }
}

/// The hour of a mark, and which of those that it stands for have readings.
async fn hours_of(sensors: &Table, device: DeviceId, mark: &Mark) -> Result<BTreeSet<i64>, Error> {
    let mut hours = BTreeSet::from([mark.hour]);
    let mut rest = mark.reach();
    rest.start += 1;
    while let Some(next) = first_hour(sensors, device, &rest).await? {
        hours.insert(next);
        rest.start = next + 1;
    }
    Ok(hours)
}

/// Closes hours of one day; what the day comes to then. `None`: somebody else closed meanwhile.
async fn close_day(
    sensors: &Table,
    device: DeviceId,
    day: i64,
    hours: &BTreeSet<i64>,
    known: Option<&Stretch>,
    anyway: bool,
) -> Result<Option<Stretch>, Error> {
    let today = Shelf::read(sensors, device, Tier::Hours, day).await?;
    let mut hourly = today.rows.clone();
    for (block, hours) in by_tier(Tier::Minutes, hours) {
        let before = Shelf::read(sensors, device, Tier::Minutes, block).await?;
        let mut minutes = before.rows.clone();
        // One after the other: an hour of a hundred readings a second takes its megabytes. One that has more than
        // anybody measures is not summed up.
        for hour in hours.iter().map(|hour| hour * HOUR..(hour + 1) * HOUR) {
            let readings = readings(sensors, device, &hour).await?;
            let closed = readings.as_ref().map(rollup::by_minutes).unwrap_or_default();
            match rollup::total(&closed) {
                total if total.is_empty() => drop(hourly.remove(&hour.start)),
                total => drop(hourly.insert(hour.start, total)),
            }
            minutes.retain(|at, _| !hour.contains(at));
            minutes.extend(closed);
        }
        if !before.write(sensors, minutes, Backlog::default(), anyway).await? {
            return Ok(None);
        }
    }
    let total = rollup::total(&hourly);
    // Whoever sums up a day must still have all of its hours: they are written first, changed or not.
    let sums_up = known.map_or(!total.is_empty(), |known| *known != total);
    let written = today.write(sensors, hourly, Backlog::default(), anyway || sums_up).await?;
    Ok(written.then_some(total))
}

/// The rows that stand in an item, which may not be there yet.
struct Shelf {
    device: DeviceId,
    tier: Tier,
    begin: i64,
    found: Option<Stored<Rollup>>,
    rows: Rows,
    /// What is behind; of days alone.
    backlog: Backlog,
    /// How often it was closed; of days alone.
    closings: u64,
}

impl Shelf {
    async fn read(sensors: &Table, device: DeviceId, tier: Tier, at: i64) -> Result<Self, Error> {
        let begin = tier.block(at);
        let found = sensors.get::<Rollup>(&rollup_key(device, tier, begin)).await?;
        let rows = found.as_ref().map(|found| found.value.rows()).transpose()?.unwrap_or_default();
        let backlog = found.as_ref().map(|found| found.value.backlog.clone()).unwrap_or_default();
        let closings = found.as_ref().map_or(0, |found| found.value.closings);
        Ok(Self { device, tier, begin, found, rows, backlog, closings })
    }

    /// Puts these in place of what was read, if they are others or `anyway`; `false` if somebody else did meanwhile.
    async fn write(self, sensors: &Table, rows: Rows, backlog: Backlog, anyway: bool) -> Result<bool, Error> {
        if rows == self.rows && backlog == self.backlog && !anyway {
            return Ok(true);
        }
        let Self { device, tier, begin, found, closings, .. } = self;
        let rows = Blob(rollup::pack(tier, begin, &rows)?);
        let closings = if tier == Tier::Days { closings + 1 } else { 0 };
        let new = Rollup { device, tier, begin, rows, backlog, closings };
        let written = match found {
            Some(old) => sensors.replace(&old, new, Vec::new()).await?,
            None => sensors.create_new(new, Vec::new()).await?,
        };
        Ok(written.is_some())
    }
}
