//! Runs through programmes: beginning, reminders, weeks, what is moved and left out.

use crate::support::{
    DAY, athlete, calendar, clock, enrol, enrol_with, go_to, good, hear, kinds, load, meanwhile, ride, stage, stage_at,
    stranger, sweep, thresholds,
};
use kernel::{EnrolmentId, ProgrammeId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{problem, published, writes};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn skip(stage: &Stage, id: EnrolmentId, week: u16, session: u8) -> local::trigger::HttpResponse {
    stage.ask("skip-session").by(&athlete()).at(id).send(&json!({"week": week, "session": session}))
}

pub fn shift(stage: &Stage, id: EnrolmentId, session: u8, day: &str) -> local::trigger::HttpResponse {
    stage
        .ask("move-session")
        .by(&athlete())
        .at(id)
        .send(&json!({"week": 1, "session": session, "day": day}))
}

#[test]
fn a_run_is_begun_once() {
    let stage = stage();
    let berlin = clock("Europe/Berlin", "18:00");
    let first = enrol_with(&stage, "the-first-key-of-a-run", "2030-01-07", &berlin);
    let again = enrol_with(&stage, "the-first-key-of-a-run", "2030-01-07", &berlin);
    assert_eq!((first.status_code, first.json()), (again.status_code, again.json()));
    assert_eq!(kinds(&stage), ["enrolled"]);
    problem(&enrol_with(&stage, "the-first-key-of-a-run", "2030-01-08", &berlin), 422, "idempotency-key-reused");
    let other = enrol_with(&stage, "another-key-of-a-run", "2030-01-08", &berlin);
    assert_eq!(problem(&other, 409, "already-enrolled")["enrolment"], first.json()["id"]);
    let id: EnrolmentId = first.json()["id"].as_str().unwrap().parse().unwrap();
    problem(&stage.ask("leave-programme").by(&stranger()).at(id).get(), 404, "not-found");
    for _ in 0..2 {
        assert_eq!(stage.ask("leave-programme").by(&athlete()).at(id).get().status_code, 204);
    }
    assert_eq!(enrol_with(&stage, "another-key-of-a-run", "2030-01-08", &berlin).status_code, 201);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 missed"], "given up");
}

#[test]
fn two_at_once_do_not_begin_it_twice() {
    for known in [false, true] {
        let stage = stage();
        if known {
            thresholds(&stage, 200);
        }
        meanwhile(&stage, |stage| {
            let answer = enrol_with(stage, "the-faster-of-the-two", "2030-01-07", &clock("UTC", "18:00"));
            assert_eq!(answer.status_code, 201);
        });
        let slower = enrol_with(&stage, "the-slower-of-the-two", "2030-01-07", &clock("UTC", "18:00"));
        problem(&slower, 409, "already-enrolled");
        stage.calm();
    }
}

#[test]
fn of_two_moves_at_once_both_are_reminded_of() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    meanwhile(&stage, move |stage| drop(good(&shift(stage, id, 2, "2030-01-08"))));
    good(&shift(&stage, id, 1, "2030-01-10"));
    stage.calm();
    kinds(&stage);
    for day in ["2030-01-08T16:30:00Z", "2030-01-10T16:30:00Z"] {
        go_to(&stage, day);
        sweep(&stage);
        assert_eq!(kinds(&stage), ["session-due"], "{day}");
    }
}

#[test]
fn a_session_that_is_left_out_while_it_is_moved_is_left_out() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    meanwhile(&stage, move |stage| drop(good(&skip(stage, id, 1, 1))));
    assert!(shift(&stage, id, 1, "2030-01-10").status_code >= 400);
    stage.calm();
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 skipped"]);
}

#[test]
fn what_is_done_while_it_is_moved_or_left_out_is_done() {
    for leaves_out in [false, true] {
        let stage = stage();
        let id = enrol(&stage, "2030-01-07");
        go_to(&stage, "2030-01-07T12:00:00Z");
        meanwhile(&stage, |stage| hear(stage, &ride(1, "2030-01-07T10:00:00Z"), 1));
        let answer = if leaves_out { skip(&stage, id, 1, 1) } else { shift(&stage, id, 1, "2030-01-10") };
        assert!(answer.status_code >= 400, "{}", answer.body);
        stage.calm();
        assert_eq!(calendar(&stage, "2030-01-07", "2030-01-10")[0], "2030-01-07 1 1 completed");
    }
}

