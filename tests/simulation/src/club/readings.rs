//! What people's devices and apps send, and what people delete.

use super::{About, Batch, Club, Erased, Erasure, Errand, Rows, principal};
use crate::commands::Command;
use crate::look;
use chunk_codec::Kind;
use kernel::{AccountId, DeviceId, Timestamp};
use local::simulation::Random;
use sensors::store::Rollup;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Moments of devices lie on a grid of so many milliseconds, so that batches say something about the same ones.
const GRID: i64 = 5 * SECOND;
/// Devices that are deleted at most: of the others there is more to see.
const MOST_DELETED: usize = 2;

impl Club {
    /// What a device measured just now.
    pub(super) fn live(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let rows = i64::from(random.between(2, 8));
        let from = now.as_millis() / GRID * GRID - rows * GRID;
        let device = self.somebodys_device(random)?;
        self.batch(random, device, from, rows, GRID)
    }

    /// What a device measured earlier, mostly in hours that wait to be closed.
    pub(super) fn late(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let days: Vec<Rollup> = look::all(&self.cloud, "sensors");
        let open = |until: Option<Timestamp>| {
            let marks = days.iter().flat_map(|one| one.backlog.open.iter().map(|mark| (one.device, *mark)));
            marks
                .filter(move |(_, mark)| until.is_none_or(|until| mark.due <= until))
                .map(|(of, mark)| (of, mark.hour))
        };
        let mut hours: Vec<(DeviceId, i64)> = open(Some(now)).collect();
        if hours.is_empty() {
            hours.extend(open(None));
        }
        let before = now.as_millis() / HOUR - i64::from(random.between(0, 5));
        let known = random.pick(&hours).copied().filter(|_| random.chance(80));
        let (device, hour) = known.or_else(|| Some((self.somebodys_device(random)?, before)))?;
        let hour = hour * HOUR;
        let (rows, step) = (i64::from(random.between(2, 30)), *random.pick(&[GRID, 2 * GRID, MINUTE])?);
        // It may begin in the hour before, and ends by now.
        let from = hour + i64::from(random.between(0, 55)) * MINUTE - rows * step / 2 / GRID * GRID;
        self.batch(random, device, from.min(now.as_millis() / GRID * GRID - rows * step), rows, step)
    }

    /// What a device measured while it was out of reach: half an hour and more.
    pub(super) fn bulk(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let rows = i64::from(random.between(31, 90));
        let before = i64::from(random.between(0, 180)) * MINUTE;
        let device = self.somebodys_device(random)?;
        self.batch(random, device, now.as_millis() / GRID * GRID - before - rows * MINUTE, rows, MINUTE)
    }

    fn somebodys_device(&self, random: &mut Random) -> Option<DeviceId> {
        let devices: Vec<_> = self.devices.keys().copied().collect();
        random.pick(&devices).copied()
    }

    /// Readings of a device from a moment on, of one or both of its channels.
    fn batch(&mut self, random: &mut Random, device: DeviceId, from: i64, count: i64, step: i64) -> Option<Errand> {
        let person = *self.devices.get(&device)?;
        let channels: &[(&str, &str, Kind)] = match random.below(3) {
            0 => &[("heart-rate", "bpm", Kind::HEART_RATE), ("power", "W", Kind::POWER)],
            1 => &[("power", "W", Kind::POWER)],
            _ => &[("heart-rate", "bpm", Kind::HEART_RATE)],
        };
        let mut rows = Rows::new();
        let mut body = Vec::new();
        for n in 0..count {
            let values: Vec<Option<u32>> =
                channels.iter().map(|_| random.chance(90).then(|| random.between(100, 200))).collect();
            let known =
                channels.iter().zip(&values).filter_map(|((.., kind), value)| Some((kind.0, i64::from((*value)?))));
            let known: BTreeMap<u16, i64> = known.collect();
            if !known.is_empty() {
                rows.insert(from + n * step, known);
            }
            let mut row = vec![json!(n * step)];
            row.extend(values.iter().map(|value| json!(value)));
            body.push(row);
        }
        if rows.is_empty() {
            return None;
        }
        let columns: Vec<Value> =
            channels.iter().map(|(name, unit, _)| json!({ "name": name, "unit": unit })).collect();
        let body = json!({ "from": Timestamp::from_millis(from), "channels": columns, "rows": body });
        let route = "POST /v1/devices/{device}/readings";
        let command = self.command("add-readings", route, principal(person), body);
        let batch = Batch {
            device,
            rows,
            first_sent: None,
            confirmed: None,
            in_doubt: false,
        };
        self.batches.insert(command.key.clone()?, batch);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        Some(Errand { about: About::Batch, ..Errand::of(command) })
    }

