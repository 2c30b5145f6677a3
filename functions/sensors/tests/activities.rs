//! Files of activities: uploaded, read, named by what was recorded, told of as a whole, and deleted.

use crate::support::{
    DAY, HOUR, KEY, MINUTE, SECOND, all, announced, beats, coach, good, ingested, lasting, morning, outcome, person,
    range, send, send_chunk, stranger, upload, walk, with_device,
};
use chunk_codec::{Channel, Chunk, Kind};
use kernel::{ActivityId, DeviceId, Principal, Timestamp};
use local::faults::Fate;
use local::testing::problem;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A real recording.
fn recording() -> Vec<u8> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sensors/fit/sample-activity.fit");
    std::fs::read(file).unwrap()
}

/// What a file says, record by record.
fn records(recording: &activity_files::Activity) -> Vec<(i64, BTreeMap<Kind, i64>)> {
    let kind = |kind: Kind| match kind {
        Kind::ENHANCED_SPEED => Kind::SPEED,
        Kind::ENHANCED_ALTITUDE => Kind::ALTITUDE,
        kind => kind,
    };
    let record = |n: usize| {
        let readings = recording.channels.iter().filter_map(|channel| Some((kind(channel.kind), channel.values[n]?)));
        (recording.times[n], readings.collect())
    };
    (0..recording.times.len())
        .map(record)
        .filter(|(_, record): &(i64, BTreeMap<_, _>)| !record.is_empty())
        .collect()
}

#[test]
fn a_file_that_is_uploaded_becomes_an_activity_with_all_its_readings() {
    let (stage, device) = with_device();
    let file = upload(&stage, device, KEY, &recording());
    problem(&outcome(&stage, &person(), &file), 404, "not-found");
    let told = announced(&stage);
    assert_eq!(told.iter().map(|(kind, _)| kind.as_str()).collect::<Vec<_>>(), ["sensors.activity-recorded.v1"]);
    let became = good(&outcome(&stage, &person(), &file));
    assert_eq!((&became["again"], &became["damaged"]), (&json!(false), &json!(false)));
    problem(&outcome(&stage, &stranger(), &file), 404, "not-found");
    let expected = activity_files::read(&recording(), &activity_files::Limits::default()).unwrap();
    let found: Vec<i64> = all(&stage, device).iter().map(|row| row[0].as_i64().unwrap()).collect();
    let moments: Vec<i64> = records(&expected).into_iter().map(|(at, _)| at).collect();
    assert!(moments.windows(2).any(|two| two[0] == two[1]), "of some seconds there are two records");
    assert_eq!(found, moments);
    let id = became["activity"].as_str().unwrap();
    let shown = good(&stage.ask("get-activity").by(&person()).at(id).get());
    assert_eq!(told[0].1, json!({ "activity": id, "person": person().account }), "what was measured is not told");
    assert_eq!(stage.question("read-activity", &json!({ "activity": id })), Some(shown["figures"].clone()));
    assert_eq!(shown["figures"]["started_at"], json!(Timestamp::from_millis(expected.start)));
    assert!(shown["figures"]["heart_rate_seconds"].as_array().is_some_and(|rates| rates.len() > 10));
    let listed = good(&stage.ask("list-activities").by(&person()).get());
    assert_eq!(listed["items"], json!([shown]));
    // Taken along and read again it is the same readings.
    let export = |who: &Principal| stage.ask("export-activity").by(who).at(id).get();
    problem(&export(&stranger()), 404, "not-found");
    let taken = good(&export(&person()));
    let file = platform::signer::from_base64url(taken["base64url"].as_str().unwrap()).unwrap();
    let copy = activity_files::read(&file, &activity_files::Limits::default()).unwrap();
    assert_eq!((copy.sport, copy.start, copy.end), (expected.sport, expected.start, expected.end));
    assert_eq!(records(&copy), records(&expected));
    // It is in the charts at once.
    let query = format!("channel=heart-rate&{}", range(expected.start - DAY, expected.end + DAY));
    let chart = good(&stage.ask("get-chart").by(&person()).at(device).query(&query).get());
    let rates = records(&expected).iter().filter(|(_, record)| record.contains_key(&Kind::HEART_RATE)).count();
    assert_eq!(crate::support::counted(&chart), i64::try_from(rates).unwrap());
}

