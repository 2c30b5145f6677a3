//! Records as they come, kept as columns, and the limits that they meet.

use crate::activity::{Activity, Damage, Format, Pause, Stated};
use crate::limits::{Limits, Unreadable};
use chunk_codec::{Channel, Chunk, Kind};
use kernel::Sport;
use std::collections::BTreeMap;

/// A recording that is being read.
pub struct Recording {
    limits: Limits,
    times: Vec<i64>,
    columns: BTreeMap<Kind, Vec<Option<i64>>>,
    first: Option<(i64, i64)>,
    /// Each time that the clock started (true) or stopped.
    pub timer: Vec<(i64, bool)>,
    pub laps: Vec<i64>,
    pub rr: Vec<u16>,
    pub serial: Option<u64>,
    pub sport: Option<Sport>,
    pub utc_offset_minutes: Option<i16>,
    pub stated: Stated,
    pub damage: Option<Damage>,
}

impl Recording {
    pub fn new(limits: &Limits) -> Self {
        Recording {
            limits: *limits,
            times: Vec::new(),
            columns: BTreeMap::new(),
            first: None,
            timer: Vec::new(),
            laps: Vec::new(),
            rr: Vec::new(),
            serial: None,
            sport: None,
            utc_offset_minutes: None,
            stated: Stated::default(),
            damage: None,
        }
    }

    /// One record more. Of two readings of a kind the later one counts; kinds above what a chunk holds are left out.
    pub fn record(&mut self, time: i64, readings: &[(Kind, i64)]) -> Result<(), Unreadable> {
        let records = self.times.len() + 1;
        let (from, until) = self.first.unwrap_or((time, time));
        let (from, until) = (from.min(time), until.max(time));
        if until.saturating_sub(from) > self.limits.seconds * 1_000 {
            return Err(Unreadable::TooLong);
        }
        self.first = Some((from, until));
        self.times.push(time);
        for (kind, value) in readings {
            if self.columns.len() == Chunk::MAX_CHANNELS && !self.columns.contains_key(kind) {
                continue;
            }
            let column = self.columns.entry(*kind).or_default();
            column.resize(records - 1, None);
            column.push(Some(*value));
        }
        match records > self.limits.records || records * self.columns.len() > self.limits.readings {
            true => Err(Unreadable::TooManyRecords),
            false => Ok(()),
        }
    }

    /// Whether laps, intervals or starts and stops are more than there can be.
    pub fn within(&self) -> Result<(), Unreadable> {
        let most = self.limits.records;
        match self.timer.len() > most || self.laps.len() > most || self.rr.len() > self.limits.readings {
            true => Err(Unreadable::TooManyRecords),
            false => Ok(()),
        }
    }

    /// How many records there are.
    pub fn records(&self) -> usize {
        self.times.len()
    }

    /// The whole, in order of time.
    pub fn finish(mut self, format: Format) -> Result<Activity, Unreadable> {
        let (mut start, mut end) = self.first.ok_or(Unreadable::NoRecords)?;
        let records = self.times.len();
        for column in self.columns.values_mut() {
            column.resize(records, None);
        }
        if !self.times.is_sorted() {
            self.sort();
        }
        // A start long before the first record is a clock that was set in between.
        let near = |time: i64| time >= start.saturating_sub(DAY) && time <= end.saturating_add(DAY);
        self.timer.retain(|(time, _)| near(*time));
        self.timer.sort_by_key(|(time, _)| *time);
        self.laps.retain(|time| near(*time));
        self.laps.sort_unstable();
        let pauses = pauses(&self.timer);
        if let Some((began, true)) = self.timer.first() {
            start = start.min(*began);
        }
        if let Some((ended, false)) = self.timer.last() {
            end = end.max(*ended);
        }
        if let (Some(first), Some(last)) = (pauses.first(), pauses.last()) {
            start = start.min(first.from);
            end = end.max(last.until);
        }
        Ok(Activity {
            format,
            damage: self.damage,
            serial: self.serial,
            sport: self.sport.unwrap_or_default(),
            utc_offset_minutes: self.utc_offset_minutes,
            start,
            end,
            times: self.times,
            channels: self.columns.into_iter().map(|(kind, values)| Channel { kind, values }).collect(),
            laps: self.laps,
            pauses,
            rr: self.rr,
            stated: self.stated,
        })
    }

    /// Devices write in order but for rare corrections of the clock; records of one time stay as they came.
    fn sort(&mut self) {
        let mut order: Vec<usize> = (0..self.times.len()).collect();
        order.sort_by_key(|at| self.times[*at]);
        self.times.sort_unstable();
        for column in self.columns.values_mut() {
            *column = order.iter().map(|at| column[*at]).collect();
        }
    }
}

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What lies between a stop and the next start.
fn pauses(timer: &[(i64, bool)]) -> Vec<Pause> {
    let mut pauses = Vec::new();
    let mut stopped = None;
    for (time, runs) in timer {
        match (stopped, runs) {
            (None, false) => stopped = Some(*time),
            (Some(from), true) => {
                if *time > from {
                    pauses.push(Pause { from, until: *time });
                }
                stopped = None;
            }
            _ => {}
        }
    }
    pauses
}
