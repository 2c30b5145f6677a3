//! What must hold of a club at rest: every reading that was confirmed is there once, as it came first, unless it was
//! deleted; what was deleted is gone; nothing else is there; rollups are what the readings come to, and nothing waits
//! to be closed. What training makes of activities is looked at in [`training`](super::training).

use super::{at_rest, letters, training};
use crate::club::{Batch, Club, Erased, Erasure, Rows, Upload};
use crate::look::{of_kind, rows};
use kernel::{ActivityId, BatchId, DeviceId};
use local::simulation::Simulation;
use notifications::message::Message;
use sensors::activity::{Activity, batch_of};
use sensors::backlog::Backlog;
use sensors::channel::Channel;
use sensors::device::Device;
use sensors::file::{Outcome, Upload as Read};
use sensors::fragment::Fragment;
use sensors::rollup::{HOUR, Tier};
use sensors::silence::Watch;
use sensors::store::Rollup;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Figures of a stretch: count, lowest, highest, sum, sum of squares, latest.
type Figures = [i128; 6];
/// Figures by when their stretch begins, and kind.
type Summed = BTreeMap<(i64, u16), Figures>;

/// When something was sent first, and when it was known first that it was taken, in the eyes of people.
type Moments = (u64, Option<u64>);

/// Everything that does not hold, in words.
pub fn violations(club: &Club, simulation: &Simulation) -> Vec<String> {
    let mut violations = club.surprises.clone();
    if let Err(reason) = look(club, simulation, &mut violations) {
        violations.push(reason);
    }
    at_rest(simulation, &mut violations);
    violations
}

fn look(club: &Club, simulation: &Simulation, violations: &mut Vec<String>) -> Result<(), String> {
    let sensors = rows(&simulation.cloud, "sensors")?;
    let stored = Stored {
        club,
        fragments: of_kind(&sensors)?,
        activities: of_kind(&sensors)?,
        outcomes: of_kind(&sensors)?,
    };
    stored.batches(violations)?;
    stored.files(violations);
    let devices: Vec<Device> = of_kind(&sensors)?;
    stored.deleted(&devices, violations)?;
    let doubted = stored.doubted();
    let rollups: Vec<Rollup> = of_kind(&sensors)?;
    for device in club.devices.keys() {
        let merged = stored.merged(*device)?;
        let read = read(club.pages.get(device).map_or(&[], Vec::as_slice))?;
        if let Some(at) = differ(&merged, &read) {
            violations.push(format!(
                "{device} at {at} is read as {:?} instead of {:?}",
                read.get(&at),
                merged.get(&at)
            ));
        }
        let rollups = rollups.iter().filter(|rollup| rollup.device == *device);
        self::rollups(*device, &merged, rollups, &doubted, violations)?;
    }
    for Rollup { device, backlog, .. } in rollups.iter().filter(|rollup| rollup.backlog != Backlog::default()) {
        violations.push(format!("hours of {device} wait for ever: {backlog:?}"));
    }
    for watch in of_kind::<Watch>(&sensors)?.iter().filter(|watch| watch.waiting.is_some()) {
        violations.push(format!("a device is waited for for ever: {watch:?}"));
    }
    let consents: Vec<sensors::person::Consent> = of_kind(&sensors)?;
    let known = (stored.activities.as_slice(), consents.as_slice());
    training::check(&rows(&simulation.cloud, "training")?, known, &club.written, violations)?;
    let messages: Vec<Message> = of_kind(&rows(&simulation.cloud, "notifications")?)?;
    letters(&messages, simulation, violations);
    Ok(())
}

/// What the table says, beside what people know.
struct Stored<'c> {
    club: &'c Club,
    fragments: Vec<Fragment>,
    activities: Vec<Activity>,
    outcomes: Vec<Read>,
}

/// What may have become of a reading.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    There,
    Gone,
    Either,
}