#[test]
fn every_heartbeat_of_a_file_is_kept_and_taken_along() {
    let (stage, device) = with_device();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/sensors/fit/hrv-activity.fit");
    let bytes = std::fs::read(file).unwrap();
    let expected = activity_files::read(&bytes, &activity_files::Limits::default()).unwrap();
    let became = ingested(&stage, device, KEY, &bytes);
    let csv = stage.ask("list-readings").by(&person()).at(device).header("accept", "text/csv");
    let csv = csv.query(&format!("{}&limit=20000", range(expected.start, expected.end + 1))).get();
    let column = csv.body.lines().next().unwrap().split(',').position(|name| name == "rr-interval").unwrap();
    let beats = csv.body.lines().skip(1).filter_map(|row| row.split(',').nth(column)?.parse().ok());
    assert_eq!(beats.collect::<Vec<u16>>(), expected.rr);
    let export = stage.ask("export-activity").by(&person()).at(became["activity"].as_str().unwrap()).get();
    let copy = platform::signer::from_base64url(good(&export)["base64url"].as_str().unwrap()).unwrap();
    let copy = activity_files::read(&copy, &activity_files::Limits::default()).unwrap();
    assert_eq!(copy.rr, expected.rr);
    assert_eq!(records(&copy), records(&expected));
    let query = format!("channel=rr-interval&{}", range(expected.start - DAY, expected.end + DAY));
    let chart = good(&stage.ask("get-chart").by(&person()).at(device).query(&query).get());
    assert_eq!(crate::support::counted(&chart), i64::try_from(expected.rr.len()).unwrap());
}

#[test]
fn the_same_recording_under_another_name_is_the_same_activity() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    let first = ingested(&stage, device, KEY, walk(from).as_bytes());
    announced(&stage);
    let spaced = walk(from).replace("><", ">\n<");
    let again = ingested(&stage, device, "the-same-in-other-words", spaced.as_bytes());
    assert_eq!((&again["activity"], &again["again"]), (&first["activity"], &json!(true)));
    assert_eq!(all(&stage, device).len(), 60);
    assert!(announced(&stage).is_empty());
    let other = ingested(&stage, device, "another-walk-than-before", walk(from + MINUTE).as_bytes());
    assert_ne!(other["activity"], first["activity"]);
}

#[test]
fn what_is_no_activity_is_refused_with_what_to_do() {
    let (stage, device) = with_device();
    let zeros = vec![0; 100];
    let old = walk(morning(&stage)).replace("2026-", "1970-");
    let ahead = walk(stage.now().as_millis() + DAY);
    for (n, (bytes, code)) in [
        (zeros.as_slice(), "unknown-format"),
        (b"<gpx></gpx>", "no-records"),
        (b"PK\x03\x04 an archive", "archive"),
        (&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3], "damaged-compression"),
        (&recording()[..60], "no-records"),
        (b"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><gpx>&a;</gpx>", "document-type"),
        (old.as_bytes(), "clock-wrong"),
        (ahead.as_bytes(), "clock-wrong"),
    ]
    .into_iter()
    .enumerate()
    {
        let became = ingested(&stage, device, &format!("the-broken-file-number-{n}"), bytes);
        assert_eq!(became["code"], code, "{n}: {became}");
        assert!(became["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
        assert_eq!(became.get("activity"), None);
    }
    assert!(all(&stage, device).is_empty());
    // Half of somebody's ride is worth more than none.
    let half = recording()[..recording().len() / 2].to_vec();
    let became = ingested(&stage, device, "the-half-of-a-recording", &half);
    assert_eq!(became["damaged"], true, "{became}");
    assert!(!all(&stage, device).is_empty());
}

#[test]
fn a_file_is_of_the_owners_device_and_read_with_consent_only() {
    let (stage, device) = with_device();
    let ask =
        |who: &Principal| stage.ask("create-activity-file").by(who).at(device).key(KEY).send(&json!({ "length": 10 }));
    problem(&ask(&stranger()), 404, "not-found");
    problem(&stage.ask("create-activity-file").at(device).key(KEY).get(), 401, "token-invalid");
    let wrong = stage.ask("create-activity-file").by(&person()).at(device).key(KEY);
    problem(&wrong.send(&json!({ "length": 10 * 1024 * 1024 + 1 })), 400, "invalid-body");
    let file = upload(&stage, device, KEY, walk(morning(&stage)).as_bytes());
    assert_eq!(stage.ask("withdraw-consent").by(&person()).get().status_code, 204);
    problem(&ask(&person()), 403, "consent-missing");
    stage.settle().unwrap();
    assert_eq!(good(&outcome(&stage, &person(), &file))["code"], "consent-missing");
    assert!(all(&stage, device).is_empty());
}

#[test]
fn an_ingestion_that_was_cut_off_anywhere_goes_on() {
    for nth in 0..20 {
        let (stage, device) = with_device();
        let from = morning(&stage);
        let file = upload(&stage, device, KEY, walk(from).as_bytes());
        let entered = AtomicUsize::new(0);
        stage.interfere(move |call| match call.function == "ingest-activity-file" {
            true if entered.fetch_add(1, Ordering::Relaxed) >= nth => Fate::NeverSent,
            _ => Fate::Answered,
        });
        let done = stage.settle().is_ok();
        stage.calm();
        stage.pass(lasting(HOUR));
        stage.settle().unwrap();
        let became = good(&outcome(&stage, &person(), &file));
        let shown = good(&stage.ask("get-activity").by(&person()).at(became["activity"].as_str().unwrap()).get());
        assert_eq!(shown["figures"]["elapsed_seconds"], 59);
        assert_eq!(all(&stage, device).len(), 60);
        if done {
            return;
        }
    }
    panic!("an ingestion takes fewer calls than that");
}

#[test]
fn an_activity_that_is_deleted_takes_its_readings_along_and_nothing_else() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, "what-the-strap-measured", &beats(from + 30 * SECOND, &[100; 60])));
    let became = ingested(&stage, device, KEY, walk(from).as_bytes());
    let id = became["activity"].as_str().unwrap();
    announced(&stage);
    let delete = |who: &Principal| stage.ask("delete-activity").by(who).at(id).get();
    problem(&delete(&stranger()), 404, "not-found");
    for _ in 0..2 {
        assert_eq!(delete(&person()).status_code, 204);
    }
    let told = json!({ "activity": id, "person": person().account });
    assert_eq!(announced(&stage), [("sensors.activity-deleted.v1".to_owned(), told)]);
    problem(&stage.ask("get-activity").by(&person()).at(id).get(), 404, "not-found");
    assert_eq!(good(&stage.ask("list-activities").by(&person()).get())["items"], json!([]));
    let found = all(&stage, device);
    assert_eq!(found.len(), 60);
    assert!(
        found.iter().all(|row| row[1] == 100 && row.as_array().unwrap().len() == 2),
        "only the heart rates are left"
    );
    let chart = stage.ask("get-chart").by(&person()).at(device);
    let chart = good(&chart.query(&format!("channel=altitude&{}", range(from - DAY, from + HOUR))).get());
    assert_eq!(chart["points"], json!([]));
    // Uploaded again it is another activity: the old id never comes back.
    let again = ingested(&stage, device, "the-same-walk-once-more", walk(from).as_bytes());
    assert_ne!(again["activity"], became["activity"]);
    assert_eq!(all(&stage, device).len(), 90);
}

