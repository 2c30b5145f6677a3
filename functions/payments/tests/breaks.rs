//! `list-breaks`, `get-break`, `close-break`.

use crate::reconcile_payments::{breaks, paid_unheard, ripe, run};
use crate::support::{announced, shop, shop_with_order};
use kernel::Role;
use local::stage::Stage;
use local::testing::{caller, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

/// A stage with one open break, and the break.
fn with_break() -> (Stage, Value) {
    let stage = shop_with_order();
    paid_unheard(&stage);
    ripe(&stage, 1);
    assert!(!run(&stage));
    let found = breaks(&stage, "")[0].clone();
    (stage, found)
}

fn close(stage: &Stage, found: &Value, manager: u128, key: &str, note: &str) -> HttpResponse {
    let ask = stage.ask("close-break").by(&caller(manager, Role::Manager)).at(found["id"].as_str().unwrap());
    ask.key(key).send(&json!({ "note": note }))
}

const KEY: &str = "a-key-to-close-a-break-with";

#[test]
fn managers_and_auditors_see_breaks_and_nobody_else_does() {
    let (stage, found) = with_break();
    for role in Role::ALL {
        let may = matches!(role, Role::Manager | Role::Auditor);
        let list = stage.ask("list-breaks").by(&caller(5, role)).get();
        let one = stage.ask("get-break").by(&caller(5, role)).at(found["id"].as_str().unwrap()).get();
        let status = if may { 200 } else { 403 };
        assert_eq!((list.status_code, one.status_code), (status, status), "{role:?}");
        if may {
            assert_eq!(one.json(), found);
        }
    }
    problem(&stage.ask("list-breaks").get(), 401, "token-invalid");
    let missing = stage.ask("get-break").by(&caller(5, Role::Auditor)).at(kernel::BreakId::from_bits(1)).get();
    problem(&missing, 404, "not-found");
}

#[test]
fn a_manager_closes_a_break_with_a_note_that_stays_on_record() {
    let (stage, found) = with_break();
    announced(&stage);
    let closed = close(&stage, &found, 9, KEY, "Возврат сделан вручную ✅");
    assert_eq!(closed.status_code, 200, "{}", closed.body);
    let manager = caller(9, Role::Manager).account;
    let data = json!({ "id": found["id"], "kind": "state", "object": found["object"], "closed_by": manager });
    assert_eq!(announced(&stage), [("payments.break-closed.v1".to_owned(), data)]);
    assert!(breaks(&stage, "").is_empty());
    let seen = &breaks(&stage, "state=closed")[0];
    let note = json!({ "at": closed.json()["closed_at"], "by": manager, "note": "Возврат сделан вручную ✅" });
    assert_eq!(seen["closed"], note);
}

#[test]
fn a_repeated_request_gets_the_same_reply_and_a_second_manager_is_told() {
    let (stage, found) = with_break();
    let first = close(&stage, &found, 9, KEY, "Looked into");
    assert_eq!(close(&stage, &found, 9, KEY, "Looked into").body, first.body);
    problem(&close(&stage, &found, 9, KEY, "Something else"), 422, "idempotency-key-reused");
    problem(&close(&stage, &found, 8, "another-key-to-close-it", "Me too"), 409, "break-closed");
}

#[test]
fn notes_are_needed_and_bounded_and_auditors_close_nothing() {
    let (stage, found) = with_break();
    for note in ["", "  ", &"ш".repeat(501), "a\u{0}b"] {
        assert_eq!(close(&stage, &found, 9, KEY, note).status_code, 400, "{note}");
    }
    let ask = stage.ask("close-break").by(&caller(9, Role::Auditor)).at(found["id"].as_str().unwrap()).key(KEY);
    problem(&ask.send(&json!({ "note": "x" })), 403, "role-missing");
    let ask = stage.ask("close-break").by(&caller(9, Role::Manager)).at(kernel::BreakId::from_bits(1)).key(KEY);
    problem(&ask.send(&json!({ "note": "x" })), 404, "not-found");
    assert_eq!(breaks(&stage, "").len(), 1);
}

#[test]
fn a_break_is_announced_when_it_is_found() {
    let (stage, found) = with_break();
    let amount = json!({ "amount_minor": 1530, "currency": "GBP" });
    let data = json!({
        "id": found["id"], "kind": "state", "object": found["object"], "paid": found["paid"], "theirs": amount,
    });
    assert!(announced(&stage).contains(&("payments.break-found.v1".to_owned(), data)));
}

#[test]
fn the_list_is_paged_and_knows_its_own_cursors_only() {
    let stage = shop();
    crate::reconcile_payments::many(&stage, 5);
    drop(crate::support::webhooks_waiting(&stage));
    ripe(&stage, 1);
    assert!(!run(&stage));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = stage
            .ask("list-breaks")
            .by(&caller(9, Role::Auditor))
            .query(&format!("limit=2{cursor}"))
            .get()
            .json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|found| found["id"].to_string()));
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 5);
    for query in ["cursor=abc", "state=gone", "limit=0", "limit=51", "colour=red"] {
        let answer = stage.ask("list-breaks").by(&caller(9, Role::Auditor)).query(query).get();
        problem(&answer, 400, "invalid-query");
    }
}