impl Stored<'_> {
    /// What was confirmed is there, unless it was deleted; and there is nothing else.
    fn batches(&self, violations: &mut Vec<String>) -> Result<(), String> {
        let mut of: BTreeMap<(DeviceId, BatchId), Rows> = BTreeMap::new();
        for fragment in &self.fragments {
            let known = of.entry((fragment.device, fragment.batch)).or_default();
            for (at, row) in rows_of(fragment)? {
                for (kind, value) in row {
                    if known.entry(at).or_default().insert(kind, value).is_some() {
                        violations.push(format!("{} has {at} of {kind} twice", fragment.batch));
                    }
                }
            }
        }
        for (key, batch) in &self.club.batches {
            let (Some((confirmed, id)), Some((sent, began))) = (batch.confirmed, batch.first_sent) else {
                continue;
            };
            let found = of.remove(&(batch.device, id)).unwrap_or_default();
            let fate = |at: i64| self.fate(batch.device, (sent, Some(confirmed)), at, None);
            violations.extend(compare(&format!("{id} ({key})"), &batch.rows, &found, fate));
            let early = |fragment: &&Fragment| fragment.batch == id && fragment.received < began.as_millis();
            violations.extend(self.fragments.iter().find(early).map(|_| format!("{id} came before it was sent")));
        }
        for (activity, rows, moments) in self.recorded() {
            let found = of.remove(&(activity.device, batch_of(activity.id))).unwrap_or_default();
            let fate = |at: i64| self.fate(activity.device, moments, at, Some(activity.id));
            violations.extend(compare(&activity.id.to_string(), rows, &found, fate));
        }
        // What nobody confirmed may be there in part, if it might have been taken.
        for ((device, id), rows) in of.into_iter().filter(|(_, rows)| !rows.is_empty()) {
            let mut sent = self.unconfirmed(device).map(|batch| &batch.rows);
            let mut put = self.club.uploads.values().filter(|upload| upload.device == device && upload.put.is_some());
            let is_part = |of: &Rows| rows.iter().all(|(at, row)| of.get(at) == Some(row));
            let is_file = |upload: &Upload| is_part(&self.club.recordings[upload.recording].rows);
            if !sent.any(is_part) && !put.any(is_file) {
                violations.push(format!("{device} has {} moments of {id}, which nobody sent", rows.len()));
            }
        }
        Ok(())
    }

    /// Batches that were refused in the end, or never answered, and may have been taken in part before that.
    fn unconfirmed(&self, device: DeviceId) -> impl Iterator<Item = &Batch> {
        let batches = self.club.batches.values().filter(move |batch| batch.device == device);
        batches.filter(|batch| batch.confirmed.is_none() && batch.in_doubt)
    }

    /// Activities that came as files, with what their devices recorded; when that was put first, and seen first.
    fn recorded(&self) -> Vec<(&Activity, &Rows, Moments)> {
        let mut recorded = Vec::new();
        for activity in self.activities.iter().filter(|activity| activity.request.is_none()) {
            let became = |file: &str| {
                self.outcomes.iter().any(|read| {
                    let of = matches!(read.outcome, Outcome::Recorded { activity: of, .. } if of == activity.id);
                    of && read.id.to_string() == file
                })
            };
            let named = || self.club.uploads.iter().filter(|(file, _)| became(file)).map(|(_, upload)| upload);
            let Some(recording) = named().next().map(|upload| upload.recording) else {
                continue;
            };
            let same = |upload: &&Upload| upload.person == activity.person && upload.recording == recording;
            let put = self.club.uploads.values().filter(same).filter_map(|upload| upload.put).min();
            let seen = named().filter_map(|upload| upload.seen).min();
            recorded.push((activity, &self.club.recordings[recording].rows, (put.unwrap_or_default(), seen)));
        }
        recorded
    }

    /// What was put has become something, and of a recording there is one activity at most.
    fn files(&self, violations: &mut Vec<String>) {
        for (file, upload) in self.club.uploads.iter().filter(|(_, upload)| upload.put.is_some()) {
            if !self.outcomes.iter().any(|outcome| outcome.id.to_string() == *file) {
                violations.push(format!("nothing became of {file}: {upload:?}"));
            }
        }
        let mut live = BTreeSet::new();
        for (activity, rows, _) in self.recorded().iter().filter(|(activity, ..)| activity.deleted_at.is_none()) {
            if !live.insert((activity.person, rows.first_key_value())) {
                violations.push(format!("{} was recorded as another activity already", activity.id));
            }
        }
    }

    /// Of a deleted device there is nothing left, whatever came at the same time.
    fn deleted(&self, devices: &[Device], violations: &mut Vec<String>) -> Result<(), String> {
        for device in devices.iter().filter(|device| device.is_deleted()) {
            if device.left.is_some() {
                violations.push(format!("{device:?} was never forgotten"));
            }
            for fragment in self.fragments.iter().filter(|fragment| fragment.device == device.id) {
                if !rows_of(fragment)?.is_empty() {
                    violations.push(format!("{} was deleted and has readings of {}", device.id, fragment.batch));
                }
            }
            let live = |activity: &&Activity| activity.device == device.id && activity.deleted_at.is_none();
            violations.extend(
                self.activities
                    .iter()
                    .find(live)
                    .map(|live| format!("{} was deleted, and {} was not", device.id, live.id)),
            );
        }
        let erased = |erasure: &&Erasure| erasure.confirmed;
        for erasure in self.club.erasures.values().filter(erased) {
            let Erased::Device(deleted) = &erasure.what else {
                continue;
            };
            if !devices.iter().any(|device| device.id == *deleted && device.is_deleted()) {
                violations.push(format!("{deleted} was to be deleted, and is not"));
            }
        }
        Ok(())
    }

    /// The hours of devices in which there is something that nobody confirmed: whoever wrote it was stopped before its
    /// hours were noted, and then it was refused, for consent was withdrawn.
    fn doubted(&self) -> BTreeSet<(DeviceId, i64)> {
        let confirmed: BTreeSet<BatchId> =
            self.club.batches.values().filter_map(|batch| batch.confirmed.map(|(_, id)| id)).collect();
        let files: BTreeSet<BatchId> = self.activities.iter().map(|activity| batch_of(activity.id)).collect();
        let doubted = |fragment: &&Fragment| {
            let known = confirmed.contains(&fragment.batch) || files.contains(&fragment.batch);
            !known && !fragment.chunk.0.is_empty()
        };
        self.fragments
            .iter()
            .filter(doubted)
            .map(|fragment| (fragment.device, fragment.window.div_euclid(HOUR)))
            .collect()
    }

    /// All readings of a device: of two of one moment and channel the one that came first.
    fn merged(&self, device: DeviceId) -> Result<Rows, String> {
        let mut fragments: Vec<&Fragment> = self.fragments.iter().filter(|one| one.device == device).collect();
        fragments.sort_by_key(|one| (one.received, one.batch, one.part));
        let mut merged = Rows::new();
        for fragment in fragments {
            for (at, row) in rows_of(fragment)? {
                let known = merged.entry(at).or_default();
                for (kind, value) in row {
                    known.entry(kind).or_insert(value);
                }
            }
        }
        Ok(merged)
    }

    /// What became of a reading that was sent at one moment and confirmed at another, by what was deleted when.
    fn fate(&self, device: DeviceId, (sent, confirmed): Moments, at: i64, activity: Option<ActivityId>) -> Fate {
        let mut fate = Fate::There;
        for erasure in self.club.erasures.values() {
            let concerns = match &erasure.what {
                Erased::Readings(of, range) => *of == device && range.contains(&at),
                Erased::Activity(of) => activity == Some(*of),
                Erased::Device(of) => *of == device,
            };
            let Some(first) = erasure.first_sent.filter(|_| concerns && erasure.last_ended > sent) else {
                continue;
            };
            if erasure.confirmed && confirmed.is_some_and(|confirmed| confirmed < first) {
                return Fate::Gone;
            }
            fate = Fate::Either;
        }
        fate
    }
}

