//! `start-job`.

use crate::support::{
    HOUR, KEY, MINUTE, NO_JOBS, STATES, Said, announced, client, colleague, course, first_write, good, job_id, job_in,
    kinds, meanwhile, noon, photo, ready, request, say, start, state, step, stored, wait_until, worker, writes,
};
use jobs::job::State;
use kernel::{PhotoId, Role};
use local::faults::Fate;
use local::testing::{only_for, problem};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

#[test]
fn only_workers_start_jobs() {
    let stage = ready();
    stage.calls();
    only_for(Role::Worker, || stage.ask("start-job").key(KEY).at(job_id(1)));
}

#[test]
fn a_job_begins_with_a_photo_and_is_announced() {
    let stage = ready();
    let photo = photo(&stage, "a-photo-of-the-place");
    stage.calls();
    let answer = step(&stage, "start-job", KEY, &json!({ "photo": photo, "confirmed": true }));
    good(&answer);
    assert_eq!(answer.json(), json!({ "id": job_id(1), "state": "started", "at": stage.now() }));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    let job = stored(&stage, 1).unwrap();
    assert_eq!((job.start_photo, job.due), (Some(photo), Some(job.until.after(24 * HOUR))));
    assert!(course(&stage).unwrap().settled);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(
        events[0]["data"],
        json!({
            "job": job_id(1), "request": request(), "attempt": 1, "client": client(), "worker": worker().account,
        })
    );
}

#[test]
fn the_same_start_again_gets_the_same_reply_however_far_the_job_is() {
    let stage = ready();
    let first = start(&stage, KEY);
    good(&first);
    stage.pass(MINUTE);
    assert_eq!(start(&stage, KEY).body, first.body);
    good(&step(&stage, "fail-job", KEY, &json!({ "reason": "No ladder" })));
    assert_eq!(start_again(&stage).body, first.body);
    assert_eq!(kinds(&stage), ["jobs.job-failed.v1", "jobs.job-started.v1"]);
    let other = step(&stage, "start-job", KEY, &json!({ "photo": PhotoId::from_bits(1), "confirmed": true }));
    problem(&other, 422, "idempotency-key-reused");
}

/// The start of [`start`], sent again when there is nothing to photograph any more.
fn start_again(stage: &local::stage::Stage) -> local::trigger::HttpResponse {
    let photo = stored(stage, 1).unwrap().start_photo;
    step(stage, "start-job", KEY, &json!({ "photo": photo, "confirmed": true }))
}

#[test]
fn a_job_is_started_from_half_an_hour_before_until_half_an_hour_after_its_time() {
    let at = |minutes: i64| {
        let stage = job_in(State::Assigned);
        assert!(say(&stage, Said::NotNeeded(1)));
        let moment = kernel::Timestamp::from_millis(noon().as_millis() + minutes * 60_000);
        wait_until(&stage, moment);
        start(&stage, KEY)
    };
    let early = problem(&at(-31), 409, "too-early");
    assert_eq!(early["from"], json!(kernel::Timestamp::from_millis(noon().as_millis() - 30 * 60_000)));
    good(&at(-30));
    good(&at(29));
    problem(&at(30), 409, "too-late");
}

#[test]
fn the_times_are_the_deployments() {
    let stage = crate::support::town();
    stage.set("START_MINUTES", "5 10");
    assert!(say(&stage, Said::Matched(1)));
    assert!(say(&stage, Said::NotNeeded(1)));
    wait_until(&stage, kernel::Timestamp::from_millis(noon().as_millis() - 6 * 60_000));
    problem(&start(&stage, KEY), 409, "too-early");
    wait_until(&stage, noon().after(10 * MINUTE));
    problem(&start(&stage, KEY), 409, "too-late");
}

#[test]
fn supplies_photo_and_confirmation_are_needed() {
    let stage = job_in(State::Assigned);
    wait_until(&stage, noon());
    problem(&start(&stage, KEY), 409, "supplies-missing");
    assert!(say(&stage, Said::Issued(1)));
    let missing = json!({ "photo": PhotoId::from_bits(7), "confirmed": true });
    problem(&step(&stage, "start-job", KEY, &missing), 422, "photo-missing");
    let unsure = json!({ "photo": photo(&stage, "a-photo-of-the-place"), "confirmed": false });
    problem(&step(&stage, "start-job", "another-key-than-before", &unsure), 422, "not-confirmed");
    assert_eq!(state(&stage, 1), Some(State::Assigned));
    good(&start(&stage, "the-third-key-that-is-used"));
}