#[test]
fn what_is_moved_while_another_one_is_left_out_is_reminded_of() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    meanwhile(&stage, move |stage| drop(good(&shift(stage, id, 2, "2030-01-08"))));
    good(&skip(&stage, id, 1, 1));
    stage.calm();
    kinds(&stage);
    go_to(&stage, "2030-01-08T16:30:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), ["session-due"]);
}

#[test]
fn who_begins_a_run_while_thresholds_are_set_has_begun_it() {
    let stage = stage();
    meanwhile(&stage, |stage| {
        enrol(stage, "2030-01-07");
    });
    thresholds(&stage, 200);
    stage.calm();
    problem(
        &enrol_with(&stage, "another-key-of-a-run", "2030-01-08", &clock("UTC", "18:00")),
        409,
        "already-enrolled",
    );
}

#[test]
fn thresholds_that_are_set_while_a_run_ends_are_kept() {
    // At each of the sweep's writes in turn, the last of which takes the run out of what the person is at.
    for nth in 0.. {
        let stage = stage();
        enrol(&stage, "2030-01-07");
        thresholds(&stage, 100);
        stage.pass(DAY * 365);
        let (other, entered) = (Arc::downgrade(&stage), Arc::new(AtomicUsize::new(0)));
        let seen = entered.clone();
        stage.interfere(move |call| {
            if call.function == "sweep-enrolments" && writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                thresholds(&other.upgrade().unwrap(), 200);
            }
            Fate::Answered
        });
        sweep(&stage);
        stage.calm();
        if entered.load(Ordering::Relaxed) <= nth {
            assert!(nth > 3, "a run of many weeks takes some writes");
            break;
        }
        hear(&stage, &ride(1, "2031-01-07T05:00:00Z"), 1);
        assert_eq!(load(&stage, "2031-01-07"), 1000, "at write {nth}");
    }
}

#[test]
fn a_run_begins_today_or_within_a_year_by_the_persons_clock() {
    // In Auckland it is the 8th already.
    let stage = stage_at("2030-01-07T12:00:00Z", "hold");
    let auckland = clock("Pacific/Auckland", "18:00");
    problem(&enrol_with(&stage, "yesterday-in-auckland", "2030-01-07", &auckland), 422, "bad-start");
    problem(&enrol_with(&stage, "in-more-than-a-year-from", "2031-01-10", &auckland), 422, "bad-start");
    problem(
        &enrol_with(&stage, "not-a-zone-of-the-world", "2030-01-08", &clock("Mars/Olympus", "18:00")),
        400,
        "invalid-body",
    );
    problem(&enrol_with(&stage, "not-a-day-in-any-year-at", "2030-02-29", &auckland), 400, "invalid-body");
    let body = json!({"programme": ProgrammeId::from_bits(9), "start": "2030-01-08", "clock": auckland});
    problem(
        &stage.ask("enrol").by(&athlete()).key("no-such-programme-here").send(&body),
        422,
        "no-such-programme",
    );
    let early = enrol_with(&stage, "before-midnight-it-would", "2030-01-08", &clock("Pacific/Auckland", "00:59"));
    assert_eq!(problem(&early, 422, "reminder-too-early")["most"], 59);
    assert_eq!(enrol_with(&stage, "today-in-auckland-it-is", "2030-01-08", &auckland).status_code, 201);
}

#[test]
fn a_leap_day_is_a_day() {
    let stage = stage_at("2032-02-23T06:00:00Z", "hold");
    enrol(&stage, "2032-02-27");
    assert_eq!(calendar(&stage, "2032-02-27", "2032-03-01"), ["2032-02-27 1 1 planned", "2032-02-29 1 2 planned"]);
}

#[test]
fn a_person_is_reminded_once_an_hour_before() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    kinds(&stage);
    // 18:00 in Berlin is 17:00 in UTC.
    go_to(&stage, "2030-01-07T15:59:59Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), [""; 0]);
    go_to(&stage, "2030-01-07T16:00:00Z");
    sweep(&stage);
    sweep(&stage);
    stage.settle().unwrap();
    let told = published(&stage).concat();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"]["begins_at"], "2030-01-07T17:00:00.000Z");
    assert_eq!(told[0]["data"]["title"], "Тренировка 1 🚴");
}

#[test]
fn a_reminder_that_was_missed_is_made_up_for_until_the_session_begins() {
    for (swept, told) in [
        ("2030-01-07T16:59:00Z", 1),
        ("2030-01-07T17:00:00Z", 0),
        ("2030-01-08T09:00:00Z", 0),
    ] {
        let stage = stage();
        enrol(&stage, "2030-01-07");
        kinds(&stage);
        go_to(&stage, swept);
        sweep(&stage);
        assert_eq!(kinds(&stage).len(), told, "{swept}");
        sweep(&stage);
        assert_eq!(kinds(&stage).len(), 0, "{swept}");
    }
}

