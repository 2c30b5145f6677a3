//! `list-jobs`, `get-job`.

use crate::support::{
    HOUR, KEY, MINUTE, NO_JOBS, PRIVATE, STATES, colleague, found, found_for, good, job_id, job_in, noon, step, stored,
    tell, town, worker, writes,
};
use jobs::job::{Shelf, State};
use kernel::{RequestId, Role};
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};

#[test]
fn only_workers_look_at_jobs() {
    let stage = job_in(State::Assigned);
    only_for(Role::Worker, || stage.ask("list-jobs"));
    only_for(Role::Worker, || stage.ask("get-job").at(job_id(1)));
}

#[test]
fn where_a_job_is_is_told_to_its_worker_while_it_is_to_be_done() {
    for state in STATES {
        let stage = job_in(state);
        stage.calls();
        let answer = stage.ask("get-job").by(&worker()).at(job_id(1)).get();
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        let view = answer.json();
        assert_eq!(view["state"], serde_json::to_value(state).unwrap());
        assert_eq!((&view["from"], &view["until"]), (&json!(noon()), &json!(noon().after(HOUR))));
        let visit = json!({ "description": PRIVATE[0], "address": PRIVATE[1], "contact": PRIVATE[2] });
        let told = if state.shelf() == Shelf::Active { Some(&visit) } else { None };
        assert_eq!(view.get("visit"), told, "{state:?}");
        assert!(!stage.calls().iter().any(writes), "it is not kept");
        assert!(!stage.log().iter().any(|line| PRIVATE.iter().any(|words| line.contains(words))));
    }
}

#[test]
fn what_services_does_not_answer_is_asked_for_again() {
    let stage = job_in(State::Assigned);
    stage.set("SERVICES_ANSWER", "no");
    problem(&stage.ask("get-job").by(&worker()).at(job_id(1)).get(), 503, "try-again");
    stage.set("SERVICES_ANSWER", "yes");
    assert_eq!(stage.ask("get-job").by(&worker()).at(job_id(1)).get().status_code, 200);
}

#[test]
fn somebody_elses_job_is_not_found() {
    let stage = job_in(State::Assigned);
    let theirs = stage.ask("get-job").by(&colleague()).at(job_id(1)).get();
    let nobodys = stage.ask("get-job").by(&worker()).at(job_id(7)).get();
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json());
    for path in NO_JOBS {
        problem(&stage.ask("get-job").by(&worker()).at(path).get(), 404, "not-found");
    }
}

fn list(stage: &Stage, query: &str) -> (Vec<Value>, Option<String>) {
    let answer = stage.ask("list-jobs").by(&worker()).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let page = answer.json();
    let ids = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
    (ids, page["next"].as_str().map(str::to_owned))
}

#[test]
fn each_job_is_in_one_list() {
    for state in STATES {
        let stage = job_in(state);
        for (name, shelf) in [
            ("list=active", Shelf::Active),
            ("list=done", Shelf::Done),
            ("list=cancelled", Shelf::Cancelled),
        ] {
            let expected = if state.shelf() == shelf { vec![json!(job_id(1))] } else { Vec::new() };
            assert_eq!(list(&stage, name).0, expected, "{state:?} in {name}");
        }
        let theirs = stage.ask("list-jobs").by(&colleague()).get().json();
        assert_eq!(theirs, json!({ "items": [] }));
    }
}

#[test]
fn the_next_job_comes_first_in_pages() {
    let stage = town();
    let mut expected = Vec::new();
    for n in 0..5u8 {
        let mut found = found_for(RequestId::from_bits(100 + u128::from(n)), 1, worker().account);
        found.from = noon().after(u32::from(n) * HOUR);
        assert!(tell(&stage, "create-job", &found));
        expected.push(json!(jobs::job::id_of(found.request, 1)));
    }
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let (ids, next) = list(&stage, &query);
        seen.extend(ids);
        let Some(next) = next else { break };
        query = format!("limit=2&cursor={next}");
    }
    assert_eq!(seen, expected);
    for bad in ["list=all", "limit=0", "worker=acc_1"] {
        problem(&stage.ask("list-jobs").by(&worker()).query(bad).get(), 400, "invalid-query");
    }
}

#[test]
fn a_worker_sees_every_step() {
    let stage = job_in(State::Started);
    stage.pass(MINUTE);
    good(&step(&stage, "fail-job", KEY.to_uppercase().as_str(), &json!({ "reason": "No ladder" })));
    let view = stage.ask("get-job").by(&worker()).at(job_id(1)).get().json();
    let expected = json!([{ "state": "started", "at": noon() }, { "state": "failed", "at": stage.now() }]);
    assert_eq!(view["timeline"], expected);
    assert_eq!(view["start_photo"], json!(stored(&stage, 1).unwrap().start_photo));
    assert_eq!(view["service"], json!(found(1).service));
}
