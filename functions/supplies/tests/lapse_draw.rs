//! `lapse-draw`.

use crate::support::{
    KEY, announced, cancelled, closed, created, depot, draw, empty, interfere, issue, kinds, known_job, meanwhile,
    missed, request, requested, shelves, withdrawn, writes,
};
use local::faults::Fate;
use local::testing::{problem, reports_only_what_it_cannot_read};
use std::sync::Arc;
use supplies::draw::State;

#[test]
fn whatever_ends_a_job_ends_its_open_request() {
    for ending in [cancelled, withdrawn, closed, missed] {
        let stage = depot();
        let id = requested(&stage, 1, KEY);
        for _ in 0..2 {
            assert!(stage.deliver("lapse-draw", &ending(&stage, 1)));
        }
        assert_eq!(draw(&stage, id).state, State::Lapsed);
        assert!(known_job(&stage, 1).unwrap().ended);
        assert!(announced(&stage).is_empty(), "who ended the job knows");
        problem(&request(&stage, 1, "another-key-of-the-worker"), 409, "job-ended");
    }
}

#[test]
fn what_was_issued_stays_issued() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    assert_eq!((draw(&stage, id).state, shelves(&stage)), (State::Issued, (8, 7)));
}

#[test]
fn an_end_that_overtakes_its_job_is_noted_and_does_not_wait_for_it() {
    let stage = depot();
    let end = cancelled(&stage, 3);
    for _ in 0..2 {
        assert!(
            stage.deliver("lapse-draw", &end),
            "a job that was cancelled before its match arrived is never created"
        );
    }
    assert!(known_job(&stage, 3).unwrap().ended);
    assert!(stage.deliver("keep-job", &created(&stage, 3)));
    assert!(known_job(&stage, 3).unwrap().ended);
    assert!(announced(&stage).is_empty(), "nobody may start it");
    problem(&request(&stage, 3, KEY), 409, "job-ended");
}

#[test]
fn an_end_and_its_job_at_the_same_time_both_count() {
    let stage = Arc::new(empty());
    meanwhile(&stage, |stage| assert!(stage.deliver("keep-job", &created(stage, 1))));
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    assert!(known_job(&stage, 1).unwrap().ended);
}

#[test]
fn a_request_that_is_made_at_that_moment_lapses_too() {
    let stage = Arc::new(depot());
    meanwhile(&stage, |stage| {
        requested(stage, 1, KEY);
    });
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    let id = known_job(&stage, 1).unwrap().draw.unwrap();
    assert_eq!(draw(&stage, id).state, State::Lapsed);
}

#[test]
fn what_is_issued_at_that_moment_stays_issued() {
    let stage = Arc::new(depot());
    let id = requested(&stage, 1, KEY);
    meanwhile(&stage, move |stage| assert_eq!(issue(stage, id).status_code, 200));
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    assert_eq!((draw(&stage, id).state, shelves(&stage)), (State::Issued, (8, 7)));
    assert!(known_job(&stage, 1).unwrap().ended);
}

#[test]
fn a_lost_reply_is_made_up_for() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = depot();
        let id = requested(&stage, 1, KEY);
        interfere(&stage, usize::MAX, fate, writes);
        assert!(!stage.deliver("lapse-draw", &cancelled(&stage, 1)));
        stage.calm();
        assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
        assert_eq!(draw(&stage, id).state, State::Lapsed);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = depot();
    reports_only_what_it_cannot_read(&stage, "lapse-draw", &withdrawn(&stage, 1));
}