#[test]
fn two_sweeps_at_once_remind_once() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    kinds(&stage);
    go_to(&stage, "2030-01-07T16:30:00Z");
    meanwhile(&stage, |stage| assert!(stage.start("sweep-enrolments")));
    sweep(&stage);
    stage.calm();
    assert_eq!(kinds(&stage), ["session-due"]);
}

/// In Berlin clocks go forward on the 31st of March 2030 at 2:00, and back on the 27th of October at 3:00.
#[test]
fn sessions_begin_by_the_clock_on_the_wall_when_clocks_are_changed() {
    for (start, at, begins) in [
        ("2030-03-30", "18:00", "2030-03-30T17:00:00.000Z"),
        ("2030-03-31", "18:00", "2030-03-31T16:00:00.000Z"),
        ("2030-03-31", "02:30", "2030-03-31T01:30:00.000Z"),
        ("2030-10-27", "02:30", "2030-10-27T00:30:00.000Z"),
    ] {
        let stage = stage();
        assert_eq!(enrol_with(&stage, "the-key-of-this-run", start, &clock("Europe/Berlin", at)).status_code, 201);
        let answer = stage.ask("get-calendar").by(&athlete()).query(&format!("from={start}&to={start}")).get();
        assert_eq!(good(&answer)["sessions"][0]["begins_at"], begins, "{start} {at}");
    }
}

#[test]
fn who_moves_to_another_time_zone_is_reminded_by_the_new_clock() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    kinds(&stage);
    let set = |clock: &Value| stage.ask("set-training-clock").by(&athlete()).at(id).send(clock);
    problem(&set(&clock("America/New_York", "00:30")), 422, "reminder-too-early");
    assert_eq!(set(&clock("America/New_York", "18:00")).status_code, 204);
    assert_eq!(set(&clock("America/New_York", "18:00")).status_code, 204);
    go_to(&stage, "2030-01-07T16:30:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), [""; 0], "it is half past eleven there");
    go_to(&stage, "2030-01-07T22:00:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), ["session-due"]);
    // Back again: what was reminded of is not reminded of again, though it lies ahead once more.
    assert_eq!(set(&clock("Pacific/Honolulu", "18:00")).status_code, 204);
    go_to(&stage, "2030-01-08T03:30:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), [""; 0]);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-08"), ["2030-01-07 1 1 planned"], "sessions keep their days");
    stage.ask("leave-programme").by(&athlete()).at(id).get();
    problem(&set(&clock("UTC", "18:00")), 409, "programme-ended");
}

#[test]
fn a_week_of_which_too_little_was_done_comes_again_twice_at_most() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    go_to(&stage, "2030-01-14T00:00:00Z");
    sweep(&stage);
    assert_eq!(
        calendar(&stage, "2030-01-07", "2030-01-16"),
        [
            "2030-01-07 1 1 missed",
            "2030-01-09 1 2 missed",
            "2030-01-14 2 1 planned",
            "2030-01-16 2 2 planned",
        ]
    );
    let minutes = |stage: &Stage, day: &str| {
        let answer = stage.ask("get-calendar").by(&athlete()).query(&format!("from={day}&to={day}")).get();
        good(&answer)["sessions"][0]["minutes"].clone()
    };
    assert_eq!(minutes(&stage, "2030-01-14"), 60, "it comes again as it was");
    assert_eq!(minutes(&stage, "2030-01-21"), 66, "the next one will be a level higher");
    assert_eq!(minutes(&stage, "2030-01-28"), 72);
    assert_eq!(calendar(&stage, "2030-02-04", "2030-02-28"), [""; 0], "four weeks are known of");
    hear(&stage, &ride(1, "2030-01-14T17:00:00Z"), 1);
    go_to(&stage, "2030-01-21T00:00:00Z");
    sweep(&stage);
    assert_eq!(minutes(&stage, "2030-01-21"), 66, "half of it is enough");
}

#[test]
fn a_run_that_nobody_looked_after_for_a_year_is_judged_week_by_week() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    kinds(&stage);
    stage.pass(DAY * 365);
    sweep(&stage);
    assert_eq!(kinds(&stage), ["programme-completed"], "three weeks, each three times, and no reminder of the past");
    assert_eq!(calendar(&stage, "2030-01-07", "2030-03-31").len(), 18);
    sweep(&stage);
    assert_eq!(kinds(&stage), [""; 0]);
    let me = good(&stage.ask("get-athlete").by(&athlete()).get());
    assert_eq!(me["active"], json!([]));
    let again = enrol_with(&stage, "once-more-with-feeling", "2031-01-08", &clock("UTC", "18:00"));
    assert_eq!(again.status_code, 201, "{}", again.body);
}

