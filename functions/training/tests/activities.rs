//! What sensors say: matching, revisions, deletions, records, load.

use crate::support::{
    DAY, athlete, calendar, diary, enrol, go_to, good, hear, hear_deleted, kinds, load, meanwhile, note, recorded,
    records, ride, stage, sweep, thresholds,
};
use contracts::sensors::ActivityFigures;
use kernel::Sport;
use local::testing::{event, problem, published, reports_only_what_it_cannot_read};
use serde_json::{Value, json};

#[test]
fn a_recording_completes_the_session_of_its_day_and_sport() {
    let stage = stage();
    thresholds(&stage, 200);
    let id = enrol(&stage, "2030-01-07");
    kinds(&stage);
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    stage.settle().unwrap();
    let told = published(&stage).concat();
    assert_eq!(told.len(), 3);
    assert_eq!(told[0]["data"]["planned"], json!({"enrolment": id, "week": 1, "session": 1}));
    assert_eq!(
        (&diary(&stage)[0]["stress_tenths"], &diary(&stage)[0]["impulse_tenths"]),
        (&json!(1000), &json!(1081))
    );
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-09"), ["2030-01-07 1 1 completed", "2030-01-09 1 2 planned"]);
    assert_eq!(load(&stage, "2030-01-07"), 1000);
}

#[test]
fn a_recording_that_was_deleted_before_it_is_asked_for_is_none() {
    let stage = stage();
    thresholds(&stage, 200);
    let ride = ride(1, "2030-01-07T17:00:00Z");
    assert!(stage.deliver("follow-activity", &event(&stage, &recorded(&ride), 1, 1)));
    assert!(diary(&stage).is_empty());
    hear_deleted(&stage, 1, 2);
    assert_eq!(kinds(&stage), [""; 0]);
}

#[test]
fn another_sport_or_day_is_a_workout_of_its_own() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    let run = ActivityFigures { sport: Sport::Running, ..ride(1, "2030-01-07T17:00:00Z") };
    hear(&stage, &run, 1);
    hear(&stage, &ride(2, "2030-01-08T17:00:00Z"), 1);
    assert!(diary(&stage).iter().all(|workout| workout["planned"] == Value::Null));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
}

/// At 23:30 in UTC it is the next day in Berlin, and the day before where the recording says so.
#[test]
fn the_day_is_that_of_the_clock_where_it_was() {
    for (offset, day) in [
        (None, "2030-01-09"),
        (Some(60), "2030-01-09"),
        (Some(-480), "2030-01-08"),
        (Some(840), "2030-01-09"),
    ] {
        let stage = stage();
        enrol(&stage, "2030-01-07");
        let said = ActivityFigures {
            utc_offset_minutes: offset,
            sport: Sport::Running,
            ..ride(1, "2030-01-08T23:30:00Z")
        };
        go_to(&stage, "2030-01-09T01:00:00Z");
        hear(&stage, &said, 1);
        assert_eq!(diary(&stage)[0]["day"], day, "{offset:?}");
        let state = if day == "2030-01-09" { "completed" } else { "planned" };
        assert_eq!(calendar(&stage, "2030-01-09", "2030-01-09"), [format!("2030-01-09 1 2 {state}")], "{offset:?}");
    }
}

#[test]
fn of_two_rides_of_a_day_one_is_the_session() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T07:00:00Z"), 1);
    hear(&stage, &ride(2, "2030-01-07T17:00:00Z"), 1);
    let planned: Vec<bool> = diary(&stage).iter().map(|workout| workout["planned"].is_object()).collect();
    assert_eq!(planned, [false, true], "the last is listed first");
    // The one that was it is deleted: the session is open, and the other stays what it is until more is known of it.
    hear_deleted(&stage, 1, 2);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
    hear(&stage, &ride(2, "2030-01-07T17:00:00Z"), 2);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
}

