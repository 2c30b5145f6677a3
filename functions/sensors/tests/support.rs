//! What the tests of sensors share: a person with a device, batches, and a look at what is stored and announced.

use chunk_codec::{Channel, Chunk, Kind};
use kernel::{DeviceId, Principal, Role, Timestamp};
use local::faults::Fate;
use local::services::dynamodb;
use local::stage::Stage;
use local::testing::caller;
use local::trigger::{HttpRequest, HttpResponse, claims};
use platform::Item;
use platform::table::read_item;
use sensors::rollup::{Rows, Tier};
use sensors::store::Rollup;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub use local::testing::{good, told as announced, writes};

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

/// A second and more in milliseconds.
pub const SECOND: i64 = 1000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;

/// So long.
pub fn lasting(millis: i64) -> Duration {
    Duration::from_millis(millis.unsigned_abs())
}

/// Whose readings they are.
pub fn person() -> Principal {
    caller(1, Role::Customer)
}

/// Somebody else.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// Whom the person may let see the readings.
pub fn coach() -> Principal {
    caller(3, Role::Worker)
}

/// A stage without anything.
pub fn empty() -> Stage {
    Stage::new(vec![sensors::context()]).unwrap()
}

/// A person consents.
pub fn consent(stage: &Stage, who: &Principal) {
    good(&stage.ask("give-consent").by(who).get());
}

/// A person registers a device.
pub fn register(stage: &Stage, who: &Principal, key: &str) -> DeviceId {
    let answer = stage.ask("register-device").by(who).key(key).send(&json!({ "name": "Пульсометр ❤" }));
    good(&answer)["id"].as_str().unwrap().parse().unwrap()
}

/// A stage with the person's device.
pub fn with_device() -> (Stage, DeviceId) {
    let stage = empty();
    consent(&stage, &person());
    let device = register(&stage, &person(), "the-key-of-the-device");
    stage.settle().unwrap();
    stage.calls();
    stage.costs();
    (stage, device)
}

/// The hour at which batches of tests begin: two hours before the stage does.
pub fn morning(stage: &Stage) -> i64 {
    stage.now().as_millis().div_euclid(HOUR) * HOUR - 2 * HOUR
}

/// Heart rates from a moment on, one a second.
pub fn beats(from: i64, rates: &[i64]) -> Value {
    let rows: Vec<Value> = (0..).zip(rates).map(|(n, rate)| json!([n * SECOND, rate])).collect();
    json!({
        "from": Timestamp::from_millis(from), "channels": [{ "name": "heart-rate", "unit": "bpm" }], "rows": rows,
    })
}

/// The person sends a batch.
pub fn send(stage: &Stage, device: DeviceId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("add-readings").by(&person()).at(device).key(key).send(body)
}

/// Somebody sends a chunk.
pub fn send_chunk(stage: &Stage, who: &Principal, device: DeviceId, key: &str, bytes: &[u8]) -> HttpResponse {
    let expires = stage.now().after(Duration::from_secs(600));
    let request = HttpRequest {
        route: "POST /v1/devices/{device}/chunks".to_owned(),
        path: [("device".to_owned(), device.to_string())].into(),
        headers: [
            ("idempotency-key".to_owned(), key.to_owned()),
            ("content-type".to_owned(), "application/octet-stream".to_owned()),
        ]
        .into(),
        claims: claims(who, stage.cloud.issuer(), local::cloud::API, expires),
        body: Some(base64(bytes)),
        is_base64: true,
        ..HttpRequest::default()
    };
    HttpResponse::of(&stage.invoke("add-chunk", request.event("stage")).unwrap())
}