/// The readings of a fragment.
fn rows_of(fragment: &Fragment) -> Result<Rows, String> {
    let mut rows = Rows::new();
    if fragment.chunk.0.is_empty() {
        return Ok(rows);
    }
    let chunk = chunk_codec::decode(&fragment.chunk.0).map_err(|error| format!("{}: {error}", fragment.batch))?;
    for channel in chunk.channels() {
        for (at, value) in chunk.times().iter().zip(&channel.values) {
            rows.entry(*at).or_default().extend(value.map(|value| (channel.kind.0, value)));
        }
    }
    Ok(rows)
}

/// What is wrong with what is stored of something, if anything.
fn compare(what: &str, sent: &Rows, found: &Rows, fate: impl Fn(i64) -> Fate) -> Option<String> {
    let wrong = |at: &&i64| match (sent.get(*at), found.get(*at), fate(**at)) {
        (None, Some(_), _) | (Some(_), Some(_), Fate::Gone) | (Some(_), None, Fate::There) => true,
        (Some(sent), Some(found), _) => sent != found,
        (_, None, _) => false,
    };
    let at = sent.keys().chain(found.keys()).find(wrong)?;
    Some(format!("{what} at {at} is {:?}, and was sent as {:?}", found.get(at), sent.get(at)))
}

