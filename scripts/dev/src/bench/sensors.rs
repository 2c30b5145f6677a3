//! `cargo dev bench sensors`: what keeping readings costs, in DynamoDB's own units, beside one item a record.
//!
//! Real recordings are sent the ways that apps and devices send them; every write is counted: readings, rollups, what is
//! noted to be closed, activities, and their entries in indexes. A record alone in an item would be one unit.

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

/// The recordings that have an hour's worth of records, or nearly.
const RECORDINGS: [&str; 5] = [
    "sample-activity",
    "garmin-fr935-cr",
    "garmin-edge-500-activity",
    "Edge810-Vector-2013-08-16-15-35-10",
    "2019-02-17-062644-ELEMNT-297E-195-0",
];
/// US dollars for a million write request units in us-east-1, on demand.
const DOLLARS_A_MILLION: f64 = 0.625;
/// Records of a year at an hour a day.
const YEAR: f64 = 365.0 * 3600.0;

/// How readings are sent.
struct Way {
    name: &'static str,
    /// Milliseconds in a batch; `None`: the file itself.
    batch: Option<i64>,
    /// How many times fewer units than records there must be.
    bar: f64,
}

const WAYS: [Way; 6] = [
    Way { name: "file of an activity", batch: None, bar: 150.0 },
    // What is measured may not become worse.
    Way {
        name: "batches of an hour",
        batch: Some(3_600_000),
        bar: 145.0,
    },
    // 150 was aimed at; readings and minutes alone come to 160 (docs/sensors.md).
    Way { name: "batches of 900 s", batch: Some(900_000), bar: 138.0 },
    // 75 was aimed at.
    Way { name: "batches of 300 s", batch: Some(300_000), bar: 105.0 },
    Way { name: "live, every 60 s", batch: Some(60_000), bar: 0.0 },
    Way { name: "live, every 10 s", batch: Some(10_000), bar: 0.0 },
];

/// Measures, prints, judges.
#[allow(clippy::print_stdout, reason = "this is a command line")]
pub fn run(arguments: &[String]) -> Outcome {
    Options::read(arguments, &[])?;
    println!(
        "{:<40} {:>9} {:>11} {:>9} {:>7} {:>14}",
        "way", "records", "write units", "fewer", "bar", "$ a user-year"
    );
    let (mut missed, mut kinds) = (Vec::new(), Vec::new());
    for Way { name, batch, bar } in &WAYS {
        let (mut records, mut costs) = (0, Vec::new());
        for recording in RECORDINGS {
            let (sent, more) = keep(recording, *batch)?;
            records += sent;
            costs.extend(more);
        }
        let units: f64 = costs.iter().map(|cost| cost.writes).sum();
        kinds.extend(by_kind(&costs).into_iter().map(|(kind, sums)| (*name, kind, sums)));
        let fewer = records as f64 / units;
        let dollars = YEAR / fewer * DOLLARS_A_MILLION / 1_000_000.0;
        println!("{name:<40} {records:>9} {units:>11.1} {fewer:>9.1} {bar:>7} {dollars:>14.4}");
        if fewer < *bar {
            missed.push(format!("{name}: {fewer:.1} instead of {bar}"));
        }
    }
    println!("one item a record                        {:>70.4}", YEAR * DOLLARS_A_MILLION / 1_000_000.0);
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

/// Keeps a recording; how many records it has, and what that cost.
fn keep(name: &str, batch: Option<i64>) -> Result<(usize, Vec<Cost>), String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/sensors/fit");
    let bytes = std::fs::read(folder.join(format!("{name}.fit"))).map_err(|error| format!("{name}: {error}"))?;
    let recording = activity_files::read(&bytes, &Limits::default()).map_err(|error| format!("{name}: {error}"))?;
    let stage = Stage::new(vec![sensors::context()])?;
    let person = caller(1, Role::Customer);
    good(&stage.ask("give-consent").by(&person).get())?;
    let ask = stage.ask("register-device").by(&person).key("the-device-of-this-bench");
    let device = good(&ask.send(&json!({ "name": "Device" })))?["id"].as_str().and_then(|id| id.parse().ok());
    let device: DeviceId = device.ok_or("a device without an id")?;
    stage.settle()?;
    stage.costs();
    match batch {
        None => upload(&stage, &person, device, &bytes)?,
        Some(length) => send(&stage, &person, device, &recording, length)?,
    }
    stage.settle()?;
    // What came is late: it waits ten minutes to be summed up.
    stage.pass(Duration::from_secs(3600));
    if !stage.start("close-hours") {
        return Err("close-hours failed".to_owned());
    }
    Ok((recording.times.len(), stage.costs()))
}

fn upload(stage: &Stage, person: &Principal, device: DeviceId, bytes: &[u8]) -> Outcome {
    let ask = stage.ask("create-activity-file").by(person).at(device).key("the-file-of-this-bench");
    let signed = good(&ask.send(&json!({ "length": bytes.len() })))?;
    crate::answers::upload(stage, &signed, bytes)
}

/// Sends what has a name, in batches of so many milliseconds.
fn send(stage: &Stage, person: &Principal, device: DeviceId, recording: &Recording, length: i64) -> Outcome {
    let named = |column: &&Column| {
        Channel::of(column.kind)
            .is_some_and(|channel| column.values.iter().flatten().all(|value| channel.possible().contains(value)))
    };
    let columns: Vec<&Column> = recording.channels.iter().filter(named).collect();
    let mut first = 0;
    while let Some(begin) = recording.times.get(first) {
        let end = (begin.div_euclid(length) + 1) * length;
        let last = recording.times.partition_point(|at| *at < end);
        let column = |column: &&Column| Column {
            kind: column.kind,
            values: column.values[first..last].to_vec(),
        };
        let times = recording.times[first..last].to_vec();
        let chunk = Chunk::new(times, columns.iter().map(column).collect()).map_err(|error| error.to_string())?;
        good(&post_chunk(stage, person, device, &format!("the-batch-from-{begin}"), &chunk)?)?;
        first = last;
    }
    Ok(())
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