#[test]
fn repeated_and_late_snapshots_change_nothing() {
    let stage = stage();
    thresholds(&stage, 200);
    let (old, new) = (
        ride(1, "2030-01-07T05:00:00Z"),
        ActivityFigures {
            stress_seconds: Some(1_800),
            ..ride(1, "2030-01-07T05:00:00Z")
        },
    );
    hear(&stage, &new, 2);
    kinds(&stage);
    hear(&stage, &new, 2);
    hear(&stage, &old, 1);
    assert_eq!(kinds(&stage), [""; 0]);
    assert_eq!((load(&stage, "2030-01-07"), diary(&stage).len()), (500, 1));
    hear(&stage, &old, 3);
    assert_eq!(load(&stage, "2030-01-07"), 1000, "the newest counts, once");
    assert_eq!(kinds(&stage), ["workout-completed"]);
}

#[test]
fn what_moves_to_another_day_and_sport_takes_its_load_with_it() {
    let stage = stage();
    thresholds(&stage, 200);
    enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    go_to(&stage, "2030-01-09T18:00:00Z");
    hear(&stage, &ActivityFigures { sport: Sport::Running, ..ride(1, "2030-01-09T05:00:00Z") }, 2);
    assert_eq!((load(&stage, "2030-01-07"), load(&stage, "2030-01-09")), (0, 1000));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-09"), ["2030-01-07 1 1 planned", "2030-01-09 1 2 completed"]);
    assert_eq!(records(&stage), [], "it was no ride");
}

#[test]
fn a_deletion_undoes_all_of_it_for_ever() {
    let stage = stage();
    thresholds(&stage, 200);
    enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    kinds(&stage);
    hear_deleted(&stage, 1, 2);
    hear_deleted(&stage, 1, 2);
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    assert_eq!(kinds(&stage), ["workout-withdrawn"]);
    assert_eq!((load(&stage, "2030-01-07"), diary(&stage).len(), records(&stage).len()), (0, 0, 0));
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 planned"]);
}

#[test]
fn a_deletion_that_comes_first_stays() {
    let stage = stage();
    hear_deleted(&stage, 1, 2);
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    assert_eq!((kinds(&stage), diary(&stage).len()), (vec![], 0));
}

#[test]
fn a_record_is_the_best_and_the_former_stands_again() {
    let stage = stage();
    let with = |n: u128, watts: u16| {
        let mut said = ride(n, "2030-01-07T05:00:00Z");
        said.best_power[0].watts = watts;
        said.best_distance.clear();
        said
    };
    for (n, watts, set) in [(1, 250, true), (2, 300, true), (3, 280, false), (4, 300, false)] {
        hear(&stage, &with(n, watts), 1);
        assert_eq!(kinds(&stage).contains(&"record-set".to_owned()), set, "{n}");
    }
    assert_eq!(records(&stage), [(json!({"power": 300}), 300)]);
    hear_deleted(&stage, 2, 2);
    hear_deleted(&stage, 4, 2);
    assert_eq!(records(&stage), [(json!({"power": 300}), 280)]);
    // The holder's own figure is corrected downwards.
    hear(&stage, &with(3, 100), 2);
    assert_eq!(records(&stage), [(json!({"power": 300}), 250)]);
}

#[test]
fn a_late_recording_completes_its_session_and_leaves_the_week_as_it_was_judged() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    go_to(&stage, "2030-01-15T12:00:00Z");
    sweep(&stage);
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    let days = calendar(&stage, "2030-01-07", "2030-01-14");
    assert_eq!(
        days,
        [
            "2030-01-07 1 1 completed",
            "2030-01-09 1 2 missed",
            "2030-01-14 2 1 planned"
        ]
    );
}

#[test]
fn a_recording_of_a_week_that_was_not_begun_yet_begins_it() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    go_to(&stage, "2030-01-14T19:00:00Z");
    hear(&stage, &ride(1, "2030-01-14T17:00:00Z"), 1);
    assert_eq!(calendar(&stage, "2030-01-14", "2030-01-14"), ["2030-01-14 2 1 completed"], "no sweep came by");
}