#[test]
fn where_the_level_holds_the_next_week_comes() {
    let stage = stage_at("2030-01-07T06:00:00Z", "hold");
    enrol(&stage, "2030-01-07");
    go_to(&stage, "2030-01-14T00:00:00Z");
    sweep(&stage);
    let answer = stage.ask("get-calendar").by(&athlete()).query("from=2030-01-14&to=2030-02-28").get();
    let told = good(&answer);
    assert_eq!(told["sessions"].as_array().unwrap().len(), 4, "two weeks are left");
    assert_eq!((&told["sessions"][0]["minutes"], &told["sessions"][2]["minutes"]), (&json!(60), &json!(66)));
    assert_eq!(told["sessions"][2]["exercises"][0]["repetitions"], 11);
}

#[test]
fn a_session_is_left_out_once_and_not_reminded_of() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    kinds(&stage);
    assert_eq!(good(&skip(&stage, id, 1, 1))["state"], "skipped");
    assert_eq!(good(&skip(&stage, id, 1, 1))["state"], "skipped");
    assert_eq!(kinds(&stage), ["workout-skipped"]);
    go_to(&stage, "2030-01-07T16:30:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), [""; 0]);
    assert_eq!(problem(&skip(&stage, id, 2, 1), 409, "other-week")["present"], 1);
    problem(&skip(&stage, id, 1, 3), 422, "no-such-session");
    problem(&skip(&stage, EnrolmentId::from_bits(9), 1, 1), 404, "not-found");
    // A ride of that day is a workout of its own.
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 skipped"]);
}

#[test]
fn what_was_done_cannot_be_left_out_or_moved() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    hear(&stage, &ride(1, "2030-01-07T17:00:00Z"), 1);
    problem(&skip(&stage, id, 1, 1), 409, "session-completed");
    problem(&shift(&stage, id, 1, "2030-01-08"), 409, "session-completed");
    assert_eq!(calendar(&stage, "2030-01-07", "2030-01-07"), ["2030-01-07 1 1 completed"]);
}

#[test]
fn a_session_moves_within_its_week_and_is_reminded_of_there() {
    let stage = stage();
    let id = enrol(&stage, "2030-01-07");
    kinds(&stage);
    problem(&shift(&stage, id, 1, "2030-01-06"), 422, "bad-day");
    problem(&shift(&stage, id, 1, "2030-01-14"), 422, "bad-day");
    assert_eq!(good(&shift(&stage, id, 2, "2030-01-08"))["day"], "2030-01-08");
    assert_eq!(good(&shift(&stage, id, 2, "2030-01-08"))["day"], "2030-01-08");
    go_to(&stage, "2030-01-08T16:30:00Z");
    sweep(&stage);
    assert_eq!(kinds(&stage), ["session-due"], "the first one began long ago");
    problem(&shift(&stage, id, 2, "2030-01-07"), 422, "bad-day");
}

#[test]
fn the_third_programme_is_the_last_at_a_time() {
    let stage = stage();
    for n in 1..=4 {
        let id = ProgrammeId::from_bits(n);
        good(&stage.ask("set-programme").by(&crate::support::editor()).at(id).send(&crate::support::plan("hold")));
        let body = json!({"programme": id, "start": "2030-01-07", "clock": clock("UTC", "18:00")});
        let answer = stage.ask("enrol").by(&athlete()).key(&format!("the-key-of-programme-{n}")).send(&body);
        match n {
            4 => drop(problem(&answer, 409, "too-many-programmes")),
            _ => assert_eq!(answer.status_code, 201),
        }
    }
}

#[test]
fn a_calendar_has_an_end() {
    let stage = stage();
    enrol(&stage, "2030-01-07");
    let ask = |query: &str| stage.ask("get-calendar").by(&athlete()).query(query).get();
    problem(&ask("from=2030-01-07&to=2030-01-06"), 422, "bad-range");
    problem(&ask("from=2000-01-01&to=2199-12-31"), 422, "bad-range");
    problem(&ask("from=2030-01-07"), 400, "invalid-query");
    assert_eq!(good(&ask("from=2199-10-01&to=2199-12-31"))["sessions"], json!([]));
    assert_eq!(good(&ask("from=2000-01-01&to=2000-01-01"))["sessions"], json!([]));
}