/// What object storage says when this file of the person has come.
fn put_notice(device: DeviceId, file: &str) -> String {
    let key = format!("activities/{}/{device}/{file}", person().account);
    json!({ "Records": [{ "eventName": "ObjectCreated:Put", "s3": { "object": { "key": key } } }] }).to_string()
}

#[test]
fn an_activity_that_is_deleted_while_its_file_is_told_of_once_more_stays_deleted() {
    let (stage, device) = with_device();
    let stage = Arc::new(stage);
    let file = upload(&stage, device, KEY, walk(morning(&stage)).as_bytes());
    let (notice, entered, other) = (put_notice(device, &file), AtomicUsize::new(0), stage.clone());
    let told_again = notice.clone();
    stage.interfere(move |call| {
        if call.operation == "GetObject" && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(other.notice("ingest-activity-file", &told_again));
            let became = good(&outcome(&other, &person(), &file));
            let deleted = other.ask("delete-activity").by(&person()).at(became["activity"].as_str().unwrap()).get();
            assert_eq!(deleted.status_code, 204, "{}", deleted.body);
        }
        Fate::Answered
    });
    assert!(stage.notice("ingest-activity-file", &notice));
    stage.calm();
    assert_eq!(good(&stage.ask("list-activities").by(&person()).get())["items"], json!([]));
    assert!(all(&stage, device).is_empty());
}

#[test]
fn a_file_whose_outcome_was_not_noted_is_not_known_from_before() {
    let (stage, device) = with_device();
    let file = upload(&stage, device, KEY, walk(morning(&stage)).as_bytes());
    let notice = put_notice(device, &file);
    stage.interfere(move |call| {
        let is_outcome = call.operation == "PutItem" && String::from_utf8_lossy(&call.body).contains("again");
        if is_outcome { Fate::NeverSent } else { Fate::Answered }
    });
    assert!(!stage.notice("ingest-activity-file", &notice), "it comes again");
    stage.calm();
    assert!(stage.notice("ingest-activity-file", &notice));
    assert_eq!(good(&outcome(&stage, &person(), &file))["again"], false);
}

