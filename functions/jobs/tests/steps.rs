//! `finish-job`, `fail-job`, `withdraw-job`.

use crate::support::{
    KEY, MINUTE, STATES, Said, announced, client, colleague, course, first_write, good, job_id, job_in, kinds,
    meanwhile, noon, photo, price, request, say, state, step, stored, wait_until, worker, writes,
};
use jobs::job::State;
use kernel::{PhotoId, Role, ServiceId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};
use std::sync::Arc;

/// Each step: its function, what it begins and ends with, what it announces, how it is refused.
const STEPS: [(&str, State, State, &str, &str); 3] = [
    ("finish-job", State::Started, State::Completed, "jobs.job-completed.v1", "not-under-way"),
    ("fail-job", State::Started, State::Failed, "jobs.job-failed.v1", "not-under-way"),
    ("withdraw-job", State::Assigned, State::Withdrawn, "jobs.job-withdrawn.v1", "not-withdrawable"),
];

/// What is sent with a step.
fn body(stage: &Stage, function: &str) -> Value {
    match function {
        "finish-job" => {
            let ended = stored(stage, 1).is_some_and(|job| job.waiting.is_none());
            let photo = if ended { PhotoId::from_bits(1) } else { photo(stage, "a-photo-of-the-report") };
            json!({ "photo": photo })
        }
        _ => json!({ "reason": "Не могу 🤒" }),
    }
}

/// Not the key that started the job.
const OTHER: &str = "another-key-than-before";

#[test]
fn only_workers_take_them() {
    for (function, from, ..) in STEPS {
        let stage = job_in(from);
        only_for(Role::Worker, || stage.ask(function).key(KEY).at(job_id(1)));
    }
}

#[test]
fn each_leads_on_and_is_announced_once() {
    for (function, from, to, kind, _) in STEPS {
        let stage = job_in(from);
        stage.pass(MINUTE);
        let body = body(&stage, function);
        let answer = step(&stage, function, OTHER, &body);
        good(&answer);
        assert_eq!(answer.json(), json!({ "id": job_id(1), "state": to, "at": stage.now() }));
        let at = stage.now();
        stage.pass(MINUTE);
        assert_eq!(step(&stage, function, OTHER, &body).body, answer.body, "again");
        problem(&step(&stage, function, OTHER, &other(function)), 422, "idempotency-key-reused");
        let events = announced(&stage);
        assert_eq!(events.len(), 1, "{function}");
        assert_eq!(events[0]["type"], kind);
        let data = &events[0]["data"];
        match to {
            State::Withdrawn => assert_eq!(
                *data,
                json!({ "job": job_id(1), "request": request(), "attempt": 1, "worker": worker().account })
            ),
            _ => assert_eq!(
                *data,
                json!({
                    "job": job_id(1), "request": request(), "attempt": 1, "client": client(),
                    "worker": worker().account, "service": ServiceId::from_bits(10), "price": price(), "ended_at": at,
                })
            ),
        }
        assert_eq!((state(&stage, 1), stored(&stage, 1).unwrap().due), (Some(to), None));
    }
}

fn other(function: &str) -> Value {
    match function {
        "finish-job" => json!({ "photo": PhotoId::from_bits(77) }),
        _ => json!({ "reason": "Another" }),
    }
}

#[test]
fn each_is_refused_in_every_other_state() {
    for (function, from, _, _, code) in STEPS {
        for state in STATES.into_iter().filter(|state| *state != from) {
            let stage = job_in(state);
            let body = body(&stage, function);
            stage.calls();
            let refused = problem(&step(&stage, function, OTHER, &body), 409, code);
            assert_eq!(refused["state"], serde_json::to_value(state).unwrap());
            assert!(!stage.calls().iter().any(writes));
        }
    }
}

#[test]
fn somebody_elses_job_is_not_found() {
    for (function, from, ..) in STEPS {
        let stage = job_in(from);
        let body = body(&stage, function);
        let theirs = stage.ask(function).by(&colleague()).at(job_id(1)).key(OTHER).send(&body);
        problem(&theirs, 404, "not-found");
        problem(&stage.ask(function).by(&worker()).at(job_id(1)).send(&body), 400, "idempotency-key-missing");
        assert_eq!(state(&stage, 1), Some(from));
    }
}

#[test]
fn a_report_has_a_photo() {
    let stage = job_in(State::Started);
    problem(&step(&stage, "finish-job", OTHER, &json!({ "photo": PhotoId::from_bits(7) })), 422, "photo-missing");
    problem(&step(&stage, "finish-job", OTHER, &json!({})), 400, "invalid-body");
    problem(&step(&stage, "fail-job", OTHER, &json!({})), 400, "invalid-body");
    problem(&step(&stage, "fail-job", OTHER, &json!({ "reason": "я".repeat(501) })), 400, "invalid-body");
    assert_eq!(state(&stage, 1), Some(State::Started));
}

#[test]
fn who_withdraws_when_work_should_begin_did_not_come() {
    let stage = job_in(State::Assigned);
    wait_until(&stage, kernel::Timestamp::from_millis(noon().as_millis() - 1));
    let late = job_in(State::Assigned);
    wait_until(&late, noon());
    problem(&step(&late, "withdraw-job", KEY, &json!({})), 409, "too-late");
    good(&step(&stage, "withdraw-job", KEY, &json!({})));
    assert_eq!(course(&stage).unwrap().open, None);
    assert!(!course(&stage).unwrap().settled, "somebody else may do it");
}

#[test]
fn two_ends_at_once_are_one() {
    let stage = Arc::new(job_in(State::Started));
    let finish = body(&stage, "finish-job");
    meanwhile(&stage, |stage| {
        good(&step(stage, "fail-job", "the-key-of-the-faster-one", &json!({ "reason": "No" })))
    });
    problem(&step(&stage, "finish-job", OTHER, &finish), 409, "not-under-way");
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-failed.v1"]);

    let stage = Arc::new(job_in(State::Assigned));
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(1)))));
    problem(&step(&stage, "withdraw-job", OTHER, &json!({})), 409, "not-withdrawable");
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-cancelled.v1"]);
}

#[test]
fn who_reports_success_at_the_same_moment_has_done_it() {
    let stage = Arc::new(job_in(State::Started));
    let finish = body(&stage, "finish-job");
    meanwhile(&stage, move |stage| good(&step(stage, "finish-job", "the-key-of-the-faster-one", &finish)));
    problem(&step(&stage, "fail-job", OTHER, &json!({ "reason": "No" })), 409, "not-under-way");
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-completed.v1"]);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_worker() {
    for (function, from, _, kind, _) in STEPS {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = job_in(from);
            let body = body(&stage, function);
            first_write(&stage, fate);
            good(&step(&stage, function, OTHER, &body));
            assert_eq!(kinds(&stage), [kind]);
        }
    }
}
