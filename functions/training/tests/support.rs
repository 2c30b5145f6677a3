//! What the tests of training share: athletes, editors, a programme, and what sensors say.

use contracts::sensors::{
    ActivityDeleted, ActivityFigures, ActivityRecorded, BestDistance, BestPower, HeartRateSeconds, ReadActivity,
};
use kernel::{AccountId, ActivityId, EnrolmentId, ExerciseId, Principal, ProgrammeId, Role, Sport, Timestamp};
use local::services::dynamodb;
use local::stage::Stage;
use local::testing::{caller, event, published};
use local::trigger::HttpResponse;
use platform::{Asked, Context, Error, Function, Item, Key, Never, TableReader, direct};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub use local::testing::{good, meanwhile};

/// Who trains in most tests.
pub fn athlete() -> Principal {
    caller(1, Role::Customer)
}

/// Somebody else.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// Who keeps the library.
pub fn editor() -> Principal {
    caller(3, Role::Editor)
}

pub const PROGRAMME: ProgrammeId = ProgrammeId::from_bits(1);
pub const EXERCISE: ExerciseId = ExerciseId::from_bits(1);
pub const HOUR: Duration = Duration::from_secs(3600);
pub const DAY: Duration = Duration::from_secs(86_400);

/// Three weeks: a ride on the first day and a run on the third.
pub fn plan(missed: &str) -> Value {
    let session = |day: u8, sport: &str| {
        json!({
            "day": day, "sport": sport, "title": format!("Тренировка {day} 🚴"), "minutes": 60,
            "exercises": [{"exercise": EXERCISE, "sets": 3, "repetitions": 10}],
        })
    };
    let week = json!({"sessions": [session(1, "cycling"), session(3, "running")]});
    json!({"title": "К старту", "weeks": [week, week, week], "growth_percent": 10, "missed": missed})
}

/// A stage with a programme, on a day of 2030 at this UTC time.
pub fn stage_at(time: &str, missed: &str) -> Arc<Stage> {
    let stage = Stage::new(vec![training::context(), sensors()]).unwrap();
    go_to(&stage, time);
    let exercise = json!({"name": "Squat", "sport": "strength", "how": "Spine straight."});
    good(&stage.ask("set-exercise").by(&editor()).at(EXERCISE).send(&exercise));
    good(&stage.ask("set-programme").by(&editor()).at(PROGRAMME).send(&plan(missed)));
    Arc::new(stage)
}

/// A Monday morning.
pub fn stage() -> Arc<Stage> {
    stage_at("2030-01-07T06:00:00Z", "repeat")
}

/// Lets the time pass until then.
pub fn go_to(stage: &Stage, time: &str) {
    let wanted: Timestamp = time.parse().unwrap();
    let millis = wanted.as_millis() - stage.now().as_millis();
    stage.pass(Duration::from_millis(u64::try_from(millis).expect("time goes on")));
}

/// Begins the programme on that day by this clock.
pub fn enrol_with(stage: &Stage, key: &str, start: &str, clock: &Value) -> HttpResponse {
    let body = json!({"programme": PROGRAMME, "start": start, "clock": clock});
    stage.ask("enrol").by(&athlete()).key(key).send(&body)
}

/// A clock.
pub fn clock(zone: &str, at: &str) -> Value {
    json!({"zone": zone, "at": at, "remind_minutes": 60})
}

/// Begins the programme, at six in the evening in Berlin.
pub fn enrol(stage: &Stage, start: &str) -> EnrolmentId {
    let answer = enrol_with(stage, "the-key-of-this-run", start, &clock("Europe/Berlin", "18:00"));
    good(&answer)["id"].as_str().unwrap().parse().unwrap()
}

/// The clock does what is due.
pub fn sweep(stage: &Stage) {
    assert!(stage.start("sweep-enrolments"));
}

/// The calendar of these days: day, week, session and state.
pub fn calendar(stage: &Stage, from: &str, to: &str) -> Vec<String> {
    let answer = stage.ask("get-calendar").by(&athlete()).query(&format!("from={from}&to={to}")).get();
    let text = |value: &Value| value.to_string().trim_matches('"').to_owned();
    let line = |session: &Value| ["day", "week", "session", "state"].map(|name| text(&session[name])).join(" ");
    good(&answer)["sessions"].as_array().unwrap().iter().map(line).collect()
}

