//! What happens to one thing from two sides at once.

use crate::runs::{shift, skip};
use crate::support::{
    account, athlete, clock, diary, enrol, go_to, good, hear, kinds, load, meanwhile, records, ride, stage, sweep,
    thresholds,
};
use crate::workouts::{delete, free, log, planned};
use contracts::sensors::ActivityFigures;
use kernel::EnrolmentId;
use local::services::dynamodb;
use local::stage::Stage;
use local::testing::problem;
use serde_json::{Value, json};

/// The session is stored: it was reminded of.
#[test]
fn of_two_recordings_at_once_after_a_reminder_one_is_the_session() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    go_to(&stage, "2030-01-07T16:30:00Z");
    sweep(&stage);
    // Without a record, over which they would meet as well.
    let easy = |n: u128, begins: &str| ActivityFigures { best_power: vec![], best_distance: vec![], ..ride(n, begins) };
    meanwhile(&stage, move |stage| hear(stage, &easy(1, "2030-01-07T04:00:00Z"), 1));
    hear(&stage, &easy(2, "2030-01-07T05:00:00Z"), 1);
    stage.calm();
    let planned: Vec<bool> = diary(&stage).iter().map(|workout| workout["planned"].is_object()).collect();
    assert_eq!(planned, [false, true]);
}

#[test]
fn of_two_recordings_at_once_none_takes_the_others_records() {
    let stage = stage();
    thresholds(&stage, 200);
    let at = |n: u128, watts: u16, seconds: u32| {
        let mut said = ride(n, "2030-01-07T05:00:00Z");
        said.best_power[0].watts = watts;
        said.best_distance[0].seconds = seconds;
        said
    };
    hear(&stage, &at(1, 200, 1_300), 1);
    meanwhile(&stage, move |stage| hear(stage, &at(2, 300, 1_400), 1));
    hear(&stage, &at(3, 100, 1_000), 1);
    stage.calm();
    let mut best = records(&stage);
    best.sort_by_key(|(effort, _)| effort.to_string());
    assert_eq!(best, [(json!({"distance": 10_000}), 1_000), (json!({"power": 300}), 300)]);
}

#[test]
fn of_two_snapshots_at_once_the_newer_counts() {
    let stage = stage();
    thresholds(&stage, 200);
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    let newest = ActivityFigures {
        stress_seconds: Some(1_800),
        ..ride(1, "2030-01-07T05:00:00Z")
    };
    // Both ask for the figures, and hear the same: what tells them apart is the newest word alone.
    meanwhile(&stage, move |stage| hear(stage, &newest, 3));
    hear(&stage, &ActivityFigures { stress_seconds: Some(900), ..ride(1, "2030-01-07T05:00:00Z") }, 2);
    stage.calm();
    assert_eq!((load(&stage, "2030-01-07"), diary(&stage).len()), (500, 1));
}

#[test]
fn a_workout_that_is_written_down_twice_at_once_is_told_of_once() {
    let stage = stage();
    let body = free("2030-01-07T05:00:00Z");
    let (first, same) = (body.clone(), "the-key-of-a-double-click");
    meanwhile(&stage, move |stage| drop(good(&log(stage, same, &first))));
    good(&log(&stage, same, &body));
    stage.calm();
    assert_eq!((kinds(&stage), diary(&stage).len()), (vec!["workout-completed".to_owned()], 1));
    let key = json!({ "pk": { "S": account() }, "sk": { "S": "day#2030-01-07" } });
    let ask = json!({ "TableName": "training", "Key": key }).to_string();
    let day = dynamodb::answer(stage.cloud.table("training").unwrap(), "GetItem", ask.as_bytes());
    let day: Value = serde_json::from_slice(&day.body).unwrap();
    assert_eq!(day["Item"]["workouts"]["N"], "1");
}

/// The session is stored: it was moved before.
#[test]
fn what_is_written_down_while_it_is_moved_or_left_out_once_more_is_done() {
    for change in [
        |stage: &Stage, id| shift(stage, id, 2, "2030-01-10"),
        |stage: &Stage, id| skip(stage, id, 1, 2),
    ] {
        let stage = stage();
        let id = enrol(&stage, "2030-01-07");
        good(&shift(&stage, id, 2, "2030-01-08"));
        let mut second = planned(id);
        second["planned"]["session"] = json!(2);
        meanwhile(&stage, move |stage| drop(good(&log(stage, "the-key-of-a-workout", &second))));
        problem(&change(&stage, id), 409, "session-completed");
        stage.calm();
    }
}

/// The person trains at nine in the morning from now on.
fn set_clock(stage: &Stage, id: EnrolmentId) {
    let set = stage.ask("set-training-clock").by(&athlete()).at(id).send(&clock("Europe/Berlin", "09:00"));
    assert_eq!(set.status_code, 204);
}

/// When the session of a day begins.
fn begins(stage: &Stage, day: &str) -> Value {
    let answer = stage.ask("get-calendar").by(&athlete()).query(&format!("from={day}&to={day}")).get();
    good(&answer)["sessions"][0]["begins_at"].clone()
}

#[test]
fn a_clock_that_is_set_while_a_workout_is_taken_back_is_set() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    let logged = good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    meanwhile(&stage, move |stage| set_clock(stage, id));
    assert_eq!(delete(&stage, &logged["id"]).status_code, 204);
    stage.calm();
    assert_eq!(begins(&stage, "2030-01-09"), "2030-01-09T08:00:00.000Z");
}

#[test]
fn a_clock_that_is_set_while_a_recording_ends_the_week_is_set() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    // All reminders of the week were sent: at its end nothing changes but the run.
    go_to(&stage, "2030-01-09T16:30:00Z");
    sweep(&stage);
    go_to(&stage, "2030-01-14T06:00:00Z");
    meanwhile(&stage, move |stage| set_clock(stage, id));
    hear(&stage, &ride(1, "2030-01-14T05:00:00Z"), 1);
    stage.calm();
    assert_eq!(begins(&stage, "2030-01-16"), "2030-01-16T08:00:00.000Z");
}
