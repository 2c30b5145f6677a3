//! `sweep-service-requests`.

use crate::support::{
    STATES, Said, announced, first_write, kinds, meanwhile, request, request_in, say, stored, town, wish, writes,
};
use local::faults::Fate;
use local::stage::Stage;
use serde_json::json;
use services::life::{OVERDUE, STUCK};
use services::request::State;
use std::sync::Arc;
use std::time::Duration;

fn sweep(stage: &Stage) -> Vec<String> {
    assert!(stage.start("sweep-service-requests"), "{:?}", stage.log().last());
    kinds(stage)
}

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn what_nobody_answered_is_announced_again_and_the_second_sweep_is_silent() {
    for (from, kind) in [
        (State::Requested, "services.service-requested.v1"),
        (State::Cancelling, "services.request-cancelled.v1"),
    ] {
        let (stage, id) = request_in(from);
        stage.pass(OVERDUE - Duration::from_millis(1));
        assert!(sweep(&stage).is_empty(), "{from:?}: an answer may still come");
        stage.pass(Duration::from_millis(1));
        assert_eq!(sweep(&stage), [kind]);
        stage.calls();
        assert!(sweep(&stage).is_empty());
        assert!(!stage.calls().iter().any(writes), "the second time nothing is to be done");
        assert_eq!(stored(&stage, id).told_again_at, Some(stage.now()));
        stage.pass(DAY);
        assert_eq!(sweep(&stage), [kind], "a day later it is still unanswered");
        stage.pass(2 * STUCK);
        assert!(sweep(&stage).is_empty(), "and in the end it is for people");
        assert!(stage.log().iter().any(|line| line.contains("a request does not end")));
    }
}

#[test]
fn what_is_announced_again_says_the_same_under_an_id_of_its_own() {
    let (stage, service) = town();
    request(&stage, "the-key-that-made-it", &wish(&stage, service));
    let first = announced(&stage).remove(0);
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-service-requests"));
    let again = announced(&stage).remove(0);
    assert_eq!(again["data"], first["data"]);
    assert_ne!(again["id"], first["id"]);
}

#[test]
fn a_request_that_matching_knows_is_not_announced_again() {
    for said in [Said::Waiting, Said::Withdrawn(1)] {
        let (stage, id) = request_in(State::Requested);
        assert!(say(&stage, id, said));
        stage.pass(DAY);
        assert!(sweep(&stage).is_empty(), "{said:?}");
    }
}

#[test]
fn a_request_that_waits_for_nothing_here_stays_as_it_is() {
    for from in STATES {
        if [State::Requested, State::Cancelling].contains(&from) {
            continue;
        }
        let (stage, id) = request_in(from);
        let before = stored(&stage, id);
        stage.pass(366 * DAY);
        assert!(sweep(&stage).is_empty(), "{from:?}");
        assert_eq!(stored(&stage, id), before);
        let told = stage.log().iter().any(|line| line.contains("a request does not end"));
        assert_eq!(told, from.is_open(), "{from:?}: what ought to have ended is told to people");
    }
}

#[test]
fn an_answer_at_the_same_moment_wins() {
    let (stage, id) = request_in(State::Requested);
    let stage = Arc::new(stage);
    stage.pass(OVERDUE);
    meanwhile(&stage, move |stage| assert!(say(stage, id, Said::Matched(1))));
    assert!(sweep(&stage).is_empty());
    stage.calm();
    assert_eq!(stored(&stage, id).told_again_at, None);
}

#[test]
fn a_request_that_cannot_be_moved_does_not_keep_the_others_waiting() {
    let (stage, service) = town();
    let made: Vec<_> = (0..250)
        .map(|n| request(&stage, &format!("the-key-of-request-{n}"), &wish(&stage, service)))
        .collect();
    kinds(&stage);
    stage.pass(OVERDUE);
    let stuck = made[7].to_string();
    stage.interfere(move |call| {
        let is_its = writes(call) && String::from_utf8_lossy(&call.body).contains(&stuck);
        if is_its { Fate::NeverSent } else { Fate::Answered }
    });
    assert!(!stage.start("sweep-service-requests"), "the clock and people are told");
    assert_eq!(announced(&stage).len(), 249);
    stage.calm();
    assert!(stage.start("sweep-service-requests"));
    let left = announced(&stage);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["subject"], json!(made[7]));
}

#[test]
fn a_lost_reply_of_the_table_announces_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, _) = request_in(State::Requested);
        stage.pass(OVERDUE);
        first_write(&stage, fate);
        assert_eq!(sweep(&stage), ["services.service-requested.v1"]);
    }
}