#[test]
fn two_recordings_at_once_are_one_session_and_both_count() {
    let stage = stage();
    thresholds(&stage, 200);
    enrol(&stage, "2030-01-07");
    meanwhile(&stage, |stage| hear(stage, &ride(1, "2030-01-07T17:00:00Z"), 1));
    hear(&stage, &ride(2, "2030-01-07T19:00:00Z"), 1);
    stage.calm();
    assert_eq!(load(&stage, "2030-01-07"), 2000);
    assert_eq!(diary(&stage).iter().filter(|workout| workout["planned"].is_object()).count(), 1);
}

#[test]
fn of_two_recordings_at_once_the_better_efforts_are_the_records() {
    let alone = stage();
    thresholds(&alone, 200);
    hear(&alone, &ride(1, "2030-01-07T17:00:00Z"), 1);
    let stage = stage();
    thresholds(&stage, 200);
    meanwhile(&stage, |stage| hear(stage, &ride(1, "2030-01-07T17:00:00Z"), 1));
    let mut slow = ride(2, "2030-01-07T19:00:00Z");
    slow.best_power.iter_mut().for_each(|best| best.watts /= 2);
    hear(&stage, &slow, 1);
    stage.calm();
    assert_eq!(records(&stage), records(&alone));
}

#[test]
fn efforts_are_measured_by_what_held_on_their_day() {
    let stage = stage();
    thresholds(&stage, 200);
    stage.pass(DAY * 3);
    thresholds(&stage, 400);
    hear(&stage, &ride(1, "2030-01-09T05:00:00Z"), 1);
    hear(&stage, &ride(2, "2030-01-10T05:00:00Z"), 1);
    hear(&stage, &ride(3, "2029-01-01T05:00:00Z"), 1);
    assert_eq!(
        (load(&stage, "2030-01-09"), load(&stage, "2030-01-10"), load(&stage, "2029-01-01")),
        (1000, 250, 1000)
    );
    let none = crate::support::stage();
    hear(&none, &ride(1, "2030-01-07T05:00:00Z"), 1);
    assert_eq!(load(&none, "2030-01-07"), 0, "nobody knows by what");
}

#[test]
fn fitness_and_fatigue_follow_the_load() {
    let stage = stage();
    thresholds(&stage, 200);
    hear(&stage, &ride(1, "2030-01-07T05:00:00Z"), 1);
    let ask = |query: &str| stage.ask("get-load").by(&athlete()).query(query).get();
    let days = good(&ask("from=2030-01-06&to=2030-01-09"));
    let of = |n: usize| {
        ["load_tenths", "fitness_tenths", "fatigue_tenths", "form_tenths"]
            .map(|name| days["days"][n][name].as_i64().unwrap())
    };
    assert_eq!((of(0), of(1)), ([0, 0, 0, 0], [1000, 24, 143, 0]), "a 42nd and a 7th");
    assert_eq!(of(2), [0, 23, 122, -119]);
    let hearts = good(&ask("from=2030-01-07&to=2030-01-07&by=impulse"));
    assert_eq!(hearts["days"][0]["load_tenths"], 1081);
    assert_eq!(good(&ask("from=2030-01-01&to=2031-01-01"))["days"].as_array().unwrap().len(), 366);
    problem(&ask("from=2030-01-01&to=2031-01-02"), 422, "bad-range");
    problem(&ask("from=2030-01-02&to=2030-01-01"), 422, "bad-range");
}

/// A device that lost its battery is in 1989.
#[test]
fn a_clock_that_is_far_off_breaks_nothing() {
    let stage = stage();
    thresholds(&stage, 200);
    for (n, time) in [
        (1, "1989-12-31T00:00:00Z"),
        (2, "9999-12-30T00:00:00Z"),
        (3, "1970-01-01T00:00:00Z"),
    ] {
        hear(&stage, &ride(n, time), 1);
    }
    assert_eq!(diary(&stage).len(), 3);
    assert_eq!((load(&stage, "1989-12-31"), load(&stage, "2030-01-07")), (1000, 0));
}

#[test]
fn what_cannot_be_read_holds_up_nothing() {
    let stage = stage();
    let ride = ride(1, "2030-01-07T05:00:00Z");
    note(&stage, &ride);
    let good = event(&stage, &recorded(&ride), 1, 1);
    reports_only_what_it_cannot_read(&stage, "follow-activity", &good);
}