/// An activity of an hour that began then: a ride at 200 W.
pub fn ride(n: u128, started_at: &str) -> ActivityFigures {
    let started_at: Timestamp = started_at.parse().unwrap();
    ActivityFigures {
        ended_at: started_at.after(HOUR),
        distance_m: Some(30_000),
        work_joules: Some(725_800),
        average_power_w: Some(200),
        normalised_power_w: Some(200),
        stress_seconds: Some(3_600),
        heart_rate_seconds: vec![HeartRateSeconds { bpm: 150, seconds: 3_600 }],
        best_power: vec![BestPower { seconds: 300, watts: 250 }],
        best_distance: vec![BestDistance { metres: 10_000, seconds: 1_100 }],
        ..ActivityFigures::unmeasured(ActivityId::from_bits(n), athlete().account, Sport::Cycling, started_at, 3_629)
    }
}

/// Sensors say that, at a version.
#[track_caller]
pub fn hear(stage: &Stage, said: &ActivityFigures, version: u64) {
    note(stage, said);
    let event = event(stage, &recorded(said), 1, version);
    assert!(stage.deliver("follow-activity", &event));
}

/// What sensors tell of it.
pub fn recorded(said: &ActivityFigures) -> ActivityRecorded {
    ActivityRecorded { activity: said.activity, person: said.person }
}

/// What an activity comes to, as sensors have it. In a row of its own: no call of a function is it.
pub fn note(stage: &Stage, said: &ActivityFigures) {
    let Key { pk, sk } = noted_key(said.activity);
    let request = json!({
        "TableName": "sensors",
        "Item": {
            "pk": { "S": pk }, "sk": { "S": sk }, "v": { "N": "1" },
            "figures": { "S": serde_json::to_string(said).unwrap() },
        },
    });
    let answer = dynamodb::answer(stage.cloud.table("sensors").unwrap(), "PutItem", request.to_string().as_bytes());
    assert_eq!(answer.status, 200);
}

/// What sensors would have, as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Noted {
    pk: ActivityId,
    figures: String,
}

impl Item for Noted {
    type Event = Never;
    const KIND: &'static str = "noted";

    fn key(&self) -> Key {
        noted_key(self.pk)
    }
}

fn noted_key(activity: ActivityId) -> Key {
    Key::new(activity, Noted::KIND)
}

/// Sensors, as far as it is asked here.
async fn read_activity(
    Asked(question): Asked<ReadActivity>,
    sensors: TableReader,
) -> Result<Option<ActivityFigures>, Error> {
    let noted = sensors.get::<Noted>(&noted_key(question.activity)).await?;
    noted.map(|noted| serde_json::from_str(&noted.value.figures).map_err(Error::broken)).transpose()
}

/// Sensors' context.
pub fn sensors() -> Context {
    Context {
        name: "sensors",
        indexes: Vec::new(),
        functions: vec![Function { context: "sensors", ..direct::answer(read_activity) }],
    }
}

/// Sensors say that it was deleted.
#[track_caller]
pub fn hear_deleted(stage: &Stage, n: u128, version: u64) {
    let said = ActivityDeleted {
        activity: ActivityId::from_bits(n),
        person: athlete().account,
    };
    assert!(stage.deliver("follow-activity", &event(stage, &said, 1, version)));
}

/// What an hour's threshold is 200 W and a heart between 50 and 190.
pub fn thresholds(stage: &Stage, power: u32) {
    let body = json!({"power_w": power, "heart": {"resting": 50, "maximum": 190, "curve": "men"}});
    good(&stage.ask("set-thresholds").by(&athlete()).send(&body));
}

/// The diary: counts, planned session, stress.
pub fn diary(stage: &Stage) -> Vec<Value> {
    good(&stage.ask("list-workouts").by(&athlete()).get())["items"].as_array().unwrap().clone()
}

/// The load of a day, in tenths.
pub fn load(stage: &Stage, day: &str) -> i64 {
    let answer = stage.ask("get-load").by(&athlete()).query(&format!("from={day}&to={day}")).get();
    good(&answer)["days"][0]["load_tenths"].as_i64().unwrap()
}

/// Records at cycling: effort and value.
pub fn records(stage: &Stage) -> Vec<(Value, u64)> {
    let answer = good(&stage.ask("list-records").by(&athlete()).query("sport=cycling").get());
    let of = |record: &Value| (record["effort"].clone(), record["value"].as_u64().unwrap());
    answer["records"].as_array().unwrap().iter().map(of).collect()
}

/// What was announced since calls were last taken, the types alone.
pub fn kinds(stage: &Stage) -> Vec<String> {
    stage.settle().unwrap();
    let short = |event: &Value| event["type"].as_str().unwrap().replace("training.", "").replace(".v1", "");
    published(stage).concat().iter().map(short).collect()
}

/// The account of the athlete.
pub fn account() -> AccountId {
    athlete().account
}
