//! Workouts that are written down.

use crate::support::{
    DAY, athlete, calendar, diary, enrol, go_to, good, hear, hear_deleted, kinds, load, meanwhile, ride, stage,
    stranger, sweep, thresholds,
};
use contracts::sensors::ActivityFigures;
use kernel::{EnrolmentId, Sport};
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};

pub fn free(started_at: &str) -> Value {
    json!({"started_at": started_at, "zone": "Europe/Berlin", "sport": "cycling", "minutes": 50, "note": "Тепло ☀️"})
}

pub fn planned(id: EnrolmentId) -> Value {
    let mut body = free("2030-01-07T06:00:00Z");
    body["planned"] = json!({"enrolment": id, "week": 1, "session": 1});
    body
}

pub fn log(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("log-workout").by(&athlete()).key(key).send(body)
}

#[test]
fn a_free_workout_is_written_down_once() {
    let stage = stage();
    let first = log(&stage, "the-key-of-a-workout", &free("2030-01-06T23:30:00Z"));
    let again = log(&stage, "the-key-of-a-workout", &free("2030-01-06T23:30:00Z"));
    assert_eq!((good(&first)["day"].clone(), again.json()), (json!("2030-01-07"), first.json()));
    problem(&log(&stage, "the-key-of-a-workout", &free("2030-01-06T22:30:00Z")), 422, "idempotency-key-reused");
    assert_eq!(kinds(&stage), ["workout-completed"]);
    let listed = diary(&stage);
    assert_eq!((listed.len(), &listed[0]["note"], &listed[0]["seconds"]), (1, &json!("Тепло ☀️"), &json!(3000)));
    assert_eq!(load(&stage, "2030-01-07"), 0);
    for time in ["2030-01-07T06:00:01Z", "2028-12-31T00:00:00Z"] {
        problem(&log(&stage, "the-key-of-a-bad-time", &free(time)), 422, "bad-time");
    }
}

#[test]
fn a_planned_session_is_done_once() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
    problem(&log(&stage, "another-key-of-a-workout", &planned(id)), 409, "session-completed");
    let mut next_week = planned(id);
    next_week["planned"]["week"] = json!(2);
    problem(&log(&stage, "a-key-of-the-next-week", &next_week), 422, "no-such-session");
    problem(&log(&stage, "a-key-for-anothers-run", &planned(EnrolmentId::from_bits(9))), 422, "no-such-session");
}

#[test]
fn a_recording_takes_the_place_of_what_was_written_down_until_it_is_deleted() {
    let stage = stage();
    thresholds(&stage, 200);
    let id = enrol(&stage, "2030-01-07");
    good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    kinds(&stage);
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    let mut told = kinds(&stage);
    told.sort();
    assert_eq!(told, ["record-set", "record-set", "workout-completed", "workout-withdrawn"]);
    let counts: Vec<bool> = diary(&stage).iter().map(|workout| workout["counts"] == true).collect();
    assert_eq!(counts, [false, true]);
    hear_deleted(&stage, 1, 2);
    told = kinds(&stage);
    told.sort();
    assert_eq!(told, ["workout-completed", "workout-withdrawn"]);
    assert_eq!((diary(&stage).len(), &diary(&stage)[0]["counts"]), (1, &json!(true)));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
}

#[test]
fn who_writes_it_down_while_sensors_tell_of_it_is_told_that_it_was_done() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    meanwhile(&stage, |stage| hear(stage, &ride(1, "2030-01-07T05:00:00Z"), 1));
    problem(&log(&stage, "the-slower-of-the-two", &planned(id)), 409, "session-completed");
    stage.calm();
    assert_eq!(diary(&stage).len(), 1);
}

#[test]
fn sensors_that_tell_of_it_while_it_is_written_down_take_its_place() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    meanwhile(&stage, move |stage| drop(good(&log(stage, "the-faster-of-the-two", &planned(id)))));
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    stage.calm();
    let counts: Vec<bool> = diary(&stage).iter().map(|workout| workout["counts"] == true).collect();
    assert_eq!(counts, [false, true]);
}

#[test]
fn what_was_left_out_is_not_written_down_as_done() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    good(&stage.ask("skip-session").by(&athlete()).at(id).send(&json!({"week": 1, "session": 1})));
    problem(&log(&stage, "the-key-of-a-workout", &planned(id)), 409, "session-skipped");
}

pub fn delete(stage: &Stage, id: &Value) -> HttpResponse {
    stage.ask("delete-workout").by(&athlete()).at(id.as_str().unwrap()).get()
}

