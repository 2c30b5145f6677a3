//! A person trains by a programme: what sensors record completes sessions, and a coach may look.

use crate::sensors::{device, ride, upload};
use crate::shop::{id_of, same};
use crate::{Api, Outcome, Person, now};
use kernel::{ExerciseId, ProgrammeId, Timestamp};
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Enrolled, ridden, moved, left out, written down; load and records seen, also by a coach until that is taken back; and
/// undone when the recording is deleted.
pub fn training_story(api: &Api) -> Outcome {
    let (person, coach) = (api.customer()?, api.customer()?);
    let (device, programme) = (device(api, &person)?, programme(api)?);
    let thresholds = json!({ "power_w": 200, "heart": { "resting": 50, "maximum": 190, "curve": "women" } });
    api.put(&person, "/v1/training/thresholds", &thresholds)?.expect(200)?;
    let start = json!({ "programme": programme, "start": day(0), "clock": { "zone": here(), "at": "18:00" } });
    let key = api.fresh("begin-a-programme");
    let run = api.post(&person, "/v1/training/enrolments", &key, &start)?.expect(201)?;
    let again = api.post(&person, "/v1/training/enrolments", &key, &start)?.expect(201)?;
    same("a programme begins once", &again, &run)?;
    let run = format!("/v1/training/enrolments/{}", id_of(&run)?);
    states_are(api, &person, &["planned", "planned", "planned"])?;

    // A ride of the last hour is the first day's session.
    let outcome = upload(api, &person, &device, &ride(now() / 1000 * 1000 - HOUR))?;
    let activity = outcome["activity"].as_str().ok_or_else(|| format!("no activity: {outcome}"))?;
    states_are(api, &person, &["completed", "planned", "planned"])?;
    let moved = json!({ "week": 1, "session": 2, "day": day(3) });
    let moved = api.post(&person, &format!("{run}/moves"), &api.fresh("move"), &moved)?.expect(200)?;
    same("a session is moved", &moved["day"], &json!(day(3)))?;
    let skipped = json!({ "week": 1, "session": 3 });
    api.post(&person, &format!("{run}/skips"), &api.fresh("skip"), &skipped)?.expect(200)?;
    states_are(api, &person, &["completed", "planned", "skipped"])?;
    let by_hand = json!({
        "started_at": Timestamp::from_millis(now() - 2 * HOUR), "zone": here(), "sport": "strength", "minutes": 45,
    });
    api.post(&person, "/v1/training/workouts", &api.fresh("a-workout"), &by_hand)?.expect(201)?;

    let (load, records) = (format!("/v1/training/load?{}", days(0, 0)), "/v1/training/records?sport=cycling");
    let cost = api.get(&person, &load)?.expect(200)?["days"][0]["load_tenths"].clone();
    same("twenty minutes at the threshold are a third of an hour's", &json!(near(&cost, 330)), &json!(true))?;
    let held = api.get(&person, records)?.expect(200)?;
    let best = held["records"].as_array().into_iter().flatten().find(|one| one["effort"] == json!({ "power": 60 }));
    same(
        "the best minute is a record",
        &json!(best.is_some_and(|one| near(&one["value"], 200))),
        &json!(true),
    )?;

    let whose = format!("&person={}", person.account);
    let seen = || api.get(&coach, &format!("{load}{whose}")).map(|answer| answer.status);
    let admit = format!("/v1/training/coaches/{}", coach.account);
    same("a stranger sees nothing", &json!(seen()?), &json!(404))?;
    api.put(&person, &admit, &json!({}))?.expect(204)?;
    same("a coach sees what the person lets", &json!(seen()?), &json!(200))?;
    api.delete(&person, &admit)?.expect(204)?;
    same("until the person takes it back", &json!(seen()?), &json!(404))?;

    api.delete(&person, &format!("/v1/activities/{activity}"))?.expect(204)?;
    states_are(api, &person, &["planned", "planned", "skipped"])?;
    let cost = api.get(&person, &load)?.expect(200)?["days"][0]["load_tenths"].clone();
    same("what was deleted cost nothing", &cost, &json!(0))?;
    same("and is no record", &api.get(&person, records)?.expect(200)?["records"], &json!([]))
}

/// A programme of one week, with an exercise of the library; its id.
fn programme(api: &Api) -> Result<String, String> {
    let editor = api.staff("editor")?;
    let number = u128::from(now().unsigned_abs());
    let (exercise, programme) = (ExerciseId::from_bits(number), ProgrammeId::from_bits(number));
    let squat = json!({ "name": "Squat", "sport": "strength", "how": "Feet as wide as the shoulders." });
    api.put(&editor, &format!("/v1/training/exercises/{exercise}"), &squat)?.expect(200)?;
    let session = |day: u8, sport: &str, exercises: Value| json!({ "day": day, "sport": sport, "title": format!("День {day}"), "minutes": 20, "exercises": exercises });
    let asked = json!([{ "exercise": exercise, "sets": 3, "repetitions": 10 }]);
    let sessions = [
        session(1, "cycling", json!([])),
        session(3, "running", json!([])),
        session(5, "strength", asked),
    ];
    let plan =
        json!({ "title": "К старту", "weeks": [{ "sessions": sessions }], "growth_percent": 5, "missed": "hold" });
    api.put(&editor, &format!("/v1/training/programmes/{programme}"), &plan)?.expect(200)?;
    Ok(programme.to_string())
}

/// Waits until the sessions of this week are so.
fn states_are(api: &Api, person: &Person, states: &[&str]) -> Outcome {
    let path = format!("/v1/training/calendar?{}", days(0, 6));
    api.until(&format!("sessions are {states:?}"), || {
        let calendar = api.get(person, &path)?.expect(200)?;
        let mut found: Vec<&Value> = calendar["sessions"].as_array().into_iter().flatten().collect();
        found.sort_by_key(|session| session["session"].as_u64());
        let found: Vec<&Value> = found.iter().map(|session| &session["state"]).collect();
        Ok((json!(found) == json!(states)).then_some(()))
    })
}

/// Within a twentieth.
fn near(value: &Value, expected: i64) -> bool {
    value.as_i64().is_some_and(|value| (value - expected).abs() * 20 <= expected)
}

/// So many days from today, where it is noon.
fn day(ahead: i64) -> String {
    Timestamp::from_millis(now() + ahead * DAY).to_string()[..10].to_owned()
}

fn days(from: i64, to: i64) -> String {
    format!("from={}&to={}", day(from), day(to))
}

/// A time zone in which it is about noon, whenever this runs: what was an hour ago was today. Its day is UTC's.
fn here() -> String {
    // The names of these zones count the other way.
    match now().div_euclid(HOUR).rem_euclid(24) - 12 {
        0 => "UTC".to_owned(),
        behind => format!("Etc/GMT{behind:+}"),
    }
}
