//! `cancel-job`.

use crate::support::{
    HOUR, MINUTE, STATES, Said, announced, client, course, first_write, good, job_id, job_in, kinds, meanwhile, noon,
    price, ready, request, say, start, state, stored, town, wait_until, worker, writes,
};
use contracts::matching::MatchEnd;
use contracts::services::RequestCancelled;
use jobs::job::State;
use kernel::ServiceId;
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use serde_json::json;
use std::sync::Arc;

#[test]
fn the_clients_cancellation_of_this_very_match_is_settled() {
    let stage = job_in(State::Assigned);
    stage.pass(MINUTE);
    assert!(say(&stage, Said::Cancelled(Some(1))));
    assert_eq!(state(&stage, 1), Some(State::Cancelled));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "jobs.job-cancelled.v1");
    assert_eq!(
        events[0]["data"],
        json!({
            "job": job_id(1), "request": request(), "attempt": 1, "client": client(), "worker": worker().account,
            "service": ServiceId::from_bits(10), "price": price(), "ended_at": stage.now(),
        })
    );
    assert!(say(&stage, Said::Cancelled(Some(1))), "again");
    assert!(say(&stage, Said::Ended(1, MatchEnd::ClientCancelled)));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_client_who_was_told_that_it_costs_nothing_pays_nothing() {
    let stage = job_in(State::Assigned);
    assert!(say(&stage, Said::Cancelled(None)));
    assert_eq!(state(&stage, 1), Some(State::Closed));
    assert_eq!(kinds(&stage), ["jobs.job-closed.v1"], "who provides for the job is told");

    let stage = town();
    assert!(say(&stage, Said::Cancelled(None)));
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!(state(&stage, 1), None, "the match came late");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_cancellation_that_overtakes_its_match_waits_for_it() {
    let stage = town();
    assert!(say(&stage, Said::Cancelled(Some(1))));
    assert!(kinds(&stage).is_empty());
    stage.pass(MINUTE);
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!(state(&stage, 1), Some(State::Cancelled));
    assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
}

#[test]
fn a_client_whose_worker_had_gone_is_released() {
    for from in [State::Withdrawn, State::Closed] {
        let stage = job_in(from);
        assert!(say(&stage, Said::Cancelled(Some(1))));
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["type"], "jobs.request-released.v1");
        assert_eq!(events[0]["data"], json!({ "request": request(), "client": client() }));
        assert!(say(&stage, Said::Cancelled(Some(1))));
        assert!(say(&stage, Said::Matched(2)), "matching had not heard of it yet");
        assert_eq!(state(&stage, 2), None);
        assert!(kinds(&stage).is_empty());
    }
}

#[test]
fn a_match_that_the_client_never_knew_of_is_not_paid() {
    let stage = job_in(State::Assigned);
    assert!(say(&stage, Said::Matched(2)));
    kinds(&stage);
    assert!(say(&stage, Said::Cancelled(Some(1))));
    assert_eq!((state(&stage, 1), state(&stage, 2)), (Some(State::Closed), Some(State::Closed)));
    assert_eq!(kinds(&stage), ["jobs.job-closed.v1", "jobs.request-released.v1"]);
}

#[test]
fn a_match_that_ends_closes_its_job_which_is_announced_once() {
    for end in [MatchEnd::Rematched, MatchEnd::WorkerWithdrew] {
        let stage = job_in(State::Assigned);
        for _ in 0..2 {
            assert!(say(&stage, Said::Ended(1, end)));
        }
        assert_eq!(state(&stage, 1), Some(State::Closed));
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["type"], "jobs.job-closed.v1");
        let data = json!({ "job": job_id(1), "request": request(), "attempt": 1, "worker": worker().account });
        assert_eq!(events[0]["data"], data);
    }
    let stage = town();
    assert!(say(&stage, Said::Ended(1, MatchEnd::Rematched)));
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!(state(&stage, 1), None, "it had ended before it was heard of");
    assert_eq!(course(&stage).unwrap().last, 1);
}

#[test]
fn of_a_match_that_the_client_ended_the_clients_own_word_is_waited_for() {
    let stage = job_in(State::Assigned);
    assert!(say(&stage, Said::Ended(1, MatchEnd::ClientCancelled)));
    assert_eq!(state(&stage, 1), Some(State::Assigned));
    let stage = town();
    assert!(say(&stage, Said::Ended(1, MatchEnd::ClientCancelled)));
    assert!(say(&stage, Said::Cancelled(Some(1))));
    assert!(say(&stage, Said::Matched(1)));
    assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
}

#[test]
fn what_has_begun_or_ended_stays_as_it_is() {
    for from in STATES {
        if [State::Assigned, State::Withdrawn, State::Closed].contains(&from) {
            continue;
        }
        let stage = job_in(from);
        let before = stored(&stage, 1);
        stage.calls();
        for said in [
            Said::Cancelled(Some(1)),
            Said::Cancelled(None),
            Said::Ended(1, MatchEnd::Rematched),
            Said::Ended(2, MatchEnd::Rematched),
        ] {
            assert!(say(&stage, said));
        }
        assert!(!stage.calls().iter().any(writes), "{from:?}");
        assert_eq!(stored(&stage, 1), before);
    }
}

#[test]
fn a_start_at_the_same_moment_is_decided_by_what_is_written_first() {
    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| good(&start(stage, "a-key-to-start-with")));
    assert!(say(&stage, Said::Cancelled(Some(1))));
    stage.calm();
    assert_eq!(state(&stage, 1), Some(State::Started));
    assert_eq!(kinds(&stage), ["jobs.job-started.v1"]);

    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(1)))));
    assert_eq!(start(&stage, "a-key-to-start-with").status_code, 409);
    stage.calm();
    assert_eq!(state(&stage, 1), Some(State::Cancelled));
    assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
}

#[test]
fn the_clock_at_the_same_moment_is_decided_by_what_is_written_first() {
    let stage = Arc::new(job_in(State::Assigned));
    wait_until(&stage, noon().after(HOUR));
    meanwhile(&stage, |stage| assert!(stage.start("close-missed-jobs")));
    assert!(say(&stage, Said::Cancelled(Some(1))));
    stage.calm();
    assert_eq!(state(&stage, 1), Some(State::Missed));
    assert_eq!(kinds(&stage), ["jobs.job-missed.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_settles_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = job_in(State::Assigned);
        first_write(&stage, fate);
        assert!(say(&stage, Said::Cancelled(Some(1))));
        assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
    }
}

#[test]
fn what_is_no_event_of_these_is_reported() {
    let stage = town();
    let good = RequestCancelled { request: request(), client: client(), attempt: Some(1) };
    reports_only_what_it_cannot_read(&stage, "cancel-job", &event(&stage, &good, 1, 1));
}
