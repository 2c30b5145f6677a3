//! What the app sends, in which order, and what it is told.

use super::Home;
use super::recording::{Readings, Recording, Way};
use crate::Outcome;
use crate::answers::{expect, upload};
use crate::bench::sensors::post_chunk;
use chunk_codec::{Chunk, Kind};
use flate2::Compression;
use flate2::write::GzEncoder;
use kernel::{DeviceId, Timestamp};
use local::simulation::Random;
use local::trigger::HttpResponse;
use sensors::channel::Channel;
use sensors::series::Series;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::ops::Range;
use std::time::Duration;

/// Of so many percent of what is sent the app hears nothing, and sends it again later.
const AGAIN: u32 = 15;
/// Of so many percent of batches the beginning was sent with the batch before.
const OVERLAPPING: u32 = 40;
/// Of so many percent of batches a device was out of reach for long.
const LONG: u32 = 8;

/// Something to be sent.
#[derive(Clone)]
struct Delivery {
    /// Of which recording.
    of: usize,
    key: String,
    what: What,
}

#[derive(Clone)]
enum What {
    /// These moments of it, as JSON.
    Json(Range<usize>),
    /// These moments of it, as a chunk.
    Chunk(Range<usize>),
    /// The file.
    File,
    /// The file, compressed.
    Compressed,
}

/// What was sent so far.
#[derive(Default)]
pub(super) struct Sent {
    /// Batches as JSON.
    json: usize,
    /// Batches as chunks.
    chunks: usize,
    /// Batches that were sent again.
    again: usize,
    /// Files.
    files: usize,
    /// Files that say what another one did.
    known: usize,
    /// Files that are damaged.
    damaged: usize,
    /// Readings in batches, those of repeated ones too.
    readings: usize,
    /// Write units, those of indexes too.
    pub units: f64,
    /// Functions that ran.
    pub invocations: usize,
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { json, chunks, again, files, known, damaged, readings, .. } = self;
        write!(
            f,
            "sent: {} batches ({json} JSON, {chunks} chunks; {again} of them again) with {readings} readings, and \
             {files} files: {known} of them a recording that came before, {damaged} damaged",
            json + chunks
        )
    }
}

impl Home {
    /// Sends everything, shuffled; every reply is as it should be, and the same the second time.
    pub(super) fn send(&mut self, recordings: &[Recording], devices: &[DeviceId]) -> Outcome {
        let mut replies: BTreeMap<String, Value> = BTreeMap::new();
        for Delivery { of, key, what } in self.plan(recordings) {
            let (recording, device) = (&recordings[of], devices[of]);
            let said = |reason: String| format!("{}, {key}: {reason}", recording.name);
            let reply = match what {
                What::Json(rows) | What::Chunk(rows) if rows.is_empty() => continue,
                What::Json(rows) => {
                    self.sent.json += 1;
                    let ask = self.stage.ask("add-readings").by(&self.person).at(device).key(&key);
                    let answer = ask.send(&as_json(&recording.sendable, rows.clone()));
                    self.taken(&recording.sendable, rows, answer).map_err(said)?
                }
                What::Chunk(rows) => {
                    self.sent.chunks += 1;
                    let chunk = as_chunk(&recording.sendable, rows.clone())?;
                    let answer = post_chunk(&self.stage, &self.person, device, &key, &chunk)?;
                    self.taken(&recording.sendable, rows, answer).map_err(said)?
                }
                What::File => self.file(device, &key, recording, &recording.bytes).map_err(said)?,
                What::Compressed => {
                    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
                    let zipped = gzip.write_all(&recording.bytes).and_then(|()| gzip.finish());
                    let zipped = zipped.map_err(|error| error.to_string())?;
                    self.file(device, &key, recording, &zipped).map_err(said)?
                }
            };
            match replies.get(&key) {
                Some(first) if *first != reply => return Err(format!("{key} was answered {first} and then {reply}")),
                Some(_) => self.sent.again += 1,
                None => drop(replies.insert(key, reply)),
            }
            let seconds = self.random.between(1, 60);
            self.live(Duration::from_secs(seconds.into()))?;
        }
        Ok(())
    }

    /// Everything that is to be sent, in the order in which it is.
    fn plan(&mut self, recordings: &[Recording]) -> Vec<Delivery> {
        let mut plan = Vec::new();
        for (of, recording) in recordings.iter().enumerate() {
            for (turn, way) in recording.ways.into_iter().enumerate() {
                let key = |n: usize| format!("recording-{of}-turn-{turn}-part-{n:05}");
                match way {
                    Way::File if turn == 0 => plan.push(Delivery { of, key: key(0), what: What::File }),
                    Way::File => plan.push(Delivery { of, key: key(0), what: What::Compressed }),
                    Way::Batches => {
                        for (n, rows) in cut(&mut self.random, &recording.sendable).into_iter().enumerate() {
                            let what = if self.random.chance(50) { What::Json(rows) } else { What::Chunk(rows) };
                            plan.push(Delivery { of, key: key(n), what });
                        }
                    }
                }
            }
        }
        let is_batch = |delivery: &&Delivery| matches!(delivery.what, What::Json(_) | What::Chunk(_));
        let again: Vec<Delivery> =
            plan.iter().filter(is_batch).filter(|_| self.random.chance(AGAIN)).cloned().collect();
        plan.extend(again);
        for n in (1..plan.len()).rev() {
            plan.swap(n, self.random.below(n + 1));
        }
        plan
    }