/// As RFC 4648 has it.
pub fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |group: &[u8]| {
        let bits = (0..3).fold(0u32, |bits, n| bits << 8 | u32::from(group.get(n).copied().unwrap_or_default()));
        let digit = |n: usize| char::from(ALPHABET[(bits >> (18 - 6 * n) & 63) as usize]);
        (0..4).map(|n| if n <= group.len() { digit(n) } else { '=' }).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// A query of a range in milliseconds.
pub fn range(from: i64, until: i64) -> String {
    format!("from={}&until={}", Timestamp::from_millis(from), Timestamp::from_millis(until))
}

/// All rows of a range, page by page, as somebody is shown them.
pub fn rows(stage: &Stage, who: &Principal, device: DeviceId, from: i64, until: i64, limit: u32) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let query = format!("{}&limit={limit}{cursor}", range(from, until));
        let page = good(&stage.ask("list-readings").by(who).at(device).query(&query).get());
        rows.extend(page["rows"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// A chart of the heart rate.
pub fn chart(stage: &Stage, device: DeviceId, from: i64, until: i64, points: usize) -> Value {
    let query = format!("channel=heart-rate&points={points}&{}", range(from, until));
    good(&stage.ask("get-chart").by(&person()).at(device).query(&query).get())
}

/// The sum of a chart's counts.
pub fn counted(chart: &Value) -> i64 {
    chart["points"].as_array().unwrap().iter().map(|point| point["count"].as_i64().unwrap()).sum()
}

/// A minute of heart rates was sent and is to be closed; and somebody closes it. At the closing's call of this number,
/// from 0, something else happens, told from when on the readings are.
pub fn close_while(
    nth: usize,
    happens: impl Fn(&Stage, DeviceId, i64) + Send + Sync + 'static,
) -> (Stage, DeviceId, i64) {
    let (stage, device) = with_device();
    let stage = Arc::new(stage);
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[100; 60])));
    stage.pass(lasting(10 * MINUTE));
    at_call(&stage, "close-hours", nth, move |stage| happens(stage, device, from));
    assert!(stage.start("close-hours"));
    stage.calm();
    (Arc::into_inner(stage).unwrap(), device, from)
}

/// At call number `nth` of a function, from 0, something else happens. To be ended by `calm`.
pub fn at_call(
    stage: &Arc<Stage>,
    function: &'static str,
    nth: usize,
    happens: impl Fn(&Stage) + Send + Sync + 'static,
) {
    let (other, entered) = (Arc::downgrade(stage), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if call.function == function && entered.fetch_add(1, Ordering::Relaxed) == nth {
            happens(&other.upgrade().unwrap());
        }
        Fate::Answered
    });
}

/// From its call number `nth` on, from 0, a function is dead. To be ended by `calm`.
pub fn cut_off(stage: &Stage, function: &'static str, nth: usize) {
    let entered = AtomicUsize::new(0);
    stage.interfere(move |call| match call.function == function {
        true if entered.fetch_add(1, Ordering::Relaxed) >= nth => Fate::NeverSent,
        _ => Fate::Answered,
    });
}

/// Just before the first write from now on of an item whose sort key begins so, `act` happens. To be ended by `calm`.
pub fn before_write_of(stage: &Arc<Stage>, item: &'static str, act: impl Fn(&Stage) + Send + Sync + 'static) {
    let (other, entered) = (Arc::downgrade(stage), AtomicUsize::new(0));
    stage.interfere(move |call| {
        let is_of_item = writes(call) && String::from_utf8_lossy(&call.body).contains(&format!("\"{item}"));
        if is_of_item && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            act(&other.upgrade().unwrap());
        }
        Fate::Answered
    });
}

/// The rollups of a tier as they stand in the table.
pub fn rollups(stage: &Stage, device: DeviceId, tier: Tier) -> Vec<Rollup> {
    let request = json!({
        "TableName": "sensors",
        "KeyConditionExpression": "pk = :p AND begins_with(sk, :s)",
        "ExpressionAttributeValues": {
            ":p": { "S": device.to_string() },
            ":s": { "S": format!("{}#{}#", Rollup::KIND, tier.letter()) },
        },
    });
    let answer = dynamodb::answer(stage.cloud.table("sensors").unwrap(), "Query", request.to_string().as_bytes());
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(answer.get("LastEvaluatedKey").is_none(), "a test has little");
    answer["Items"].as_array().unwrap().iter().map(|item| read_item(item).unwrap()).collect()
}