#[test]
fn an_activity_is_marked_in_what_the_device_sent() {
    let (stage, device) = with_device();
    let from = morning(&stage);
    good(&send(&stage, device, KEY, &beats(from, &[120; 300])));
    let at = Timestamp::from_millis;
    let body = json!({
        "device": device, "from": at(from + MINUTE), "until": at(from + 3 * MINUTE), "sport": "running",
        "utc_offset_minutes": 180,
    });
    let mark = |body: &Value| stage.ask("record-activity").by(&person()).key("the-key-of-the-run").send(body);
    let first = mark(&body);
    assert_eq!(first.status_code, 201, "{}", first.body);
    assert_eq!(mark(&body).body, first.body);
    let (kind, told) = announced(&stage).remove(0);
    assert_eq!(kind, "sensors.activity-recorded.v1");
    let id = first.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(told, json!({ "activity": id, "person": person().account }));
    let figures = stage.question("read-activity", &json!({ "activity": id })).unwrap();
    assert_eq!((&figures["elapsed_seconds"], &figures["utc_offset_minutes"]), (&json!(120), &json!(180)));
    assert_eq!(figures["heart_rate_seconds"][0]["bpm"], 120);
    assert_eq!(stage.ask("delete-activity").by(&person()).at(&id).get().status_code, 204);
    let nothing = Some(Value::Null);
    assert_eq!(stage.question("read-activity", &json!({ "activity": id })), nothing, "it is told nobody any more");
    assert_eq!(stage.question("read-activity", &json!({ "activity": ActivityId::from_bits(7) })), nothing);
    assert_eq!(mark(&body).body, first.body, "a repeated request has the same reply");
    assert_eq!(all(&stage, device).len(), 300, "the readings are the device's");
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        stage.ask("record-activity").by(&person()).key("the-key-of-another-run").send(&body)
    };
    problem(&with("until", json!(at(from))), 422, "range-wrong");
    problem(&with("until", json!(at(from + 2 * DAY))), 422, "range-wrong");
    problem(&with("utc_offset_minutes", json!(900)), 422, "utc-offset-wrong");
    problem(&with("from", json!(at(from + 301 * SECOND))), 422, "range-wrong");
    problem(&with("device", json!(DeviceId::from_bits(5))), 422, "device-unknown");
    let mut empty = body.clone();
    (empty["from"], empty["until"]) = (json!(at(from + 30 * MINUTE)), json!(at(from + 40 * MINUTE)));
    let ask = stage.ask("record-activity").by(&person()).key("the-key-of-another-run");
    problem(&ask.send(&empty), 422, "no-readings");
    problem(&mark(&empty), 422, "idempotency-key-reused");
}

#[test]
fn a_coach_sees_activities_and_changes_none() {
    let (stage, device) = with_device();
    let became = ingested(&stage, device, KEY, walk(morning(&stage)).as_bytes());
    let id = became["activity"].as_str().unwrap();
    let see = || stage.ask("get-activity").by(&coach()).at(id).get().status_code;
    let whose = format!("person={}", person().account);
    let list = || stage.ask("list-activities").by(&coach()).query(&whose).get().status_code;
    assert_eq!((see(), list()), (404, 404));
    good(&stage.ask("allow-coach").by(&person()).at(coach().account).get());
    assert_eq!((see(), list()), (200, 200));
    problem(&stage.ask("delete-activity").by(&coach()).at(id).get(), 404, "not-found");
    problem(&stage.ask("export-activity").by(&coach()).at(id).get(), 404, "not-found");
    let delete = stage.ask("delete-readings").by(&coach()).at(device).query(&range(0, HOUR));
    problem(&delete.get(), 404, "not-found");
}

/// Half a minute of positions that do not compress: twenty kilobytes.
fn noise(from: i64) -> Chunk {
    let mut state = from.unsigned_abs();
    let mut position = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        Some(i64::from((state >> 34) as u32))
    };
    let channel = Channel {
        kind: Kind::LATITUDE,
        values: (0..5200).map(|_| position()).collect(),
    };
    Chunk::new((0..5200).map(|n| from + n * 5).collect(), vec![channel]).unwrap()
}

#[test]
fn an_activity_among_thousands_of_batches_is_deleted_and_so_are_they() {
    let (stage, device) = with_device();
    let from = morning(&stage) - DAY;
    let became = ingested(&stage, device, KEY, walk(from + 30 * MINUTE).as_bytes());
    // More than twenty pages of a megabyte, all of the same hour.
    for n in 0..1100 {
        let bytes = chunk_codec::encode(&noise(from + n * SECOND));
        good(&send_chunk(&stage, &person(), device, &format!("the-batch-of-the-second-{n:04}"), &bytes));
    }
    let activity = became["activity"].as_str().unwrap();
    assert_eq!(stage.ask("delete-activity").by(&person()).at(activity).get().status_code, 204);
    let delete = stage.ask("delete-readings").by(&person()).at(device).query(&range(from, from + DAY));
    assert_eq!(good(&delete.get()), json!({}));
    assert!(all(&stage, device).is_empty());
}
