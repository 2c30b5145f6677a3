//! `cargo dev bench sensors`: what keeping readings costs, in DynamoDB's own units, beside one item a record.
//!
//! Real recordings are sent the ways that apps and devices send them; every write is counted: readings, rollups, what
//! is noted to be closed, activities, and their entries in indexes. A record alone in an item would be one unit.
//!
//! Beside it a person's year, an hour of a record a second each day: what ten such days cost, taken 36.5 times. With reads,
//! requests, functions, messages and the bucket; without the runs of `close-hours`, which all people share, what training
//! makes of activities, and what leaves AWS.

use crate::cost::{Bill, DOLLARS_A_MILLION_WRITES, Row};
use crate::{Options, Outcome};
use activity_files::{Activity as Recording, Limits};
use chunk_codec::{Channel as Column, Chunk, encode};
use kernel::{DeviceId, Principal, Role};
use local::cloud::API;
use local::metering::Cost;
use local::stage::Stage;
use local::testing::caller;
use local::trigger::{HttpRequest, HttpResponse, claims};
use sensors::channel::Channel;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// All recordings that read to their end.
const RECORDINGS: [&str; 9] = [
    "20170518-191602-1740899583",
    "2019-02-17-062644-ELEMNT-297E-195-0",
    "Edge810-Vector-2013-08-16-15-35-10",
    "activity-small-fenix2-run",
    "garmin-edge-500-activity",
    "garmin-fr935-cr",
    "hrv-activity",
    "sample-activity",
    "sample-activity-indoor-trainer",
];
/// US dollars in us-east-1 for a million uploads to a bucket, each read once.
const DOLLARS_A_MILLION_OBJECTS: f64 = 5.4;
/// US dollars in us-east-1 for a gigabyte in a table that can be restored to any moment, for a year.
const DOLLARS_A_GIGABYTE_YEAR: f64 = 12.0 * (0.25 + 0.20);
/// Bytes that storage counts beside an item's own.
const AROUND: usize = 100;
/// A day in milliseconds.
const DAY: i64 = 86_400_000;
/// How often `close-hours` is started.
const CLOCK: i64 = 300_000;
/// Of these the days of a person are cut, an hour a day.
const DAILY: [&str; 3] = [
    "2019-02-17-062644-ELEMNT-297E-195-0",
    "garmin-edge-500-activity",
    "garmin-fr935-cr",
];
/// Days that stand for a year: as many as have one item of rollups.
const DAYS: usize = 10;
/// Records of an hour.
const HOURLY: usize = 3600;

/// How readings are sent.
#[derive(Clone, Copy)]
enum How {
    /// As the file itself.
    File,
    /// In batches of so many milliseconds, all of them later: by who was without a network.
    Later(i64),
    /// In batches of so many milliseconds, each when it is over.
    Live(i64),
}

struct Way {
    name: &'static str,
    how: How,
    /// How many times fewer units than records there must be: what is measured may not become worse.
    bar: f64,
}

const fn way(name: &'static str, how: How, bar: f64) -> Way {
    Way { name, how, bar }
}

// For batches of 300 s 75 was aimed at, live or not; for those of 900 s 150.
const WAYS: [Way; 8] = [
    way("file of an activity", How::File, 150.0),
    way("batches of an hour", How::Later(3_600_000), 146.0),
    way("batches of 900 s", How::Later(900_000), 150.0),
    way("batches of 300 s", How::Later(300_000), 116.0),
    way("live, every 900 s", How::Live(900_000), 111.0),
    way("live, every 300 s", How::Live(300_000), 94.0),
    way("live, every 60 s", How::Live(60_000), 40.0),
    way("live, every 10 s", How::Live(10_000), 8.1),
];