    /// A person deletes some minutes.
    pub(super) fn erase(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let device = self.somebodys_device(random)?;
        let person = *self.devices.get(&device)?;
        let from = now.as_millis() / GRID * GRID - i64::from(random.between(0, 180)) * MINUTE;
        let until = from + i64::from(random.between(1, 20)) * MINUTE;
        let route = "DELETE /v1/devices/{device}/readings";
        let command = self.command("delete-readings", route, principal(person), Value::Null);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        let query = format!("from={}&until={}", Timestamp::from_millis(from), Timestamp::from_millis(until));
        Some(Errand {
            query,
            ..self.erasing(command, Erased::Readings(device, from..until))
        })
    }

    /// A person deletes an activity.
    pub(super) fn delete_activity(&mut self, random: &mut Random) -> Option<Errand> {
        let known: Vec<_> = self.activities.iter().map(|(id, person)| (*id, *person)).collect();
        let (activity, person) = *random.pick(&known)?;
        let route = "DELETE /v1/activities/{activity}";
        let command = self.command("delete-activity", route, principal(person), Value::Null);
        let command = Command { path: Some(("activity", activity.to_string())), ..command };
        Some(self.erasing(command, Erased::Activity(activity)))
    }

    /// A person deletes a device. Most are kept.
    pub(super) fn delete_device(&mut self, random: &mut Random) -> Option<Errand> {
        let deleted = self.erasures.values().filter(|erasure| matches!(erasure.what, Erased::Device(_))).count();
        let device = self.somebodys_device(random).filter(|_| deleted < MOST_DELETED)?;
        let person = *self.devices.get(&device)?;
        let command = self.command("delete-device", "DELETE /v1/devices/{device}", principal(person), Value::Null);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        Some(self.erasing(command, Erased::Device(device)))
    }

    fn erasing(&mut self, command: Command, what: Erased) -> Errand {
        let number = self.tick();
        let erasure = Erasure { what, first_sent: None, last_ended: 0, confirmed: false };
        self.erasures.insert(number, erasure);
        Errand { about: About::Erasing(number), ..Errand::of(command) }
    }

    /// A person says that what a device measured was an activity.
    pub(super) fn record(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let device = self.somebodys_device(random)?;
        let person = *self.devices.get(&device)?;
        let until = now.as_millis() / GRID * GRID - i64::from(random.between(0, 60)) * MINUTE;
        let from = until - i64::from(random.between(5, 60)) * MINUTE;
        let body = json!({
            "device": device, "from": Timestamp::from_millis(from), "until": Timestamp::from_millis(until),
            "sport": random.pick(&["cycling", "running"])?,
        });
        Some(Errand::of(self.command("record-activity", "POST /v1/activities", principal(person), body)))
    }

