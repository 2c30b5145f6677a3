//! What readings cost, from the consent to the chart of a year; and an activity that is uploaded.

use super::Row;
use crate::answers::expect;
use kernel::{AccountId, Principal, Role, Timestamp};
use local::stage::Stage;
use serde_json::{Value, json};
use std::time::Duration;

/// A minute in milliseconds.
const MINUTE: i64 = 60_000;

/// Measures each use case.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let stage = Stage::new(vec![sensors::context()])?;
    let person = Principal {
        account: AccountId::from_bits(1),
        roles: vec![Role::Customer],
    };
    let mut rows = Vec::new();
    let mut note = |case: &str, function: &str| {
        let costs = stage.costs();
        rows.push(Row::of(case, costs.iter().filter(|cost| cost.function == function)));
    };
    expect(200, stage.ask("give-consent").by(&person).get())?;
    note("give-consent", "give-consent");
    let ask = stage.ask("register-device").by(&person).key("the-key-of-the-device");
    let device = expect(201, ask.send(&json!({ "name": "Chest strap" })))?;
    let device = device["id"].as_str().ok_or("a device without an id")?.to_owned();
    note("register-device", "register-device");
    let send = |key: &str, from: i64, seconds: i64| {
        let ask = stage.ask("add-readings").by(&person).at(&device).key(key);
        expect(201, ask.send(&heart_rates(from, seconds)))
    };
    let from = stage.now().as_millis() - 60 * MINUTE;
    send("the-first-batch-of-an-hour", from, 10)?;
    note("add-readings, the first 10 s of an hour", "add-readings");
    send("the-next-batch-of-an-hour", from + 10_000, 10)?;
    note("add-readings, 10 s more", "add-readings");
    send("the-next-window-of-an-hour", from + 5 * MINUTE, 300)?;
    note("add-readings, 300 s", "add-readings");
    stage.pass(Duration::from_secs(3600));
    if !stage.start("close-hours") {
        return Err("close-hours failed".to_owned());
    }
    note("close-hours, one hour of one device", "close-hours");
    send("a-batch-of-an-hour", from - 24 * 60 * MINUTE, 3600)?;
    note("add-readings, an hour at once", "add-readings");
    let range = |from: i64, until: i64| {
        format!("from={}&until={}", Timestamp::from_millis(from), Timestamp::from_millis(until))
    };
    let day = 24 * 60 * MINUTE;
    for (case, function, query) in [
        ("list-readings, an hour", "list-readings", range(from - day, from - day + 60 * MINUTE)),
        (
            "get-chart, an hour",
            "get-chart",
            format!("channel=heart-rate&{}", range(from - day, from - day + 60 * MINUTE)),
        ),
        ("get-chart, a day", "get-chart", format!("channel=heart-rate&{}", range(from - day, from))),
    ] {
        expect(200, stage.ask(function).by(&person).at(&device).query(&query).get())?;
        note(case, function);
    }
    upload(&stage, &person, &device, from - 2 * day)?;
    note("ingest-activity-file, an hour", "ingest-activity-file");
    let silence = json!({ "after_s": 600, "cool_down_s": 600 });
    expect(200, stage.ask("set-alert-rules").by(&person).send(&json!({ "thresholds": [], "silence": silence })))?;
    note("set-alert-rules", "set-alert-rules");
    // Into another hour than what waits to be closed.
    stage.pass(Duration::from_secs(300));
    if !stage.start("close-hours") {
        return Err("close-hours failed".to_owned());
    }
    stage.costs();
    send("a-batch-that-is-heard", stage.now().as_millis() - 10_000, 10)?;
    note("add-readings, 10 s that somebody listens to", "add-readings");
    stage.pass(Duration::from_secs(660));
    if !stage.start("close-hours") {
        return Err("close-hours failed".to_owned());
    }
    note("close-hours, one silent device", "close-hours");
    expect(204, stage.ask("delete-device").by(&person).at(&device).get())?;
    note("delete-device", "delete-device");
    Ok(rows)
}

fn heart_rates(from: i64, seconds: i64) -> Value {
    let row = |second: i64| json!([second * 1000, 120 + second * 7 % 13]);
    json!({
        "from": Timestamp::from_millis(from), "channels": [{ "name": "heart-rate", "unit": "bpm" }],
        "rows": (0..seconds).map(row).collect::<Vec<_>>(),
    })
}

/// An hour on foot, as GPX.
fn upload(stage: &Stage, person: &Principal, device: &str, from: i64) -> Result<(), String> {
    let point = |second: i64| {
        let at = Timestamp::from_millis(from + second * 1000);
        format!("<trkpt lat=\"55.{:05}\" lon=\"37.6\"><ele>150</ele><time>{at}</time></trkpt>", 75_000 + second)
    };
    let points: String = (0..3600).map(point).collect();
    let file = format!(
        "<gpx version=\"1.1\" creator=\"cost\" xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><trkseg>{points}</trkseg></trk></gpx>"
    );
    let ask = stage.ask("create-activity-file").by(person).at(device).key("the-key-of-the-file");
    let signed = expect(201, ask.send(&json!({ "length": file.len() })))?;
    crate::answers::upload(stage, &signed, file.as_bytes())?;
    stage.settle()
}