/// Measures, prints, judges.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    Options::read(arguments, &[])?;
    println!(
        "{:<20} {:>8} {:>7} {:>7} {:>5}   {:<40}",
        "", "", "write", "times", "", "$ of a year, an hour a day:"
    );
    println!(
        "{:<20} {:>8} {:>7} {:>7} {:>5} {:>8} {:>10} {:>17}",
        "way", "records", "units", "fewer", "bar", "writes", "all of it", "kept for a year"
    );
    let (mut missed, mut kinds) = (Vec::new(), Vec::new());
    for Way { name, how, bar } in &WAYS {
        let (mut records, mut costs) = (0, Vec::new());
        for recording in RECORDINGS {
            let session = Session::read(recording)?;
            records += session.recording.times.len();
            costs.extend(keep(vec![session], *how, When::Once)?.costs);
        }
        let units: f64 = costs.iter().map(|cost| cost.writes).sum();
        let fewer = records as f64 / units;
        kinds.extend(by_kind(&costs).into_iter().map(|(kind, sums)| (*name, kind, sums)));
        let year = keep(days()?, *how, When::Daily)?;
        let [writes, whole, kept] = year.dollars().map(|dollars| dollars * 365.0 / DAYS as f64);
        println!("{name:<20} {records:>8} {units:>7} {fewer:>7.1} {bar:>5} {writes:>8.4} {whole:>10.4} {kept:>17.4}");
        if fewer < *bar {
            missed.push(format!("{name}: {fewer:.1} instead of {bar}"));
        }
    }
    let alone = 365.0 * HOURLY as f64 * DOLLARS_A_MILLION_WRITES / 1_000_000.0;
    println!("one item a record {alone:>42.4}");
    println!();
    println!(
        "{:<24} {:<12} {:>7} {:>7} {:>8} {:>11} {:>9}",
        "way", "item", "writes", "units", "of index", "bytes", "of a unit"
    );
    for (way, kind, Sums { writes, units, indexes, bytes }) in kinds {
        let (mean, full) = (bytes as f64 / writes as f64, bytes as f64 / 1024.0 / (units - indexes));
        println!("{way:<24} {kind:<12} {writes:>7} {units:>7.0} {indexes:>8.0} {mean:>11.0} {:>8.0}%", full * 100.0);
    }
    if missed.is_empty() { Ok(()) } else { Err(missed.join("; ")) }
}

/// What writes of one kind of item come to.
#[derive(Default)]
struct Sums {
    writes: usize,
    units: f64,
    indexes: f64,
    bytes: usize,
}

/// The writes by what they write. None is of several items.
fn by_kind(costs: &[Cost]) -> BTreeMap<String, Sums> {
    let mut kinds: BTreeMap<String, Sums> = BTreeMap::new();
    for cost in costs {
        for item in &cost.items {
            let names = if item.sort.starts_with("rollup") { 2 } else { 1 };
            let kind = item.sort.split('#').take(names).collect::<Vec<_>>().join(" ");
            let sums = kinds.entry(kind).or_default();
            sums.writes += 1;
            sums.units += cost.writes;
            sums.indexes += cost.indexes;
            sums.bytes += item.bytes;
        }
    }
    kinds
}

/// What a device recorded, and the file that it wrote.
struct Session {
    recording: Recording,
    file: Vec<u8>,
}

impl Session {
    fn read(name: &str) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sensors/fit");
        let file = std::fs::read(folder.join(format!("{name}.fit"))).map_err(|error| format!("{name}: {error}"))?;
        let recording = activity_files::read(&file, &Limits::default()).map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { recording, file })
    }
}

