//! `list-reviews`, `record-review`: what quality looks at.

use crate::support::{
    KEY, STATES, announced, client, first_write, found_for, job_id, job_in, kinds, meanwhile, quality, stored, tell,
    town, wait_until, worker,
};
use jobs::job::{State, id_of};
use jobs::review::Sample;
use kernel::{RequestId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;

fn record(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("record-review").by(&quality()).at(job_id(1)).key(key).send(body)
}

fn waiting(stage: &Stage) -> Vec<Value> {
    let page = stage.ask("list-reviews").by(&quality()).get().json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect()
}

#[test]
fn only_quality_reviews() {
    let stage = job_in(State::Failed);
    only_for(Role::Quality, || stage.ask("list-reviews"));
    only_for(Role::Quality, || stage.ask("record-review").key(KEY).at(job_id(1)));
}

#[test]
fn all_that_went_wrong_is_looked_at() {
    for state in STATES {
        let stage = job_in(state);
        let wrong = [State::Failed, State::Missed, State::Cancelled].contains(&state);
        let sampled = state == State::Completed && Sample(10).takes(job_id(1));
        let expected = if wrong || sampled { vec![json!(job_id(1))] } else { Vec::new() };
        assert_eq!(waiting(&stage), expected, "{state:?}");
    }
}

#[test]
fn a_tenth_of_what_went_well_is_looked_at_and_nobody_chooses_which() {
    let ids: Vec<_> = (0..10_000).map(|n| id_of(RequestId::from_bits(n), 1)).collect();
    let taken = ids.iter().filter(|id| Sample(10).takes(**id)).count();
    assert!((900..1100).contains(&taken), "{taken}");
    assert!(ids.iter().all(|id| Sample(100).takes(*id) && !Sample(0).takes(*id)));
    assert!(
        ids.iter().all(|id| !Sample(10).takes(*id) || Sample(20).takes(*id)),
        "a larger sample has the smaller one"
    );
}

#[test]
fn the_sample_is_the_deployments() {
    for (percent, expected) in [("0", 0), ("100", 1)] {
        let stage = job_in(State::Started);
        stage.set("REVIEW_PERCENT", percent);
        let photo = crate::support::photo(&stage, "a-photo-of-the-report");
        crate::support::good(&crate::support::step(&stage, "finish-job", KEY, &json!({ "photo": photo })));
        assert_eq!(waiting(&stage).len(), expected);
    }
}

#[test]
fn a_finding_is_recorded_once_and_announced() {
    let stage = job_in(State::Failed);
    let body = json!({ "finding": "excused", "note": "Лестницы не было" });
    let answer = record(&stage, KEY, &body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "id": job_id(1), "finding": "excused", "reviewed_at": stage.now() }));
    assert!(waiting(&stage).is_empty());
    assert_eq!(stored(&stage, 1).unwrap().review.verdict.unwrap().reviewer, quality().account);
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "jobs.job-reviewed.v1");
    assert_eq!(
        events[0]["data"],
        json!({ "job": job_id(1), "client": client(), "worker": worker().account, "finding": "excused" })
    );
    stage.pass(crate::support::HOUR);
    assert_eq!(record(&stage, KEY, &body).body, answer.body, "again");
    problem(&record(&stage, KEY, &json!({ "finding": "good" })), 422, "idempotency-key-reused");
    problem(&record(&stage, "another-key-than-before", &body), 409, "not-to-review");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn what_is_not_to_be_reviewed_is_refused() {
    let stage = job_in(State::Started);
    problem(&record(&stage, KEY, &json!({ "finding": "good" })), 409, "not-to-review");
    let nobodys = stage.ask("record-review").by(&quality()).at(job_id(7)).key(KEY).send(&json!({ "finding": "good" }));
    problem(&nobodys, 404, "not-found");
    for body in [
        json!({}),
        json!({ "finding": "bad" }),
        json!({ "finding": "good", "note": "" }),
    ] {
        problem(&record(&stage, KEY, &body), 400, "invalid-body");
    }
}

#[test]
fn of_two_reviews_at_once_one_counts_and_lost_replies_change_nothing() {
    let stage = Arc::new(job_in(State::Failed));
    meanwhile(&stage, |stage| {
        assert_eq!(record(stage, "the-key-of-the-faster-one", &json!({ "finding": "flawed" })).status_code, 200);
    });
    problem(&record(&stage, KEY, &json!({ "finding": "good" })), 409, "not-to-review");
    stage.calm();
    assert_eq!(kinds(&stage), ["jobs.job-reviewed.v1"]);
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = job_in(State::Failed);
        first_write(&stage, fate);
        assert_eq!(record(&stage, KEY, &json!({ "finding": "good" })).status_code, 200);
        assert_eq!(kinds(&stage), ["jobs.job-reviewed.v1"]);
    }
}

#[test]
fn the_oldest_comes_first_in_pages() {
    let stage = town();
    let mut expected = Vec::new();
    for n in 0..3u128 {
        let request = RequestId::from_bits(100 + n);
        assert!(tell(&stage, "create-job", &found_for(request, 1, worker().account)));
        expected.push(json!(id_of(request, 1)));
    }
    wait_until(&stage, crate::support::noon().after(crate::support::HOUR));
    assert!(stage.start("close-missed-jobs"));
    let page = stage.ask("list-reviews").by(&quality()).query("limit=2").get().json();
    let next = page["next"].as_str().unwrap();
    let rest = stage.ask("list-reviews").by(&quality()).query(&format!("cursor={next}")).get().json();
    let mut seen: Vec<Value> = [&page, &rest]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| item["id"].clone())
        .collect();
    seen.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(seen, expected);
    assert_eq!(page["items"][0]["state"], "missed");
}