#[test]
fn what_was_written_down_is_taken_back_and_its_session_is_open_again() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    let logged = good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    kinds(&stage);
    problem(
        &stage.ask("delete-workout").by(&stranger()).at(logged["id"].as_str().unwrap()).get(),
        404,
        "not-found",
    );
    for _ in 0..2 {
        assert_eq!(delete(&stage, &logged["id"]).status_code, 204);
    }
    assert_eq!(kinds(&stage), ["workout-withdrawn"]);
    assert_eq!(diary(&stage), [Value::Null; 0]);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
    // A repeated request has the same reply, and brings nothing back; another one is another workout.
    assert_eq!(good(&log(&stage, "the-key-of-a-workout", &planned(id))), logged);
    assert!(diary(&stage).is_empty());
    good(&log(&stage, "the-key-of-another-one", &planned(id)));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
    problem(&delete(&stage, &json!(kernel::WorkoutId::from_bits(77))), 404, "not-found");
}

/// Wednesday's session was written down on Monday by mistake; its reminder comes on Wednesday all the same.
#[test]
fn a_session_that_is_open_again_is_reminded_of() {
    for by_hand in [true, false] {
        let stage = stage();
        let id = enrol(&stage, "2030-01-07");
        let mut wednesdays = planned(id);
        wednesdays["planned"]["session"] = json!(2);
        let run = ActivityFigures { sport: Sport::Running, ..ride(1, "2030-01-09T05:00:00Z") };
        let logged = match by_hand {
            true => good(&log(&stage, "the-key-of-a-workout", &wednesdays))["id"].clone(),
            false => {
                hear(&stage, &run, 1);
                Value::Null
            }
        };
        go_to(&stage, "2030-01-07T16:30:00Z");
        sweep(&stage);
        assert!(kinds(&stage).contains(&"session-due".to_owned()), "Monday's");
        match by_hand {
            true => assert_eq!(delete(&stage, &logged).status_code, 204),
            false => hear_deleted(&stage, 1, 2),
        }
        kinds(&stage);
        go_to(&stage, "2030-01-09T16:30:00Z");
        sweep(&stage);
        assert_eq!(kinds(&stage), ["session-due"], "by hand: {by_hand}");
    }
}

#[test]
fn what_a_recording_took_the_place_of_does_not_come_back_once_it_is_taken_back() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    let logged = good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    kinds(&stage);
    assert_eq!(delete(&stage, &logged["id"]).status_code, 204);
    assert_eq!(kinds(&stage), [""; 0], "it was withdrawn already");
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
    let recorded = diary(&stage).remove(0);
    let refused = problem(&delete(&stage, &recorded["id"]), 409, "workout-recorded");
    assert_eq!(refused["activity"], json!(kernel::ActivityId::from_bits(1)));
    hear_deleted(&stage, 1, 2);
    assert!(diary(&stage).is_empty());
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
}

#[test]
fn what_is_taken_back_while_sensors_tell_of_its_session_is_gone() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    let logged = good(&log(&stage, "the-key-of-a-workout", &planned(id)));
    meanwhile(&stage, |stage| hear(stage, &ride(1, "2030-01-07T05:00:00Z"), 1));
    assert_eq!(delete(&stage, &logged["id"]).status_code, 204);
    stage.calm();
    assert_eq!(diary(&stage).len(), 1);
    hear_deleted(&stage, 1, 2);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
    assert!(diary(&stage).is_empty());
}

#[test]
fn the_diary_is_read_in_pages_and_ranges() {
    let stage = stage();
    for n in 0..5 {
        stage.pass(DAY);
        let body = free(&stage.now().to_string());
        good(&log(&stage, &format!("the-key-of-workout-{n:03}"), &body));
    }
    go_to(&stage, "2030-02-01T00:00:00Z");
    let ask = |query: &str| stage.ask("list-workouts").by(&athlete()).query(query).get();
    let first = good(&ask("limit=3"));
    assert_eq!(first["items"].as_array().unwrap().len(), 3);
    assert_eq!(first["items"][0]["day"], "2030-01-12");
    let next = good(&ask(&format!("limit=3&cursor={}", first["next"].as_str().unwrap())));
    assert_eq!(next["items"].as_array().unwrap().len(), 2);
    let range = good(&ask("from=2030-01-09T00:00:00Z&to=2030-01-10T23:00:00Z"));
    assert_eq!(range["items"].as_array().unwrap().len(), 2);
    assert_eq!(good(&ask("from=2030-01-10T00:00:00Z&to=2030-01-09T00:00:00Z"))["items"], json!([]));
    problem(&ask("limit=101"), 400, "invalid-query");
}