#[test]
fn what_is_not_assigned_is_not_started() {
    for from in STATES.into_iter().filter(|state| *state != State::Assigned) {
        let stage = job_in(from);
        stage.calls();
        let body = json!({ "photo": PhotoId::from_bits(1), "confirmed": true });
        let refused = problem(&step(&stage, "start-job", "another-key-than-before", &body), 409, "not-startable");
        assert_eq!(refused["state"], serde_json::to_value(from).unwrap());
        assert!(!stage.calls().iter().any(writes));
    }
}

#[test]
fn what_is_not_the_callers_job_is_not_found() {
    let stage = ready();
    let body = json!({ "photo": photo(&stage, "a-photo-of-the-place"), "confirmed": true });
    let theirs = stage.ask("start-job").by(&colleague()).at(job_id(1)).key(KEY).send(&body);
    let nobodys = stage.ask("start-job").by(&worker()).at(job_id(7)).key(KEY).send(&body);
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json());
    for path in NO_JOBS {
        problem(&stage.ask("start-job").by(&worker()).at(path).key(KEY).send(&body), 404, "not-found");
    }
    for body in [
        json!({}),
        json!({ "photo": "x", "confirmed": true }),
        json!({ "confirmed": true }),
    ] {
        problem(&step(&stage, "start-job", KEY, &body), 400, "invalid-body");
    }
    problem(&stage.ask("start-job").by(&worker()).at(job_id(1)).send(&body), 400, "idempotency-key-missing");
    assert_eq!(state(&stage, 1), Some(State::Assigned));
}

#[test]
fn of_two_starts_at_once_one_is_made() {
    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| good(&start(stage, "the-key-of-the-faster-one")));
    problem(&start(&stage, KEY), 409, "not-startable");
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-started.v1"]);

    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| good(&start(stage, KEY)));
    good(&start(&stage, KEY));
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-started.v1"]);
}

#[test]
fn a_cancellation_that_waits_for_a_later_match_is_not_forgotten_at_the_start() {
    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(2)))));
    start(&stage, KEY);
    stage.calm();
    assert!(course(&stage).unwrap().cancelled.is_some());
}

#[test]
fn a_match_that_ends_at_the_same_moment_is_decided_by_what_is_written_first() {
    use contracts::matching::MatchEnd;
    let stage = Arc::new(ready());
    meanwhile(&stage, |stage| assert!(say(stage, Said::Ended(1, MatchEnd::Rematched))));
    problem(&start(&stage, KEY), 409, "not-startable");
    stage.calm();
    assert_eq!(state(&stage, 1), Some(State::Closed));
    assert_eq!(kinds(&stage), ["jobs.job-closed.v1"]);
}

#[test]
fn a_lost_reply_changes_nothing_for_the_worker() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = ready();
        let photo = photo(&stage, "a-photo-of-the-place");
        first_write(&stage, fate.clone());
        let body = json!({ "photo": photo, "confirmed": true });
        good(&step(&stage, "start-job", KEY, &body));
        assert_eq!(kinds(&stage), ["jobs.job-started.v1"]);

        let stage = ready();
        let photo = crate::support::photo(&stage, "a-photo-of-the-place");
        let looked = std::sync::atomic::AtomicUsize::new(0);
        stage.interfere(move |call| {
            let first =
                call.operation == "HeadObject" && looked.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0;
            if first { fate.clone() } else { Fate::Answered }
        });
        good(&step(&stage, "start-job", KEY, &json!({ "photo": photo, "confirmed": true })));
    }
}

#[test]
fn when_nobody_answers_the_worker_may_repeat_the_request() {
    let stage = ready();
    let photo = photo(&stage, "a-photo-of-the-place");
    let body = json!({ "photo": photo, "confirmed": true });
    for operation in ["HeadObject", "TransactWriteItems"] {
        stage.interfere(move |call| if call.operation == operation { Fate::NeverSent } else { Fate::Answered });
        problem(&step(&stage, "start-job", KEY, &body), 503, "try-again");
    }
    stage.calm();
    good(&step(&stage, "start-job", KEY, &body));
    stage.pass(Duration::from_secs(1));
    assert_eq!(kinds(&stage), ["jobs.job-started.v1"]);
}
