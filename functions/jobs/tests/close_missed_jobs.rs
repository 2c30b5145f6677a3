//! `close-missed-jobs`.

use crate::support::{
    HOUR, MINUTE, Said, announced, course, first_write, found_for, good, job_id, job_in, kinds, meanwhile, noon, ready,
    request, say, start, state, stored, tell, town, wait_until, worker, writes,
};
use jobs::job::State;
use kernel::RequestId;
use local::faults::Fate;
use local::stage::Stage;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

fn sweep(stage: &Stage) -> Vec<String> {
    assert!(stage.start("close-missed-jobs"), "{:?}", stage.log().last());
    kinds(stage)
}

const MOMENT: Duration = Duration::from_millis(1);

#[test]
fn who_does_not_come_is_found_half_an_hour_later_and_once() {
    let stage = job_in(State::Assigned);
    wait_until(&stage, kernel::Timestamp::from_millis(noon().after(30 * MINUTE).as_millis() - 1));
    assert!(sweep(&stage).is_empty());
    stage.pass(MOMENT);
    assert!(stage.start("close-missed-jobs"));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "jobs.job-missed.v1");
    assert_eq!(events[0]["data"]["ended_at"], json!(stage.now()));
    assert_eq!(state(&stage, 1), Some(State::Missed));
    stage.calls();
    assert!(sweep(&stage).is_empty());
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_was_started_and_never_finished_has_failed_a_day_later() {
    let stage = job_in(State::Started);
    let due = noon().after(HOUR).after(24 * HOUR);
    wait_until(&stage, kernel::Timestamp::from_millis(due.as_millis() - 1));
    assert!(sweep(&stage).is_empty());
    stage.pass(MOMENT);
    assert_eq!(sweep(&stage), ["jobs.job-failed.v1"]);
    assert_eq!(state(&stage, 1), Some(State::Failed));
}

#[test]
fn what_has_ended_is_not_due() {
    for from in crate::support::STATES {
        if [State::Assigned, State::Started].contains(&from) {
            continue;
        }
        let stage = job_in(from);
        let before = stored(&stage, 1);
        stage.pass(Duration::from_secs(366 * 86_400));
        stage.calls();
        assert!(sweep(&stage).is_empty(), "{from:?}");
        assert_eq!(stored(&stage, 1), before);
    }
}

#[test]
fn a_start_at_the_same_moment_is_decided_by_what_is_written_first() {
    let stage = Arc::new(ready());
    wait_until(&stage, noon().after(29 * MINUTE));
    let due = noon().after(30 * MINUTE);
    meanwhile(&stage, move |stage| {
        // The clock comes while the start is being written.
        wait_until(stage, due);
        assert!(stage.start("close-missed-jobs"));
    });
    assert_eq!(start(&stage, "a-key-to-start-with").status_code, 409);
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-missed.v1"]);

    let stage = Arc::new(ready());
    wait_until(&stage, noon().after(29 * MINUTE));
    good(&start(&stage, "a-key-to-start-with"));
    wait_until(&stage, due);
    assert_eq!(sweep(&stage), ["jobs.job-started.v1"]);
}

#[test]
fn all_that_is_due_is_found_and_one_that_cannot_be_moved_keeps_nobody_waiting() {
    let stage = town();
    for n in 0..120 {
        assert!(tell(&stage, "create-job", &found_for(RequestId::from_bits(100 + n), 1, worker().account)));
    }
    kinds(&stage);
    wait_until(&stage, noon().after(HOUR));
    let stuck = jobs::job::id_of(RequestId::from_bits(107), 1).to_string();
    stage.interfere(move |call| {
        let is_its = writes(call) && String::from_utf8_lossy(&call.body).contains(&stuck);
        if is_its { Fate::NeverSent } else { Fate::Answered }
    });
    assert!(!stage.start("close-missed-jobs"), "the clock and people are told");
    assert_eq!(kinds(&stage).len(), 119);
    stage.calm();
    assert_eq!(sweep(&stage), ["jobs.job-missed.v1"], "the next one makes up for it");
}

#[test]
fn two_sweeps_at_once_and_lost_replies_end_it_once() {
    let stage = Arc::new(job_in(State::Assigned));
    wait_until(&stage, noon().after(HOUR));
    meanwhile(&stage, |stage| assert!(stage.start("close-missed-jobs")));
    assert_eq!(sweep(&stage), ["jobs.job-missed.v1"]);
    stage.calm();
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = job_in(State::Assigned);
        wait_until(&stage, noon().after(HOUR));
        first_write(&stage, fate);
        assert_eq!(sweep(&stage), ["jobs.job-missed.v1"]);
    }
}

#[test]
fn a_cancellation_that_waits_for_a_later_match_is_not_forgotten_at_the_end() {
    let stage = Arc::new(job_in(State::Assigned));
    wait_until(&stage, noon().after(HOUR));
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(2)))));
    sweep(&stage);
    stage.calm();
    assert!(course(&stage).unwrap().cancelled.is_some());
}

#[test]
fn after_a_no_show_nobody_else_gets_a_job_of_it() {
    let stage = job_in(State::Missed);
    assert!(say(&stage, Said::Matched(2)));
    assert!(say(&stage, Said::Cancelled(Some(1))));
    assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(State::Missed), None));
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, 1).unwrap().request, request());
    assert_eq!(stored(&stage, 1).unwrap().id, job_id(1));
}