/// What pages of readings say.
fn read(pages: &[Value]) -> Result<Rows, String> {
    let mut rows = Rows::new();
    for page in pages {
        let names = page["channels"].as_array().into_iter().flatten();
        let kinds: Option<Vec<u16>> =
            names.map(|name| Some(name.as_str()?.parse::<Channel>().ok()?.kind().0)).collect();
        let kinds = kinds.ok_or_else(|| format!("a page of nobody's channels: {}", page["channels"]))?;
        for row in page["rows"].as_array().into_iter().flatten() {
            let at = row[0].as_i64().ok_or("a row without a moment")?;
            let values = kinds.iter().zip(1_usize..).filter_map(|(kind, n)| Some((*kind, row[n].as_i64()?))).collect();
            if rows.insert(at, values).is_some() {
                return Err(format!("{at} is on two pages"));
            }
        }
    }
    Ok(rows)
}

/// The first moment of which two say something different.
fn differ(one: &Rows, other: &Rows) -> Option<i64> {
    one.keys().chain(other.keys()).copied().find(|at| one.get(at) != other.get(at))
}

/// Rollups are what the readings come to, but where something was stored that nobody confirmed.
fn rollups<'r>(
    device: DeviceId,
    readings: &Rows,
    stored: impl Iterator<Item = &'r Rollup>,
    doubted: &BTreeSet<(DeviceId, i64)>,
    violations: &mut Vec<String>,
) -> Result<(), String> {
    let mut found: BTreeMap<i64, Summed> = BTreeMap::new();
    for rollup in stored {
        let known = found.entry(rollup.tier.stretch()).or_default();
        for (at, row) in rollup.rows().map_err(|error| error.to_string())? {
            for (kind, row) in row {
                let figures = [
                    row.count.into(),
                    row.min.into(),
                    row.max.into(),
                    row.sum,
                    row.squares,
                    row.last.into(),
                ];
                known.insert((at, kind.0), figures);
            }
        }
    }
    for stretch in [Tier::Minutes, Tier::Hours, Tier::Days].map(Tier::stretch) {
        let (expected, found) = (summed(readings, stretch), found.remove(&stretch).unwrap_or_default());
        let is_doubted = |at: i64| {
            (at..at + stretch.max(HOUR))
                .step_by(HOUR_STEP)
                .any(|moment| doubted.contains(&(device, moment.div_euclid(HOUR))))
        };
        let wrong = |key: &&(i64, u16)| expected.get(*key) != found.get(*key) && !is_doubted(key.0);
        if let Some(key) = expected.keys().chain(found.keys()).find(wrong) {
            violations.push(format!(
                "the rollup of {device} for {stretch} ms at {key:?} is {:?} instead of {:?}",
                found.get(key),
                expected.get(key)
            ));
        }
    }
    Ok(())
}

/// An hour, as a step.
const HOUR_STEP: usize = 3_600_000;

fn summed(readings: &Rows, stretch: i64) -> Summed {
    let mut summed = Summed::new();
    for (at, row) in readings {
        for (kind, value) in row {
            let value = i128::from(*value);
            let of = summed.entry((at.div_euclid(stretch) * stretch, *kind)).or_insert([0, value, value, 0, 0, value]);
            *of = [
                of[0] + 1,
                of[1].min(value),
                of[2].max(value),
                of[3] + value,
                of[4] + value * value,
                value,
            ];
        }
    }
    summed
}
