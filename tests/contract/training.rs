//! People who train: a programme, runs through it, and a fortnight in which everything happens.

use kernel::{Principal, ProgrammeId, Role};
use local::stage::Stage;
use local::testing::{caller, good};
use serde_json::{Value, json};
use std::time::Duration;

/// Two programmes: everybody is in the first.
pub const PROGRAMMES: [ProgrammeId; 2] = [ProgrammeId::from_bits(0x26), ProgrammeId::from_bits(0x27)];

/// The day so many days from now, in UTC.
pub fn day_ahead(stage: &Stage, days: u64) -> String {
    stage.now().after(Duration::from_secs(days * 86_400)).to_string()[..10].to_owned()
}

/// Sets the programmes: one week of two rides.
pub fn programmes(stage: &Stage) {
    let session =
        |day: u8| json!({ "day": day, "sport": "cycling", "title": "Поездка 🚴", "minutes": 60, "exercises": [] });
    let week = json!({ "sessions": [session(1), session(2)] });
    let plan = json!({ "title": "К старту", "weeks": [week], "growth_percent": 5, "missed": "hold" });
    for programme in PROGRAMMES {
        good(&stage.ask("set-programme").by(&caller(1000, Role::Editor)).at(programme).send(&plan));
    }
}

/// What begins a programme so many days from now.
pub fn beginning(stage: &Stage, programme: ProgrammeId, days: u64) -> Value {
    let clock = json!({ "zone": "UTC", "at": "18:00", "remind_minutes": 60 });
    json!({ "programme": programme, "start": day_ahead(stage, days), "clock": clock })
}

/// The person's run through the first programme, from tomorrow on.
pub fn enrol(stage: &Stage, person: &Principal) -> String {
    let ask = stage.ask("enrol").by(person).key("the-beginning-of-a-run");
    good(&ask.send(&beginning(stage, PROGRAMMES[0], 1)))["id"].as_str().unwrap().to_owned()
}

/// The person writes down a workout; its id.
pub fn log(stage: &Stage, person: &Principal) -> String {
    let body = json!({ "started_at": stage.now(), "zone": "UTC", "sport": "strength", "minutes": 45 });
    let ask = stage.ask("log-workout").by(person).key("a-workout-by-hand");
    good(&ask.send(&body))["id"].as_str().unwrap().to_owned()
}

/// Somebody's device sends a minute of power, which is a ride; its id.
fn ride(stage: &Stage, person: &Principal) -> String {
    let device = crate::sensors::device(stage, person.account);
    let [from, until] = [stage.now(), stage.now().after(Duration::from_secs(60))];
    stage.pass(Duration::from_secs(60));
    let rows: Vec<Value> = (0..60).map(|second| json!([second * 1000, 700])).collect();
    let body = json!({ "from": from, "channels": [{ "name": "power", "unit": "W" }], "rows": rows });
    good(&stage.ask("add-readings").by(person).at(&device).key("the-readings-of-a-ride").send(&body));
    let body = json!({ "device": device, "from": from, "until": until, "sport": "cycling" });
    let ride = good(&stage.ask("record-activity").by(person).key("the-mark-of-a-ride").send(&body));
    ride["id"].as_str().unwrap().to_owned()
}

/// Somebody begins, is reminded, rides, deletes the ride, leaves out the rest, and is through.
pub fn day(stage: &Stage) {
    let person = caller(21, Role::Customer);
    programmes(stage);
    let run = enrol(stage, &person);
    let begins = format!("{}T17:30:00Z", day_ahead(stage, 1));
    let begins = begins.parse::<kernel::Timestamp>().unwrap();
    stage.pass(Duration::from_millis((begins.as_millis() - stage.now().as_millis()).unsigned_abs()));
    assert!(stage.start("sweep-enrolments"));
    let ride = ride(stage, &person);
    stage.settle().unwrap();
    assert_eq!(stage.ask("delete-activity").by(&person).at(ride).get().status_code, 204);
    stage.settle().unwrap();
    good(&stage.ask("skip-session").by(&person).at(run).send(&json!({ "week": 1, "session": 2 })));
    stage.pass(Duration::from_secs(8 * 86_400));
    assert!(stage.start("sweep-enrolments"));
    stage.settle().unwrap();
}
