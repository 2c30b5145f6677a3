//! People who train: a programme, runs through it, and a fortnight in which everything happens.

use contracts::sensors::{ActivityDeleted, ActivityRecorded, BestPower};
use kernel::{ActivityId, Principal, ProgrammeId, Role, Sport};
use local::stage::Stage;
use local::testing::{caller, event, good};
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

/// Somebody begins, is reminded, rides, deletes the ride, leaves out the rest, and is through.
pub fn day(stage: &Stage) {
    let person = caller(1, Role::Customer);
    programmes(stage);
    let run = enrol(stage, &person);
    let begins = format!("{}T17:30:00Z", day_ahead(stage, 1));
    let begins = begins.parse::<kernel::Timestamp>().unwrap();
    stage.pass(Duration::from_millis((begins.as_millis() - stage.now().as_millis()).unsigned_abs()));
    assert!(stage.start("sweep-enrolments"));
    let ride = ActivityRecorded {
        best_power: vec![BestPower { seconds: 5, watts: 700 }],
        ..ActivityRecorded::unmeasured(ActivityId::from_bits(1), person.account, Sport::Cycling, stage.now(), 3600)
    };
    assert!(stage.deliver("follow-activity", &event(stage, &ride, 1, 1)));
    let deleted = ActivityDeleted { activity: ride.activity, person: person.account };
    assert!(stage.deliver("follow-activity", &event(stage, &deleted, 1, 2)));
    good(&stage.ask("skip-session").by(&person).at(run).send(&json!({ "week": 1, "session": 2 })));
    stage.pass(Duration::from_secs(8 * 86_400));
    assert!(stage.start("sweep-enrolments"));
    stage.settle().unwrap();
}
