//! How the clock of a club moves: to hours that are to be closed, to devices that are silent or deleted, and to what is
//! due to runs through programmes.

use super::Club;
use crate::look;
use kernel::Timestamp;
use local::simulation::{Random, Strike};
use sensors::device::Device;
use sensors::silence::Watch;
use sensors::store::Rollup;
use std::time::Duration;
use training::enrolment::Enrolment;

/// Of so many percent of what people could do the clock strikes instead.
const STRIKES: u32 = 12;
/// While hours are closed, so many wishes are mostly about them.
const RUSH: u32 = 8;

impl Club {
    /// Where the clock strikes next, if it does now.
    pub(super) fn next_strike(&mut self, random: &mut Random, now: Timestamp) -> Option<Strike> {
        if !random.chance(STRIKES) {
            return None;
        }
        let (hours, runs) = self.due();
        let in_seconds = |seconds: u32| now.after(Duration::from_secs(seconds.into()));
        // Some starts are doubled, some are missed.
        let starts = [1, 1, 2, 0][random.below(4)];
        let (at, functions) = match random.weighted(&[20, 8, 6, 2, 2]) {
            0 => (hours?.max(now), vec!["close-hours"; starts]),
            1 => (now, vec!["close-hours"; starts]),
            2 => (in_seconds(random.between(300, 1_500)), vec!["close-hours"; starts]),
            3 => (runs?.max(now), vec!["sweep-enrolments"; starts]),
            _ => (in_seconds(random.between(1_500, 5_000)), vec!["sweep-enrolments", "close-hours"]),
        };
        if functions.contains(&"close-hours") {
            self.rush = RUSH;
        }
        Some(Strike { at, functions })
    }

    /// When the first hours are to be closed, devices to be heard or forgotten; and when something is due to a run.
    pub(super) fn due(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let rollups: Vec<Rollup> = look::all(&self.cloud, "sensors");
        let watches: Vec<Watch> = look::all(&self.cloud, "sensors");
        let devices: Vec<Device> = look::all(&self.cloud, "sensors");
        let runs: Vec<Enrolment> = look::all(&self.cloud, "training");
        let hours = rollups.iter().filter_map(|one| one.backlog.due);
        let others = watches.iter().filter_map(|one| one.due).chain(devices.iter().filter_map(|one| one.due));
        (hours.chain(others).min(), runs.iter().filter_map(|one| one.due).min())
    }
}