    /// The reply to a batch, if it is the right one.
    fn taken(&mut self, of: &Readings, rows: Range<usize>, answer: HttpResponse) -> Result<Value, String> {
        let sent: usize = some(of, rows).map(|(_, row)| row.len()).sum();
        let reply = expect(201, answer)?;
        self.sent.readings += sent;
        match reply["readings"] == sent {
            true => Ok(reply),
            false => Err(format!("{sent} readings were sent: {reply}")),
        }
    }

    /// Uploads a recording's file; what it became, if that is right.
    fn file(&mut self, device: DeviceId, key: &str, recording: &Recording, bytes: &[u8]) -> Result<Value, String> {
        let file = self.upload(device, key, bytes)?;
        self.stage.settle()?;
        let outcome = expect(200, self.stage.ask("get-activity-file").by(&self.person).at(&file).get())?;
        self.sent.known += usize::from(outcome["again"] == true);
        self.sent.damaged += usize::from(outcome["damaged"] == true);
        match outcome["activity"].is_string() && outcome["damaged"] == recording.says.damage.is_some() {
            true => Ok(outcome),
            false => Err(format!("this came of it: {outcome}")),
        }
    }

    /// Puts a file where a signed address says; its id.
    fn upload(&mut self, device: DeviceId, key: &str, bytes: &[u8]) -> Result<String, String> {
        self.sent.files += 1;
        let ask = self.stage.ask("create-activity-file").by(&self.person).at(device).key(key);
        let signed = expect(201, ask.send(&json!({ "length": bytes.len() })))?;
        upload(&self.stage, &signed, bytes)?;
        Ok(signed["file"].as_str().ok_or("an upload without a file")?.to_owned())
    }
}

/// Cuts records into batches of a few or of thousands, between two moments. Some begin with what the one before had.
fn cut(random: &mut Random, of: &Readings) -> Vec<Range<usize>> {
    let moments: Vec<i64> = of.keys().map(|(at, _)| *at).collect();
    let begin_of = |n: usize| moments.get(n).map_or(moments.len(), |at| moments.partition_point(|other| other < at));
    let (mut batches, mut from) = (Vec::new(), 0);
    while from < moments.len() {
        let shift = if random.chance(LONG) { 7 + random.below(4) } else { random.below(7) };
        let length = (4 << shift) + random.below(4 << shift);
        let overlap = if random.chance(OVERLAPPING) { random.below(length) } else { 0 };
        batches.push(begin_of(from.saturating_sub(overlap))..begin_of(from + length));
        from += length;
    }
    batches
}

/// These of the records.
fn some(of: &Readings, rows: Range<usize>) -> impl Iterator<Item = (i64, &BTreeMap<Kind, i64>)> {
    of.iter().skip(rows.start).take(rows.len()).map(|((at, _), row)| (*at, row))
}

fn as_json(of: &Readings, rows: Range<usize>) -> Value {
    let has = |channel: &Channel| some(of, rows.clone()).any(|(_, row)| row.contains_key(&channel.kind()));
    let channels: Vec<Channel> = Channel::ALL.into_iter().filter(has).collect();
    let from = some(of, rows.clone()).next().map_or(0, |(at, _)| at);
    let row = |(at, row): (i64, &BTreeMap<Kind, i64>)| {
        let readings = channels.iter().map(|channel| row.get(&channel.kind()).copied());
        json!([Some(at - from)].into_iter().chain(readings).collect::<Vec<_>>())
    };
    json!({
        "from": Timestamp::from_millis(from),
        "channels": channels.iter().map(|one| json!({ "name": one.name(), "unit": one.unit() })).collect::<Vec<_>>(),
        "rows": some(of, rows.clone()).map(row).collect::<Vec<_>>(),
    })
}

fn as_chunk(of: &Readings, rows: Range<usize>) -> Result<Chunk, String> {
    let mut series = Series::default();
    for (at, row) in some(of, rows) {
        series.push(at, row.iter().map(|(kind, value)| (*kind, *value)));
    }
    let mut parts = series.parts(Chunk::MAX_VALUES).map_err(|error| error.to_string())?;
    match parts.len() {
        1 => Ok(parts.remove(0)),
        n => Err(format!("a batch takes {n} chunks")),
    }
}
