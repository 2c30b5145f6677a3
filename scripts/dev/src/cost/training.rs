//! What training costs, from a programme to a recorded workout.

use super::Row;
use crate::answers::expect;
use kernel::{AccountId, Principal, ProgrammeId, Role};
use local::stage::Stage;
use serde_json::{Value, json};
use std::time::Duration;

/// Measures each use case.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let stage = Stage::new(vec![training::context(), sensors::context()])?;
    let by = |role| Principal { account: AccountId::from_bits(1), roles: vec![role] };
    let (editor, person) = (by(Role::Editor), by(Role::Customer));
    let mut rows = Vec::new();
    let mut notes = |cases: &[(&str, &str)]| {
        let costs = stage.costs();
        rows.extend(
            cases
                .iter()
                .map(|(case, function)| Row::of(case, costs.iter().filter(|cost| cost.function == *function))),
        );
    };
    let programme = ProgrammeId::from_bits(1);
    let session = |day: u8| json!({ "day": day, "sport": "cycling", "title": "Ride", "minutes": 60, "exercises": [] });
    let week = json!({ "sessions": [session(1), session(3), session(5)] });
    let plan = json!({ "title": "Base", "weeks": vec![week; 12], "growth_percent": 5, "missed": "repeat" });
    expect(200, stage.ask("set-programme").by(&editor).at(programme).send(&plan))?;
    notes(&[("set-programme, 12 weeks", "set-programme")]);
    let today = stage.now().to_string()[..10].to_owned();
    let clock = json!({ "zone": "UTC", "at": "18:00", "remind_minutes": 60 });
    let body = json!({ "programme": programme, "start": today, "clock": clock });
    let run = expect(201, stage.ask("enrol").by(&person).key("the-key-of-an-enrolment").send(&body))?;
    notes(&[("enrol", "enrol")]);
    let evening = format!("{today}T17:30:00Z").parse::<kernel::Timestamp>()?;
    let wait = evening.as_millis().saturating_sub(stage.now().as_millis());
    stage.pass(Duration::from_millis(u64::try_from(wait).unwrap_or_default()));
    if !stage.start("sweep-enrolments") {
        return Err("sweep-enrolments failed".to_owned());
    }
    notes(&[("sweep-enrolments, reminds of one session", "sweep-enrolments")]);
    let ride = ride(&stage, &person)?;
    stage.settle()?;
    notes(&[
        ("follow-activity, of a session", "follow-activity"),
        ("read-activity, asked by follow-activity", "read-activity"),
    ]);
    expect(204, stage.ask("delete-activity").by(&person).at(&ride).get())?;
    stage.settle()?;
    notes(&[("follow-activity, of a deletion", "follow-activity")]);
    let planned = json!({ "enrolment": run["id"], "week": 1, "session": 1 });
    let body = json!({
        "started_at": stage.now(), "zone": "UTC", "sport": "cycling", "minutes": 60, "planned": planned,
    });
    let logged = expect(201, stage.ask("log-workout").by(&person).key("the-key-of-a-workout").send(&body))?;
    notes(&[("log-workout, of a session", "log-workout")]);
    let logged = logged["id"].as_str().unwrap_or_default();
    expect(204, stage.ask("delete-workout").by(&person).at(logged).get())?;
    notes(&[("delete-workout, of a session", "delete-workout")]);
    expect(204, stage.ask("admit-coach").by(&person).at(AccountId::from_bits(2)).get())?;
    stage.costs();
    expect(204, stage.ask("withdraw-consent").by(&person).get())?;
    stage.settle()?;
    notes(&[
        ("withdraw-consent", "withdraw-consent"),
        ("follow-consent", "follow-consent"),
    ]);
    let query = format!("from={today}&to={today}");
    expect(200, stage.ask("get-calendar").by(&person).query(&query).get())?;
    notes(&[("get-calendar, a day", "get-calendar")]);
    expect(200, stage.ask("get-load").by(&person).query(&query).get())?;
    notes(&[("get-load, a day", "get-load")]);
    Ok(rows)
}

/// A device sends ten minutes of power, which is a ride; its id.
fn ride(stage: &Stage, person: &Principal) -> Result<String, String> {
    expect(200, stage.ask("give-consent").by(person).get())?;
    let ask = stage.ask("register-device").by(person).key("the-key-of-a-device");
    let device = expect(201, ask.send(&json!({ "name": "Power meter" })))?;
    let [from, until] = [stage.now(), stage.now().after(Duration::from_secs(600))];
    stage.pass(Duration::from_secs(600));
    let rows: Vec<Value> = (0..600).map(|second| json!([second * 1000, 300])).collect();
    let body = json!({ "from": from, "channels": [{ "name": "power", "unit": "W" }], "rows": rows });
    let at = device["id"].as_str().unwrap_or_default();
    expect(201, stage.ask("add-readings").by(person).at(at).key("the-readings-of-a-ride").send(&body))?;
    let body = json!({ "device": at, "from": from, "until": until, "sport": "cycling" });
    let ride = expect(201, stage.ask("record-activity").by(person).key("the-mark-of-a-ride").send(&body))?;
    Ok(ride["id"].as_str().unwrap_or_default().to_owned())
}
