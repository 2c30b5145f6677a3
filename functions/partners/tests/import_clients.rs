//! Staff import clients from a file, and look at what came of it.

use crate::support::*;
use kernel::{ImportId, Role};
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn import(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("import-clients").by(&manager()).key(key).send(body)
}

fn rows(rows: &[Value]) -> Value {
    json!({ "rows": rows })
}

fn view(stage: &Stage, id: &Value) -> Value {
    let answer = stage.ask("get-import").by(&manager()).at(id.as_str().unwrap()).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn good_rows_are_taken_over_and_the_others_named() {
    let stage = shop();
    let bad = json!({ "id": "B", "email": "nobody", "updated_at": "2026-01-04T01:00:00Z" });
    let answer = import(&stage, KEY, &rows(&[row("A", "a@example.com", 1), bad]));
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    let taken = answer.json();
    assert_eq!((&taken["rows"], &taken["refused"]), (&json!(2), &json!(1)));
    assert_eq!((&taken["errors"][0]["row"], &taken["errors"][0]["field"]), (&json!(2), &json!("email")));
    assert_eq!(view(&stage, &taken["id"])["done"], false);
    assert_eq!(imported(&stage), ["A"]);
    let seen = view(&stage, &taken["id"]);
    assert_eq!(seen["done"], true);
    assert_eq!(seen["taken"], json!({ "created": 1, "changed": 0, "unchanged": 0, "late": 0 }));
    assert_eq!(seen["errors"], taken["errors"]);
    assert_eq!(seen["origin"], json!({ "file": { "account": manager().account } }));
}

#[test]
fn a_sheet_does_too() {
    let stage = shop();
    let text = "id,email,updated_at\r\nA,a@example.com,2026-01-04T12:00:00Z\r\n";
    assert_eq!(import(&stage, KEY, &json!({ "text": text })).status_code, 202);
    assert_eq!(imported(&stage), ["A"]);
}

#[test]
fn a_dry_run_says_what_would_become_of_it_and_writes_nothing() {
    let stage = shop();
    webhook(
        &stage,
        "hcb_1",
        &[
            row("A", "a@example.com", 5),
            row("B", "b@example.com", 5),
            row("C", "c@example.com", 5),
        ],
    );
    stage.settle().unwrap();
    stage.calls();
    let body = rows(&[
        row("A", "a@example.com", 5),
        row("B", "new@example.com", 6),
        row("C", "old@example.com", 4),
        row("D", "d@example.com", 1),
        json!({}),
    ]);
    let answer = stage.ask("import-clients").by(&manager()).key(KEY).query("dry_run=true").send(&body);
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    let outlook = answer.json();
    assert_eq!(outlook["outlook"], json!({ "created": 1, "changed": 1, "unchanged": 1, "late": 1 }));
    assert_eq!((&outlook["refused"], outlook.get("id")), (&json!(1), None));
    assert!(!stage.calls().iter().any(|call| call.operation == "PutItem"));
    // The same key is free for the import itself.
    assert_eq!(import(&stage, KEY, &body).json()["outlook"], Value::Null);
    assert_eq!(imported(&stage), ["B", "D"]);
}

#[test]
fn the_same_key_is_answered_the_same_and_another_body_is_refused() {
    let stage = shop();
    let body = rows(&[row("A", "a@example.com", 1)]);
    let first = import(&stage, KEY, &body);
    imported(&stage);
    let again = import(&stage, KEY, &body);
    assert_eq!((again.status_code, &again.body), (202, &first.body));
    assert_eq!(imported(&stage), [] as [&str; 0]);
    problem(&import(&stage, KEY, &rows(&[row("B", "b@example.com", 1)])), 422, "idempotency-key-reused");
}

#[test]
fn another_body_under_the_key_of_an_interrupted_import_is_refused() {
    let stage = shop();
    // It ends before the import itself is written: only its chunk is.
    end_at_call(&stage, 2, false);
    assert_eq!(import(&stage, KEY, &rows(&[row("A", "a@example.com", 1)])).status_code, 503);
    stage.calm();
    problem(&import(&stage, KEY, &rows(&[row("B", "b@example.com", 1)])), 422, "idempotency-key-reused");
    assert_eq!(import(&stage, KEY, &rows(&[row("A", "a@example.com", 1)])).status_code, 202);
    assert_eq!(imported(&stage), ["A"]);
}

#[test]
fn ended_anywhere_its_repetition_is_answered_as_if_nothing_had_happened() {
    let body = rows(&(0..120).map(|n| row(&format!("C{n}"), "a@example.com", 1)).collect::<Vec<_>>());
    ended_at_each_call(
        shop,
        |stage| import(stage, KEY, &body),
        |stage| {
            let answer = import(stage, KEY, &body);
            assert_eq!((answer.status_code, &answer.json()["rows"]), (202, &json!(120)));
            assert_eq!(imported(stage).len(), 120);
        },
    );
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    let stage = shop();
    let sheet = |lines: usize| format!("id,updated_at\n{}", "A,2026-01-04T12:00:00Z\n".repeat(lines));
    for body in [
        json!({}),
        json!({ "rows": [row("A", "a@example.com", 1)], "text": "id" }),
        json!({ "text": "" }),
        json!({ "text": "id,updated_at\n" }),
        json!({ "text": sheet(1001) }),
    ] {
        problem(&import(&stage, KEY, &body), 422, "file-unreadable");
    }
    problem(&import(&stage, KEY, &json!({ "rows": [] })), 400, "invalid-body");
    problem(&import(&stage, KEY, &json!({ "files": [] })), 400, "invalid-body");
    let how = stage.ask("import-clients").by(&manager()).key(KEY).query("dry=true").send(&rows(&[json!({})]));
    problem(&how, 400, "invalid-query");
}

#[test]
fn managers_alone_import_and_look() {
    let stage = shop();
    only_for(Role::Manager, || stage.ask("import-clients").key(KEY));
    only_for(Role::Manager, || stage.ask("get-import").at(ImportId::from_bits(1)));
    problem(&stage.ask("get-import").by(&manager()).at(ImportId::from_bits(1)).get(), 404, "not-found");
    problem(&stage.ask("get-import").by(&manager()).at("imp_1").get(), 404, "not-found");
}