/// An hour of records for each of [`DAYS`].
fn days() -> Result<Vec<Session>, String> {
    let mut hours = Vec::new();
    for name in DAILY {
        let all = Session::read(name)?.recording;
        for first in (0..all.times.len().saturating_sub(HOURLY - 1)).step_by(HOURLY) {
            let hour = first..first + HOURLY;
            let column = |column: &Column| Column {
                kind: column.kind,
                values: column.values[hour.clone()].to_vec(),
            };
            let times = all.times[hour.clone()].to_vec();
            let channels = all.channels.iter().map(column).filter(|column| column.values.iter().any(Option::is_some));
            let recording = Recording {
                start: times[0],
                end: times[HOURLY - 1],
                channels: channels.collect(),
                times,
                laps: Vec::new(),
                pauses: Vec::new(),
                rr: Vec::new(),
                ..all.clone()
            };
            hours.push(recording);
        }
    }
    let of_a_day = hours.into_iter().cycle().take(DAYS);
    Ok(of_a_day.map(|recording| Session { recording, file: Vec::new() }).collect())
}

/// When what is sent was recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// When it was; what is live, today.
    Once,
    /// One after another, day by day.
    Daily,
}

/// What keeping sessions came to.
struct Kept {
    /// What the table was asked.
    costs: Vec<Cost>,
    /// US dollars for all of it.
    dollars: f64,
}

impl Kept {
    /// US dollars: for the writes, for all of it, and for what is stored in the end, a year long.
    fn dollars(&self) -> [f64; 3] {
        let units: f64 = self.costs.iter().map(|cost| cost.writes).sum();
        let mut stored = BTreeMap::new();
        for (n, item) in self.costs.iter().flat_map(|cost| &cost.items).enumerate() {
            // Without a place in the sort key each write is of another item.
            let of = if item.sort.contains('#') { 0 } else { n };
            stored.insert((&item.sort, of), item.bytes + AROUND);
        }
        let bytes: usize = stored.into_values().sum();
        [
            units * DOLLARS_A_MILLION_WRITES / 1_000_000.0,
            self.dollars,
            bytes as f64 / 1e9 * DOLLARS_A_GIGABYTE_YEAR,
        ]
    }
}

/// Keeps what one device of a person recorded.
fn keep(sessions: Vec<Session>, how: How, when: When) -> Result<Kept, String> {
    let files = sessions.len() as f64;
    let stage = Stage::new(vec![sensors::context()])?;
    let person = caller(1, Role::Customer);
    good(&stage.ask("give-consent").by(&person).get())?;
    let ask = stage.ask("register-device").by(&person).key("the-device-of-this-bench");
    let device = good(&ask.send(&json!({ "name": "Device" })))?["id"].as_str().and_then(|id| id.parse().ok());
    let device: DeviceId = device.ok_or("a device without an id")?;
    stage.settle()?;
    stage.costs();
    stage.invoked();
    stage.calls();
    for session in sessions {
        send(&stage, &person, device, session, how, when)?;
        stage.settle()?;
        // What came is summed up ten minutes later, or after its hour.
        pass_until(&stage, stage.now().as_millis() + 2 * 3_600_000)?;
    }
    let costs = stage.costs();
    let mut invoked = stage.invoked();
    invoked.retain(|name| *name != "close-hours");
    let tables = Row::of("", costs.iter()).dollars();
    let objects = if matches!(how, How::File) { files * DOLLARS_A_MILLION_OBJECTS } else { 0.0 };
    let dollars = (Bill::of(&stage.cloud, &invoked, &stage.calls(), tables).dollars() + objects) / 1_000_000.0;
    Ok(Kept { costs, dollars })
}

fn send(
    stage: &Stage,
    person: &Principal,
    device: DeviceId,
    Session { mut recording, mut file }: Session,
    how: How,
    when: When,
) -> Outcome {
    if when == When::Daily || matches!(how, How::Live(_)) {
        recording = measured_today(recording, stage.now().as_millis());
        stage.pass(lasting(recording.start - stage.now().as_millis()));
    }
    if when == When::Daily && !matches!(how, How::Live(_)) {
        pass_until(stage, recording.end + CLOCK)?;
        file = activity_files::write_fit(&recording);
    }
    match how {
        How::File => upload(stage, person, device, &file),
        How::Later(length) => {
            batches(&recording, length)?.iter().try_for_each(|batch| post(stage, person, device, batch))
        }
        How::Live(length) => {
            for batch in batches(&recording, length)? {
                let last = batch.times()[batch.times().len() - 1];
                pass_until(stage, (last.div_euclid(length) + 1) * length)?;
                post(stage, person, device, &batch)?;
            }
            Ok(())
        }
    }
}

