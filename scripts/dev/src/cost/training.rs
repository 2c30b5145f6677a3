//! What training costs, from a programme to a recorded workout.

use super::Row;
use crate::answers::expect;
use contracts::sensors::{ActivityDeleted, ActivityRecorded, BestPower};
use kernel::{AccountId, ActivityId, Principal, ProgrammeId, Role, Sport};
use local::stage::Stage;
use local::testing::event;
use serde_json::json;
use std::time::Duration;

/// Measures each use case.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let stage = Stage::new(vec![training::context()])?;
    let by = |role| Principal { account: AccountId::from_bits(1), roles: vec![role] };
    let (editor, person) = (by(Role::Editor), by(Role::Customer));
    let mut rows = Vec::new();
    let mut note = |case: &str, function: &str| {
        let costs = stage.costs();
        rows.push(Row::of(case, costs.iter().filter(|cost| cost.function == function)));
    };
    let programme = ProgrammeId::from_bits(1);
    let session = |day: u8| json!({ "day": day, "sport": "cycling", "title": "Ride", "minutes": 60, "exercises": [] });
    let week = json!({ "sessions": [session(1), session(3), session(5)] });
    let plan = json!({ "title": "Base", "weeks": vec![week; 12], "growth_percent": 5, "missed": "repeat" });
    expect(200, stage.ask("set-programme").by(&editor).at(programme).send(&plan))?;
    note("set-programme, 12 weeks", "set-programme");
    let today = stage.now().to_string()[..10].to_owned();
    let clock = json!({ "zone": "UTC", "at": "18:00", "remind_minutes": 60 });
    let body = json!({ "programme": programme, "start": today, "clock": clock });
    expect(201, stage.ask("enrol").by(&person).key("the-key-of-an-enrolment").send(&body))?;
    note("enrol", "enrol");
    let evening = format!("{today}T17:30:00Z").parse::<kernel::Timestamp>()?;
    let wait = evening.as_millis().saturating_sub(stage.now().as_millis());
    stage.pass(Duration::from_millis(u64::try_from(wait).unwrap_or_default()));
    if !stage.start("sweep-enrolments") {
        return Err("sweep-enrolments failed".to_owned());
    }
    note("sweep-enrolments, reminds of one session", "sweep-enrolments");
    let ride = ActivityRecorded {
        best_power: vec![BestPower { seconds: 300, watts: 300 }],
        ..ActivityRecorded::unmeasured(ActivityId::from_bits(1), person.account, Sport::Cycling, stage.now(), 3600)
    };
    let deleted = ActivityDeleted { activity: ride.activity, person: person.account };
    let told = [event(&stage, &ride, 1, 1), event(&stage, &deleted, 1, 2)];
    for (told, case) in told.iter().zip(["follow-activity, of a session", "follow-activity, of a deletion"]) {
        if !stage.deliver("follow-activity", told) {
            return Err("follow-activity failed".to_owned());
        }
        note(case, "follow-activity");
    }
    let query = format!("from={today}&to={today}");
    expect(200, stage.ask("get-calendar").by(&person).query(&query).get())?;
    note("get-calendar, a day", "get-calendar");
    expect(200, stage.ask("get-load").by(&person).query(&query).get())?;
    note("get-load, a day", "get-load");
    Ok(rows)
}
