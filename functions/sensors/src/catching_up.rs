//! Catching up: hours that stand in a device's backlog are closed, and struck off when their rollups stand.

use crate::backlog::{Backlog, Closing, Full, REACH, is_over};
use crate::closing::{self, Rewrite};
use crate::store::{backlog_key, first_hour};
use kernel::{DeviceId, Timestamp};
use platform::{Decision, Error, Stored, Table};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// Notes that these hours (counted from 1970) are to be closed.
pub async fn mark(sensors: &Table, device: DeviceId, hours: &BTreeSet<i64>, now: Timestamp) -> Result<(), Error> {
    note(sensors, device, |backlog| backlog.mark(hours, now)).await
}

/// Notes the same of hours whose readings are about to be erased.
pub async fn hold(sensors: &Table, device: DeviceId, hours: &BTreeSet<i64>, now: Timestamp) -> Result<(), Error> {
    note(sensors, device, |backlog| backlog.hold(hours, now)).await
}

async fn note(
    sensors: &Table,
    device: DeviceId,
    noted: impl Fn(&Backlog) -> Result<Option<Backlog>, Full>,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Backlog>>| {
        let backlog = found.map_or_else(|| Backlog::new(device), |found| found.value.clone());
        let noted =
            noted(&backlog).map_err(|Full| Error::unavailable(format!("{device} has too many hours to close")))?;
        Ok(noted.map_or(Decision::Keep, |noted| Decision::To(noted, Vec::new())))
    };
    sensors.change::<_, Infallible>(&backlog_key(device), decide).await?;
    Ok(())
}

/// Closes what is due of a device.
pub async fn close_due(sensors: &Table, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    let Some((closing, rewrite)) = take_out(sensors, device, |backlog| backlog.begin(now)).await? else {
        return Ok(());
    };
    close_taken(sensors, device, &closing, rewrite, |hour| is_over(hour, now)).await
}

/// Closes hours after readings of them were erased: at once, over or not.
pub async fn close_erased(
    sensors: &Table,
    device: DeviceId,
    hours: &BTreeSet<i64>,
    now: Timestamp,
) -> Result<(), Error> {
    let taken = take_out(sensors, device, |backlog| Some(backlog.begin_erased(hours, now))).await?;
    match taken {
        Some((closing, _)) => close_taken(sensors, device, &closing, Rewrite::All, |_| true).await,
        None => Ok(()),
    }
}

/// Takes out of the backlog what `begin` says. Who takes over what somebody else began rewrites all of it.
async fn take_out(
    sensors: &Table,
    device: DeviceId,
    begin: impl Fn(&Backlog) -> Option<(Backlog, Closing)>,
) -> Result<Option<(Closing, Rewrite)>, Error> {
    let mut taken = None;
    let decide = |found: Option<&Stored<Backlog>>| {
        let Some((backlog, closing)) = found.and_then(|found| begin(&found.value)) else {
            taken = None;
            return Ok(Decision::Keep);
        };
        let known = found.is_some_and(|found| found.value == backlog);
        taken = Some((closing, if known { Rewrite::All } else { Rewrite::Changed }));
        Ok(if known { Decision::Keep } else { Decision::To(backlog, Vec::new()) })
    };
    sensors.change::<_, Infallible>(&backlog_key(device), decide).await?;
    Ok(taken)
}

/// Closes the hours of a closing that may be closed by now, and strikes it off.
async fn close_taken(
    sensors: &Table,
    device: DeviceId,
    closing: &Closing,
    rewrite: Rewrite,
    is_closed: impl Fn(i64) -> bool,
) -> Result<(), Error> {
    let mut hours = BTreeSet::new();
    for hour in &closing.hours {
        hours.extend(reached(sensors, device, *hour).await?);
    }
    let (over, under_way): (BTreeSet<i64>, BTreeSet<i64>) = hours.iter().partition(|hour| is_closed(**hour));
    closing::close(sensors, device, &over, rewrite).await?;
    let end = |found: Option<&Stored<Backlog>>| {
        let ended = found.and_then(|found| found.value.end(closing.number, &under_way));
        Ok(ended.map_or(Decision::Keep, |ended| Decision::To(ended, Vec::new())))
    };
    sensors.change::<_, Infallible>(&backlog_key(device), end).await?;
    Ok(())
}

/// The hour of a mark, and which of those that it stands for have readings.
pub async fn reached(sensors: &Table, device: DeviceId, hour: i64) -> Result<BTreeSet<i64>, Error> {
    let mut hours = BTreeSet::from([hour]);
    let mut rest = hour + 1..hour + REACH;
    while let Some(next) = first_hour(sensors, device, &rest).await? {
        hours.insert(next);
        rest.start = next + 1;
    }
    Ok(hours)
}
