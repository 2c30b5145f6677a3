//! `relay-training` and `republish-training`.

use crate::support::{
    DAY, PROGRAMME, athlete, clock, enrol, go_to, good, hear, hear_deleted, ride, stage, sweep, thresholds,
};
use contracts::Event;
use contracts::training::{
    Enrolled, ProgrammeCompleted, RecordSet, SessionDue, WorkoutCompleted, WorkoutSkipped, WorkoutWithdrawn,
};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

/// A run in which everything happened that is announced, and what the relay said of it all.
fn history() -> (std::sync::Arc<Stage>, BTreeMap<String, Value>) {
    let stage = stage();
    let mut told = Vec::new();
    let mut tell = |stage: &Stage| {
        stage.settle().unwrap();
        told.extend(published(stage).concat());
    };
    thresholds(&stage, 200);
    let run = enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    tell(&stage);
    let skip = json!({ "week": 1, "session": 2 });
    good(&stage.ask("skip-session").by(&athlete()).at(run).send(&skip));
    tell(&stage);
    // Somebody is reminded, and a ride is known better and then deleted.
    go_to(&stage, "2030-01-14T16:30:00Z");
    sweep(&stage);
    hear(&stage, &ride(2, "2030-01-14T15:00:00Z"), 1);
    hear(&stage, &ride(2, "2030-01-14T15:00:00Z"), 2);
    tell(&stage);
    hear_deleted(&stage, 1, 3);
    tell(&stage);
    for _ in 0..12 {
        stage.pass(DAY * 7);
        sweep(&stage);
        tell(&stage);
    }
    // Another run, which goes on.
    let today = &stage.now().to_string()[..10];
    let body = json!({ "programme": PROGRAMME, "start": today, "clock": clock("Europe/Berlin", "18:00") });
    good(&stage.ask("enrol").by(&athlete()).key("the-key-of-another-run").send(&body));
    tell(&stage);
    (stage, by_id(told))
}

/// Whether this is the newest that was told of its item.
fn is_newest(id: &str, told: &BTreeMap<String, Value>) -> bool {
    let parts = |id: &str| {
        let (item, place) = id.rsplit_once('/').unwrap();
        (item.to_owned(), place.split('.').nth(1).unwrap().parse::<u64>().unwrap())
    };
    let (item, version) = parts(id);
    told.keys().map(|other| parts(other)).all(|(other, newer)| other != item || newer <= version)
}

/// Of a workout how it stands: what was measured of a deleted one is gone. Of all else everything.
#[test]
fn everything_that_still_holds_is_announced_again_to_the_letter() {
    let (stage, told) = history();
    let kinds: BTreeSet<&str> = told.values().map(|event| event["type"].as_str().unwrap()).collect();
    let all = [
        Enrolled::TYPE,
        ProgrammeCompleted::TYPE,
        RecordSet::TYPE,
        SessionDue::TYPE,
        WorkoutCompleted::TYPE,
        WorkoutSkipped::TYPE,
        WorkoutWithdrawn::TYPE,
    ];
    assert_eq!(kinds, BTreeSet::from(all), "the history holds every event there is");
    let told: BTreeMap<String, Value> = told
        .clone()
        .into_iter()
        .filter(|(id, _)| !id.contains("/workout#") || is_newest(id, &told))
        .collect();
    stage.pass(DAY);
    let mut before = None;
    for _ in 0..2 {
        let answer = stage.invoke("republish-training", b"{}".to_vec()).unwrap();
        let answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(answer["events"], told.len());
        let again = by_id(published(&stage).concat());
        assert_eq!(again.keys().collect::<Vec<_>>(), told.keys().collect::<Vec<_>>());
        assert_eq!(again, told, "one id, one content");
        assert_eq!(before.replace(again.clone()).unwrap_or(again.clone()), again, "as often as one likes");
    }
}
