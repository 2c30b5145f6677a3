//! `set-test`, `get-test`, `list-tests`.

use crate::support::{
    WEEK, applied, assign, exam, first_write, later, manager, meanwhile, set, stage, start, test, writes,
};
use hiring::bank::Test;
use hiring::store::test_key;
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, only_for, problem};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

fn get(stage: &Stage, n: u128) -> Value {
    let answer = stage.ask("get-test").by(&manager()).at(test(n)).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn edition(stage: &Stage, n: u128) -> u32 {
    item::<Test>(stage, "hiring", &test_key(test(n))).unwrap().edition
}

#[test]
fn only_managers_see_and_set_tests() {
    let stage = stage();
    only_for(Role::Manager, || stage.ask("set-test").at(test(1)));
    only_for(Role::Manager, || stage.ask("get-test").at(test(1)));
    only_for(Role::Manager, || stage.ask("list-tests"));
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_is_set_is_shown_whole_however_many_questions_it_has() {
    for questions in [1, 49, 50, 51, 500] {
        let stage = stage();
        let exam = exam("windows", questions, 1);
        let answer = set(&stage, test(1), &exam);
        assert_eq!((answer.status_code, answer.json()), (200, json!({ "id": test(1), "edition": 1 })));
        let mut shown = get(&stage, 1);
        assert_eq!((shown["id"].take(), shown["edition"].take()), (json!(test(1)), json!(1)));
        shown.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(shown, exam);
    }
}

#[test]
fn a_test_as_long_as_a_request_may_be_is_kept_whole() {
    let stage = stage();
    let mut exam = exam("окна", 60, 5);
    for question in exam["questions"].as_array_mut().unwrap() {
        question["text"] = json!("ы".repeat(1000));
        question["options"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|option| option["text"] = json!("ж".repeat(250)));
    }
    assert!((240_000..262_144).contains(&exam.to_string().len()), "{}", exam.to_string().len());
    assert_eq!(set(&stage, test(1), &exam).status_code, 200);
    assert_eq!(get(&stage, 1)["questions"], exam["questions"]);
}

#[test]
fn setting_what_is_so_changes_nothing_and_a_change_is_a_new_edition() {
    let stage = stage();
    set(&stage, test(1), &exam("windows", 60, 5));
    stage.calls();
    let again = set(&stage, test(1), &exam("windows", 60, 5));
    assert_eq!((again.json()["edition"].clone(), again.headers["etag"].as_str()), (json!(1), "\"1\""));
    assert!(!stage.calls().iter().any(writes));
    let fewer = set(&stage, test(1), &exam("windows", 3, 2));
    assert_eq!(fewer.json()["edition"], 2);
    assert_eq!(get(&stage, 1)["questions"].as_array().unwrap().len(), 3, "nothing of the edition before is left");
}

#[test]
fn a_change_by_two_managers_is_not_overwritten() {
    let stage = stage();
    set(&stage, test(1), &exam("windows", 5, 2));
    let change =
        |seen: &str, exam: &Value| stage.ask("set-test").by(&manager()).at(test(1)).header("if-match", seen).send(exam);
    assert_eq!(change("\"1\"", &exam("windows", 6, 2)).status_code, 200);
    problem(&change("\"1\"", &exam("windows", 7, 2)), 412, "version-changed");
    assert_eq!(change("\"1\"", &exam("windows", 6, 2)).status_code, 200, "the same again");

    let stage = Arc::new(stage);
    meanwhile(&stage, |stage| assert_eq!(set(stage, test(1), &exam("windows", 8, 2)).status_code, 200));
    assert_eq!(set(&stage, test(1), &exam("windows", 9, 2)).json()["edition"], 4);
    stage.calm();
    assert_eq!(get(&stage, 1)["questions"].as_array().unwrap().len(), 9);
}

#[test]
fn a_lost_reply_of_the_table_makes_no_second_edition() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        first_write(&stage, fate);
        assert_eq!(set(&stage, test(1), &exam("windows", 120, 5)).json()["edition"], 1);
        stage.calm();
        assert_eq!(edition(&stage, 1), 1);
    }
}

#[test]
fn a_test_nobody_could_take_is_refused() {
    let stage = stage();
    let refused = problem(&set(&stage, test(1), &exam("windows", 4, 5)), 422, "too-few-questions");
    assert_eq!((&refused["questions"], &refused["drawn"]), (&json!(4), &json!(5)));
    let mut hopeless = exam("windows", 3, 1);
    hopeless["questions"][1]["options"] = json!([{ "text": "a", "right": false }, { "text": "b", "right": false }]);
    let refused = problem(&set(&stage, test(1), &hopeless), 422, "no-right-answer");
    assert_eq!(refused["question"], 2);
    let with = |field: &str, value: Value| {
        let mut body = exam("windows", 3, 1);
        body[field] = value;
        body
    };
    for body in [
        with("minutes", json!(0)),
        with("minutes", json!(241)),
        with("drawn", json!(0)),
        with("pass_percent", json!(101)),
        with("skill", json!("")),
        with("questions", json!([])),
        with("questions", json!([{ "text": "?", "options": [{ "text": "a", "right": true }] }])),
        with(
            "questions",
            json!(vec![
                json!({ "text": "?", "options": [{ "text": "a", "right": true }, { "text": "b", "right": false }] });
                501
            ]),
        ),
        with("answers", json!([])),
    ] {
        problem(&set(&stage, test(1), &body), 400, "invalid-body");
    }
    for path in ["", "1", "app_00000000000000000000000001"] {
        problem(&stage.ask("set-test").by(&manager()).at(path).send(&exam("windows", 3, 1)), 404, "not-found");
        problem(&stage.ask("get-test").by(&manager()).at(path).get(), 404, "not-found");
    }
    problem(&stage.ask("get-test").by(&manager()).at(test(1)).get(), 404, "not-found");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn the_bank_is_listed_in_pages_each_test_once() {
    let stage = stage();
    for n in 1..=7 {
        set(&stage, test(n), &exam(&format!("skill-{n}"), 3, 1));
    }
    let (mut seen, mut cursor) = (BTreeSet::new(), String::new());
    loop {
        let page = stage.ask("list-tests").by(&manager()).query(&format!("limit=3{cursor}")).get().json();
        for one in page["items"].as_array().unwrap() {
            assert!(seen.insert(one["id"].to_string()));
            assert!(one["skill"].as_str().unwrap().starts_with("skill-"));
            assert_eq!((&one["questions"], &one["edition"]), (&json!(3), &json!(1)));
        }
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    problem(&stage.ask("list-tests").by(&manager()).query("cursor=abc").get(), 400, "invalid-query");
}

#[test]
fn who_has_begun_a_test_goes_on_with_its_edition() {
    let stage = stage();
    set(&stage, test(1), &exam("windows", 30, 10));
    let id = applied(&stage);
    assign(&stage, id, &[test(1)], &later(&stage, WEEK));
    let before = start(&stage, id, test(1)).body;
    set(&stage, test(1), &exam("windows", 2, 1));
    assert_eq!(start(&stage, id, test(1)).body, before);
}