/// A recording moved by whole days, so that it begins within the next one.
fn measured_today(mut recording: Recording, now: i64) -> Recording {
    let days = ((now - recording.start).div_euclid(DAY) + 1) * DAY;
    recording
        .times
        .iter_mut()
        .chain([&mut recording.start, &mut recording.end])
        .for_each(|at| *at += days);
    recording
}

/// Time passes, and the clock starts `close-hours` every five minutes.
fn pass_until(stage: &Stage, until: i64) -> Outcome {
    loop {
        let now = stage.now().as_millis();
        let next = (now.div_euclid(CLOCK) + 1) * CLOCK;
        if next > until {
            stage.pass(lasting(until - now));
            return Ok(());
        }
        stage.pass(lasting(next - now));
        if !stage.start("close-hours") {
            return Err("close-hours failed".to_owned());
        }
    }
}

fn lasting(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

fn upload(stage: &Stage, person: &Principal, device: DeviceId, bytes: &[u8]) -> Outcome {
    let key = format!("the-file-of-{}", stage.now());
    let ask = stage.ask("create-activity-file").by(person).at(device).key(&key);
    let signed = good(&ask.send(&json!({ "length": bytes.len() })))?;
    crate::answers::upload(stage, &signed, bytes)
}

/// What of a recording has a name, in batches of so many milliseconds.
fn batches(recording: &Recording, length: i64) -> Result<Vec<Chunk>, String> {
    let named = |column: &&Column| {
        Channel::of(column.kind)
            .is_some_and(|channel| column.values.iter().flatten().all(|value| channel.possible().contains(value)))
    };
    let columns: Vec<&Column> = recording.channels.iter().filter(named).collect();
    let (mut batches, mut first) = (Vec::new(), 0);
    for times in recording.times.chunk_by(|one, other| one.div_euclid(length) == other.div_euclid(length)) {
        let column = |column: &&Column| Column {
            kind: column.kind,
            values: column.values[first..first + times.len()].to_vec(),
        };
        let chunk = Chunk::new(times.to_vec(), columns.iter().map(column).collect());
        batches.push(chunk.map_err(|error| error.to_string())?);
        first += times.len();
    }
    Ok(batches)
}

fn post(stage: &Stage, person: &Principal, device: DeviceId, batch: &Chunk) -> Outcome {
    let key = format!("the-batch-from-{}", batch.times()[0]);
    good(&post_chunk(stage, person, device, &key, batch)?).map(drop)
}

/// Sends a chunk as an app does.
pub fn post_chunk(
    stage: &Stage,
    person: &Principal,
    device: DeviceId,
    key: &str,
    chunk: &Chunk,
) -> Result<HttpResponse, String> {
    let request = HttpRequest {
        route: "POST /v1/devices/{device}/chunks".to_owned(),
        path: [("device".to_owned(), device.to_string())].into(),
        headers: [("idempotency-key".to_owned(), key.to_owned())].into(),
        claims: claims(person, stage.cloud.issuer(), API, stage.now().after(Duration::from_secs(600))),
        body: Some(aws_smithy_types::base64::encode(encode(chunk))),
        is_base64: true,
        ..HttpRequest::default()
    };
    let answer = stage.invoke("add-chunk", request.event("stage")).map_err(|error| error.to_string())?;
    Ok(HttpResponse::of(&answer))
}

fn good(answer: &HttpResponse) -> Result<Value, String> {
    match answer.status_code {
        200..300 => Ok(answer.json()),
        status => Err(format!("{status}: {}", answer.body)),
    }
}
