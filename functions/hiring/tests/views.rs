//! `get-application`, `list-applications`.

use crate::support::{
    KEY, application_in, applied, apply, candidate, id, manager, named, person, stage, start, stored, stranger, test,
};
use hiring::application::State;
use kernel::{ApplicationId, Role};
use local::testing::{caller, only_for, problem};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn a_candidate_sees_the_own_application_and_how_far_it_is() {
    let (stage, id) = application_in(State::Tested);
    only_for(Role::Customer, || stage.ask("get-application").at(id));
    let view = stage.ask("get-application").by(&candidate()).at(id).get();
    let application = stored(&stage, id);
    let paper = application.sittings[0].paper.as_ref().unwrap();
    let expected = json!({
        "id": id, "state": "tested", "applied_at": application.applied_at, "person": person(),
        "tests": [{
            "test": test(1), "begin_until": application.sittings[0].begin_until, "deadline": paper.deadline,
            "outcome": { "percent": 90, "passed": true, "at": stage.now() },
        }],
    });
    assert_eq!((view.status_code, view.json()), (200, expected));
}

#[test]
fn what_is_not_the_callers_application_is_not_found() {
    let stage = stage();
    let id = applied(&stage);
    let theirs = stage.ask("get-application").by(&stranger()).at(id).get();
    let nobodys = stage.ask("get-application").by(&candidate()).at(ApplicationId::from_bits(7)).get();
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the application exists");
    for path in ["", "app_", "tst_00000000000000000000000001"] {
        problem(&stage.ask("get-application").by(&candidate()).at(path).get(), 404, "not-found");
    }
}

#[test]
fn managers_go_through_the_applications_of_a_state_the_oldest_first() {
    let stage = stage();
    only_for(Role::Manager, || stage.ask("list-applications"));
    let mut all = Vec::new();
    for n in 0..7 {
        let by = caller(100 + n, Role::Customer);
        all.push(id(&apply(&stage, &by, KEY, &named(&format!("Person {n}")))));
        stage.pass(Duration::from_secs(1));
    }
    let done = stage.ask("withdraw-application").by(&caller(103, Role::Customer)).at(all[3]).get();
    assert_eq!(done.status_code, 200);
    let list = |query: &str| -> Value {
        let answer = stage.ask("list-applications").by(&manager()).query(query).get();
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        answer.json()
    };
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = list(&format!("limit=2{cursor}"));
        seen.extend(ids(&page));
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
            None => break,
        }
    }
    let withdrawn = all.remove(3);
    assert_eq!(json!(seen), json!(all));
    assert_eq!(ids(&list("state=withdrawn")), [json!(withdrawn)]);
    assert!(ids(&list("state=hired")).is_empty());
    for query in ["state=lost", "limit=0", "limit=51", "cursor=!", "owner=me"] {
        problem(&stage.ask("list-applications").by(&manager()).query(query).get(), 400, "invalid-query");
    }
}

#[test]
fn managers_see_who_applied_and_what_the_tests_came_to() {
    let (stage, id) = application_in(State::Testing);
    start(&stage, id, test(1));
    let answer = stage.ask("list-applications").by(&manager()).query("state=testing").get().json();
    let application = stored(&stage, id);
    let expected = json!({
        "id": id, "candidate": candidate().account, "state": "testing", "applied_at": application.applied_at,
        "person": person(), "alike": [],
        "tests": [{
            "test": test(1), "begin_until": application.sittings[0].begin_until,
            "deadline": application.sittings[0].paper.as_ref().unwrap().deadline,
        }],
    });
    assert_eq!(answer["items"], json!([expected]));
}

#[test]
fn no_log_says_who_applies() {
    let (stage, _) = application_in(State::Hired);
    for word in ["Мария", "Петрова", "1990-05-17", "442079460018", "окна"] {
        assert!(!stage.log().iter().any(|line| line.contains(word)), "{word}");
    }
}
