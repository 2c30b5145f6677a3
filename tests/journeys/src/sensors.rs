//! A person's readings: from the consent to the chart, the letter and the coach, and back.

use crate::shop::{id_of, same};
use crate::{Api, Outcome, Person, now};
use activity_files::Activity;
use chunk_codec::{Channel, Chunk, Kind};
use kernel::{Sport, Timestamp};
use serde_json::{Value, json};

const SECOND: i64 = 1000;
/// How long a ride takes.
const RIDE: i64 = 1200;
/// A FIT file begins so, in base64: the length of its header, and the protocol's version.
const FIT: &str = "DiBU";

/// Consented, registered, sent live and as a file, seen as readings, chart, activity and file, told of by a letter, shown
/// to a coach, hidden again, withdrawn.
pub fn sensor_story(api: &Api) -> Outcome {
    let (person, coach) = (api.customer()?, api.customer()?);
    // Letters come at once, at whatever hour this runs.
    let awake = json!({ "channels": { "orders": ["email"], "payments": ["email"] }, "quiet_hours": null });
    api.put(&person, "/v1/notification-preferences", &awake)?.expect(200)?;
    let named = json!({ "name": "Пульсометр ❤" });
    let early = api.post(&person, "/v1/devices", &api.fresh("a-device"), &named)?;
    same("nothing is kept without consent", &json!(early.problem()), &json!((409, "consent-missing")))?;
    let device = device(api, &person)?;
    let rules = json!({ "thresholds": [{
        "channel": "heart-rate", "side": "above", "limit": 180, "margin": 10, "lasting_s": 30, "cool_down_s": 600,
    }] });
    api.put(&person, "/v1/alert-rules", &rules)?.expect(200)?;

    live(api, &person, &device)?;
    api.until("the letter about the alert is there", || {
        let letters = api.letters(&person.email)?;
        let found = letters.iter().find(|(subject, _)| subject.contains("alert about your readings"));
        Ok(found.filter(|(_, text)| text.contains(&device)).map(|_| ()))
    })?;
    let activity = recorded(api, &person, &device)?;

    let chart = format!("/v1/devices/{device}/chart?channel=heart-rate&{}", range(now() - 600 * SECOND, now()));
    let seen = |who: &Person| api.get(who, &chart).map(|answer| answer.status);
    same("a stranger sees nothing", &json!(seen(&coach)?), &json!(404))?;
    let admit = format!("/v1/readings/coaches/{}", coach.account);
    api.put(&person, &admit, &json!({}))?.expect(200)?;
    same("a coach sees what the person lets", &json!(seen(&coach)?), &json!(200))?;
    let listed = api.get(&coach, &format!("/v1/activities?person={}", person.account))?.expect(200)?;
    same("and the activities", &listed["items"][0]["id"], &json!(activity))?;
    let delete = format!("/v1/devices/{device}/readings?{}", range(0, now()));
    same("and changes nothing", &json!(api.delete(&coach, &delete)?.status), &json!(404))?;
    api.delete(&person, &admit)?;
    same("until the person takes it back", &json!(seen(&coach)?), &json!(404))?;

    api.put(&person, &admit, &json!({}))?.expect(200)?;
    api.delete(&person, "/v1/sensor-consent")?.expect(204)?;
    let late = api.post(&person, &readings(&device), &api.fresh("a-late-batch"), &batch(now() - SECOND, &[100]))?;
    same("without consent nothing more is taken", &json!(late.problem()), &json!((403, "consent-missing")))?;
    same("no coach sees anything", &json!(seen(&coach)?), &json!(404))?;
    same("the person still does", &json!(seen(&person)?), &json!(200))
}

/// A device of somebody who consents; its id.
pub(crate) fn device(api: &Api, person: &Person) -> Result<String, String> {
    api.put(person, "/v1/sensor-consent", &json!({}))?.expect(200)?;
    let named = json!({ "name": "Пульсометр ❤" });
    let device = api.post(person, "/v1/devices", &api.fresh("a-device"), &named)?.expect(201)?;
    Ok(id_of(&device)?.to_owned())
}