/// The rows of a tier as they stand in the table.
pub fn stored_rows(stage: &Stage, device: DeviceId, tier: Tier) -> Rows {
    rollups(stage, device, tier).iter().flat_map(|rollup| rollup.rows().unwrap()).collect()
}

/// From when on rollups of a device are behind.
pub fn behind(stage: &Stage, device: DeviceId) -> Option<i64> {
    let days = rollups(stage, device, Tier::Days);
    days.iter().filter_map(|days| days.backlog.earliest(&(i64::MIN..i64::MAX))).min()
}

/// Closes what is behind, if need be after hours.
pub fn catch_up(stage: &Stage) {
    for _ in 0..3 {
        stage.pass(lasting(HOUR));
        assert!(stage.start("close-hours"));
    }
}

/// The rollups of every tier count as many readings of the heart rate as there are.
#[track_caller]
pub fn rollups_agree(stage: &Stage, device: DeviceId, what: &str) {
    let there = i64::try_from(all(stage, device).len()).unwrap();
    for tier in [Tier::Minutes, Tier::Hours, Tier::Days] {
        let rows = stored_rows(stage, device, tier);
        let count: i64 = rows.values().map(|kinds| kinds[&Kind::HEART_RATE].count).sum();
        assert_eq!(count, there, "{tier:?}: {what}");
    }
}

/// Paths that name no device.
pub const NO_IDS: [&str; 5] = ["", "1", "dev_7", "acc_00000000000000000000000001", "../x"];

/// A chunk of heart rate and power, a reading every so many milliseconds.
pub fn chunk(from: i64, step: i64, count: usize) -> Chunk {
    let times: Vec<i64> = (0..).map(|n| from + n * step).take(count).collect();
    let of = |kind, base: i64| {
        let value = |(n, _): (i64, &i64)| (n % 11 != 0).then_some(base + n * 7 % 13);
        Channel { kind, values: (0..).zip(&times).map(value).collect() }
    };
    let channels = vec![of(Kind::HEART_RATE, 120), of(Kind::POWER, 200)];
    Chunk::new(times, channels).unwrap()
}

/// All readings of a device.
pub fn all(stage: &Stage, device: DeviceId) -> Vec<Value> {
    rows(stage, &person(), device, 1_262_304_000_000, stage.now().as_millis(), 20_000)
}

/// A minute on foot, as GPX, from a moment on.
pub fn walk(from: i64) -> String {
    let point = |second: i64| {
        let at = Timestamp::from_millis(from + second * SECOND);
        let lat = 557_500_000 + second * 120;
        format!(
            "<trkpt lat=\"{}.{}\" lon=\"37.6\"><ele>150</ele><time>{at}</time></trkpt>",
            lat / 10_000_000,
            lat % 10_000_000
        )
    };
    let points: String = (0..60).map(point).collect();
    format!(
        "<gpx version=\"1.1\" creator=\"t\" xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><trkseg>{points}</trkseg></trk></gpx>"
    )
}

/// Uploads a file; its name.
pub fn upload(stage: &Stage, device: DeviceId, key: &str, bytes: &[u8]) -> String {
    let ask = stage.ask("create-activity-file").by(&person()).at(device).key(key);
    let signed = good(&ask.send(&json!({ "length": bytes.len() })));
    assert_eq!(stage.upload(&signed, bytes), 200);
    signed["file"].as_str().unwrap().to_owned()
}

/// What became of a file, as somebody sees it.
pub fn outcome(stage: &Stage, who: &Principal, file: &str) -> HttpResponse {
    stage.ask("get-activity-file").by(who).at(file).get()
}

/// Uploads a file that is read; what became of it.
pub fn ingested(stage: &Stage, device: DeviceId, key: &str, bytes: &[u8]) -> Value {
    let file = upload(stage, device, key, bytes);
    stage.settle().unwrap();
    good(&outcome(stage, &person(), &file))
}
