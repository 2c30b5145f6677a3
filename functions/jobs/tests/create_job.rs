//! `create-job`.

use crate::support::{
    MINUTE, Said, announced, client, course, first_write, found, found_for, job_id, job_in, kinds, meanwhile, noon,
    price, request, say, state, stored, tell, town, worker, writes,
};
use contracts::matching::MatchEnd;
use jobs::job::State;
use kernel::{RequestId, ServiceId};
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use serde_json::json;
use std::sync::Arc;

#[test]
fn a_match_becomes_a_job_by_one_write_and_is_announced() {
    let stage = town();
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    let job = stored(&stage, 1).unwrap();
    assert_eq!((job.state, job.due), (State::Assigned, Some(noon().after(30 * MINUTE))));
    assert_eq!((job.price, job.client), (price(), client()));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "jobs.job-created.v1");
    assert_eq!(
        events[0]["data"],
        json!({
            "job": job_id(1), "request": request(), "attempt": 1, "client": client(), "worker": worker().account,
            "service": ServiceId::from_bits(10), "from": noon(), "until": found(1).until,
        })
    );
}

#[test]
fn the_same_match_again_changes_nothing_however_far_its_job_is() {
    for from in crate::support::STATES {
        let stage = job_in(from);
        let before = (stored(&stage, 1), course(&stage));
        stage.calls();
        assert!(say(&stage, Said::Matched(1)));
        assert!(!stage.calls().iter().any(writes), "{from:?}");
        assert_eq!((stored(&stage, 1), course(&stage)), before);
    }
}

#[test]
fn a_later_match_takes_the_job_from_the_worker_before() {
    let stage = job_in(State::Assigned);
    assert!(say(&stage, Said::Matched(2)));
    assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(State::Closed), Some(State::Assigned)));
    assert_eq!(kinds(&stage), ["jobs.job-closed.v1", "jobs.job-created.v1"], "nothing is settled");
    assert!(say(&stage, Said::Ended(1, MatchEnd::Rematched)));
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(State::Closed), Some(State::Assigned)));
}

#[test]
fn once_a_job_began_or_was_settled_there_is_no_other() {
    for from in [
        State::Started,
        State::Completed,
        State::Failed,
        State::Missed,
        State::Cancelled,
    ] {
        let stage = job_in(from);
        assert!(say(&stage, Said::Matched(2)));
        assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(from), None));
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn after_a_withdrawal_somebody_else_gets_a_job() {
    for from in [State::Withdrawn, State::Closed] {
        let stage = job_in(from);
        assert!(say(&stage, Said::Matched(2)));
        assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(from), Some(State::Assigned)));
    }
}

#[test]
fn jobs_of_several_requests_do_not_meet() {
    let stage = job_in(State::Started);
    let other = found_for(RequestId::from_bits(12), 1, worker().account);
    assert!(tell(&stage, "create-job", &other));
    assert_eq!(kinds(&stage), ["jobs.job-created.v1"]);
    assert_eq!(state(&stage, 1), Some(State::Started));
}

#[test]
fn two_matches_at_once_leave_one_job_that_waits() {
    let stage = Arc::new(town());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Matched(1))));
    assert!(say(&stage, Said::Matched(2)));
    stage.calm();
    assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(State::Closed), Some(State::Assigned)));

    let stage = Arc::new(town());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Matched(2))));
    assert!(say(&stage, Said::Matched(1)));
    stage.calm();
    assert_eq!((state(&stage, 1), state(&stage, 2)), (None, Some(State::Assigned)));
}

#[test]
fn two_matches_at_once_after_a_withdrawal_leave_the_later_one() {
    let stage = Arc::new(job_in(State::Withdrawn));
    meanwhile(&stage, |stage| assert!(say(stage, Said::Matched(3))));
    assert!(say(&stage, Said::Matched(2)));
    stage.calm();
    assert_eq!((state(&stage, 2), state(&stage, 3)), (None, Some(State::Assigned)));
    assert_eq!(course(&stage).unwrap().open, Some(3));
}

#[test]
fn a_cancellation_at_the_same_moment_is_answered() {
    let stage = Arc::new(town());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(1)))));
    assert!(say(&stage, Said::Matched(1)));
    stage.calm();
    assert_eq!(state(&stage, 1), Some(State::Cancelled));
    assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
}

#[test]
fn lost_replies_and_deliveries_at_once_create_one_job() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = town();
        first_write(&stage, fate);
        assert!(say(&stage, Said::Matched(1)));
        assert_eq!(kinds(&stage), ["jobs.job-created.v1"]);
    }
    let stage = Arc::new(town());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Matched(1))));
    assert!(say(&stage, Said::Matched(1)));
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-created.v1"]);
}

#[test]
fn what_is_no_match_is_reported() {
    let stage = town();
    reports_only_what_it_cannot_read(&stage, "create-job", &event(&stage, &found(1), 1, 1));
}