/// Batches of the last minute, one of them twice and one that overlaps: each moment is there once, as it came first.
fn live(api: &Api, person: &Person, device: &str) -> Outcome {
    let from = now() / SECOND * SECOND - 60 * SECOND;
    let rates: Vec<i64> = (0..40).map(|second| 150 + second * 2).collect();
    let (key, body) = (api.fresh("a-batch"), batch(from, &rates));
    let taken = api.post(person, &readings(device), &key, &body)?.expect(201)?;
    same("all of it is taken", &taken["readings"], &json!(rates.len()))?;
    let again = api.post(person, &readings(device), &key, &body)?.expect(201)?;
    same("a repeated batch gets the same reply", &again, &taken)?;
    let wrong = api.post(person, &readings(device), &api.fresh("a-batch"), &batch(0, &[150]))?;
    same("a clock that was never set is told so", &json!(wrong.problem()), &json!((422, "clock-wrong")))?;

    // The compact form, from the thirtieth second on: ten of its forty moments are known.
    let times: Vec<i64> = (30..60).map(|second| from + second * SECOND).collect();
    let values = times.iter().map(|_| Some(199)).collect();
    let chunk =
        Chunk::new(times, vec![Channel { kind: Kind::HEART_RATE, values }]).map_err(|error| error.to_string())?;
    let (path, key) = (format!("/v1/devices/{device}/chunks"), api.fresh("a-chunk"));
    let headers = [
        ("idempotency-key", key.as_str()),
        ("content-type", "application/octet-stream"),
    ];
    let token = person.token(api)?;
    let bytes = chunk_codec::encode(&chunk);
    let compact = api.send("POST", &path, Some(&token), &headers, Some(&bytes))?.expect(201)?;
    same("all of the chunk is taken", &compact["readings"], &json!(30))?;

    let expected: Vec<Value> = (0..60)
        .map(|second| json!([from + second * SECOND, if second < 40 { 150 + second * 2 } else { 199 }]))
        .collect();
    let range = range(from, from + 60 * SECOND);
    let page = api.get(person, &format!("{}?{range}", readings(device)))?.expect(200)?;
    same("each moment is there once, as it came first", &page["rows"], &json!(expected))?;
    let chart = api.get(person, &format!("/v1/devices/{device}/chart?channel=heart-rate&points=2000&{range}"))?;
    let points = chart.expect(200)?["points"].as_array().map(Vec::len);
    same("and drawn", &json!(points), &json!(60))
}

/// A ride that is uploaded, twice under two names, and seen as one activity; its id.
fn recorded(api: &Api, person: &Person, device: &str) -> Result<String, String> {
    let started = now() / SECOND * SECOND - 2 * RIDE * SECOND;
    let file = ride(started);
    let outcome = upload(api, person, device, &file)?;
    let activity = outcome["activity"].as_str().ok_or_else(|| format!("no activity: {outcome}"))?.to_owned();
    let known = upload(api, person, device, &file)?;
    same(
        "under another name it is the same",
        &json!([known["activity"], known["again"]]),
        &json!([activity, true]),
    )?;
    let shown = api.get(person, &format!("/v1/activities/{activity}"))?.expect(200)?;
    same("it began when it began", &shown["figures"]["started_at"], &json!(Timestamp::from_millis(started)))?;
    same("it was a ride", &shown["figures"]["sport"], &json!("cycling"))?;
    let listed = api.until("it is listed", || {
        let page = api.get(person, "/v1/activities")?.expect(200)?;
        Ok(page["items"].as_array().filter(|items| !items.is_empty()).cloned())
    })?;
    same("once", &json!(listed), &json!([shown]))?;
    let export = api.get(person, &format!("/v1/activities/{activity}/export"))?.expect(200)?;
    let is_fit = export["base64url"].as_str().is_some_and(|file| file.starts_with(FIT));
    same("it can be taken along", &json!(is_fit), &json!(true))?;
    Ok(activity)
}

/// Uploads a file as an app does, and waits for what becomes of it.
pub(crate) fn upload(api: &Api, person: &Person, device: &str, file: &[u8]) -> Result<Value, String> {
    let path = format!("/v1/devices/{device}/activity-files");
    let signed = api.post(person, &path, &api.fresh("a-file"), &json!({ "length": file.len() }))?.expect(201)?;
    let url = signed["url"].as_str().ok_or("there is nowhere to upload to")?;
    let headers = signed["headers"].as_object().into_iter().flatten();
    let headers: Vec<(&str, &str)> =
        headers.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect();
    api.upload(url, &headers, file)?;
    let path = format!("/v1/activity-files/{}", signed["file"].as_str().ok_or("a file without an id")?);
    api.until("the file is read", || {
        let answer = api.get(person, &path)?;
        if answer.status == 404 { Ok(None) } else { answer.expect(200).map(Some) }
    })
}

/// A ride of twenty minutes from a moment on, as a FIT file: at about 200 W and 8 m/s.
pub(crate) fn ride(start: i64) -> Vec<u8> {
    let column = |kind, value: fn(i64) -> i64| Channel {
        kind,
        values: (0..=RIDE).map(|second| Some(value(second))).collect(),
    };
    let recording = Activity {
        format: activity_files::Format::Fit,
        damage: None,
        serial: None,
        sport: Sport::Cycling,
        utc_offset_minutes: None,
        start,
        end: start + RIDE * SECOND,
        times: (0..=RIDE).map(|second| start + second * SECOND).collect(),
        channels: vec![
            column(Kind::HEART_RATE, |second| 130 + second % 20),
            column(Kind::DISTANCE, |second| second * 800),
            column(Kind::POWER, |second| 190 + second % 21),
        ],
        laps: Vec::new(),
        pauses: Vec::new(),
        rr: Vec::new(),
        stated: activity_files::Stated::default(),
    };
    activity_files::write_fit(&recording)
}

/// Heart rates from a moment on, one a second.
fn batch(from: i64, rates: &[i64]) -> Value {
    let rows: Vec<Value> = (0..).zip(rates).map(|(second, rate)| json!([second * SECOND, rate])).collect();
    json!({
        "from": Timestamp::from_millis(from), "channels": [{ "name": "heart-rate", "unit": "bpm" }], "rows": rows,
    })
}

fn readings(device: &str) -> String {
    format!("/v1/devices/{device}/readings")
}

fn range(from: i64, until: i64) -> String {
    format!("from={}&until={}", Timestamp::from_millis(from), Timestamp::from_millis(until))
}
