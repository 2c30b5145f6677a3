//! `sweep-draws`.

use crate::support::{
    AHEAD, HOUR, KEY, created, created_at, depot, draw, interfere, issue, known_job, requested, writes,
};
use local::faults::Fate;
use supplies::draw::{GRACE, State};

#[test]
fn a_request_whose_job_should_have_begun_a_day_ago_lapses() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    stage.pass(AHEAD + GRACE - HOUR);
    assert!(stage.start("sweep-draws"));
    assert_eq!(draw(&stage, id).state, State::Requested, "there is still time");
    stage.pass(HOUR);
    assert!(stage.start("sweep-draws"));
    assert!(stage.start("sweep-draws"));
    assert_eq!(draw(&stage, id).state, State::Lapsed);
    assert!(known_job(&stage, 1).unwrap().ended);
}

#[test]
fn what_is_settled_is_not_looked_at() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    stage.pass(AHEAD + 2 * GRACE);
    stage.calls();
    assert!(stage.start("sweep-draws"));
    assert_eq!(stage.calls().len(), 1, "an empty list");
    assert_eq!(draw(&stage, id).state, State::Issued);
}

#[test]
fn one_that_cannot_be_ended_holds_up_no_other() {
    let stage = depot();
    let jobs = 2..63;
    let ids: Vec<_> = jobs
        .map(|n| {
            let from = stage.now().after(HOUR);
            let created = if n % 2 == 0 { created_at(&stage, n, from) } else { created(&stage, n) };
            assert!(stage.deliver("keep-job", &created));
            requested(&stage, n, KEY)
        })
        .collect();
    stage.pass(AHEAD + GRACE);
    interfere(&stage, 8, Fate::NeverSent, writes);
    assert!(!stage.start("sweep-draws"), "it reports what failed");
    let open = || ids.iter().filter(|id| draw(&stage, **id).state == State::Requested).count();
    assert!((1..8).contains(&open()), "{} are open", open());
    stage.calm();
    assert!(stage.start("sweep-draws"));
    assert_eq!(open(), 0);
}