    /// A person is about to upload a file. What recorded it is one of the devices.
    pub(super) fn sign(&mut self, random: &mut Random) -> Option<Errand> {
        let person = *self.devices.get(&self.somebodys_device(random)?)?;
        let recording = random.below(self.recordings.len());
        let own: Vec<DeviceId> =
            self.devices.iter().filter(|(_, of)| **of == person).map(|(device, _)| *device).collect();
        let device = *own.get(recording % own.len())?;
        let body = json!({ "length": self.recordings.get(recording)?.file.len() });
        let route = "POST /v1/devices/{device}/activity-files";
        let command = self.command("create-activity-file", route, principal(person), body);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        Some(Errand { about: About::Signing(recording), ..Errand::of(command) })
    }

    /// The file is put, perhaps twice.
    pub(super) fn put(&mut self, random: &mut Random, now: Timestamp) {
        let moment = self.tick();
        let waiting: Vec<String> = self
            .uploads
            .iter()
            .filter(|(_, upload)| upload.put.is_none())
            .map(|(file, _)| file.clone())
            .collect();
        let Some(file) = random.pick(&waiting) else { return };
        let Some(upload) = self.uploads.get_mut(file) else {
            return;
        };
        let Some(recording) = self.recordings.get(upload.recording) else {
            return;
        };
        for _ in 0..1 + usize::from(random.chance(20)) {
            match self.cloud.upload(&upload.target, &upload.headers, &recording.file, now).status {
                // The second time it is there.
                200 | 412 => upload.put = Some(moment),
                // A link is good for a quarter of an hour.
                403 => {
                    self.uploads.remove(file);
                    return;
                }
                status => self.surprises.push(format!("an upload was answered {status}")),
            }
        }
    }

    /// A person looks at what became of a file.
    pub(super) fn look_at_file(&mut self, random: &mut Random) -> Option<Errand> {
        let put = self.uploads.iter().filter(|(_, upload)| upload.put.is_some());
        let put: Vec<_> = put.map(|(file, upload)| (file.clone(), upload.person)).collect();
        let (file, person) = random.pick(&put)?.clone();
        Some(self.looking_at_file(file, person))
    }

    pub(super) fn looking_at_file(&mut self, file: String, person: AccountId) -> Errand {
        let route = "GET /v1/activity-files/{file}";
        let command = self.command("get-activity-file", route, principal(person), Value::Null);
        let command = Command { path: Some(("file", file.clone())), ..command };
        Errand { about: About::File(file), ..Errand::of(command) }
    }

    /// A person consents, or withdraws.
    pub(super) fn consent(&mut self, random: &mut Random, given: bool) -> Errand {
        let unwilling = |(account, consent): (&AccountId, &super::Consent)| {
            (consent.is_given() == Some(false) && self.devices.values().any(|person| person == account))
                .then_some(*account)
        };
        let unwilling: Vec<AccountId> = self.consents.iter().filter_map(unwilling).collect();
        let anybody = super::member(random.between(1, super::PEOPLE));
        let who = if given { random.pick(&unwilling).copied().map(principal) } else { None };
        self.give(who.unwrap_or(anybody), given)
    }

    /// A person looks at a chart.
    pub(super) fn look_at_chart(&mut self, random: &mut Random, now: Timestamp) -> Option<Errand> {
        let device = self.somebodys_device(random)?;
        let person = *self.devices.get(&device)?;
        let command = self.command("get-chart", "GET /v1/devices/{device}/chart", principal(person), Value::Null);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        let from = Timestamp::from_millis(now.as_millis() - i64::from(random.between(1, 20)) * HOUR);
        let query = format!("channel=heart-rate&from={from}&until={}", now.after(Duration::from_secs(60)));
        Some(Errand { query, ..Errand::of(command) })
    }

    /// A person reads readings of a device.
    pub(super) fn read(&mut self, device: DeviceId, person: AccountId, query: String) -> Errand {
        let route = "GET /v1/devices/{device}/readings";
        let command = self.command("list-readings", route, principal(person), Value::Null);
        let command = Command { path: Some(("device", device.to_string())), ..command };
        Errand { query, about: About::Reading(device), ..Errand::of(command) }
    }
}
