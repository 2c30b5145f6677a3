//! `change-roles`, `get-roles`, `list-role-changes`: who may do what, and the record of it.

use crate::support::{
    EMAIL, account, admin, announced, announced_types, first_write, principal, stage, verified, writes,
};
use kernel::{AccountId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn change(stage: &Stage, id: AccountId, roles: &Value) -> HttpResponse {
    stage
        .ask("change-roles")
        .by(&admin())
        .at(id)
        .send(&json!({ "roles": roles, "reason": "Runs the shop" }))
}

fn record(stage: &Stage, id: AccountId, query: &str) -> Value {
    let answer = stage.ask("list-role-changes").by(&caller(5, Role::Auditor)).at(id).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn admins_grant_roles_and_auditors_read_the_record() {
    let stage = stage();
    only_for(Role::Admin, || stage.ask("change-roles").at(AccountId::from_bits(7)));
    only_for(Role::Admin, || stage.ask("get-roles").at(AccountId::from_bits(7)));
    only_for(Role::Auditor, || stage.ask("list-role-changes").at(AccountId::from_bits(7)));
}

#[test]
fn a_change_is_written_with_its_record_and_announced() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    announced(&stage);
    let seen = stage.ask("get-roles").by(&admin()).at(id).get();
    assert_eq!(seen.json(), json!({ "account": id, "roles": ["customer"] }));
    let body = json!({ "roles": ["support", "customer", "support"], "reason": "Answers tickets" });
    let ask = stage.ask("change-roles").by(&admin()).at(id).header("if-match", &seen.headers["etag"]);
    let answer = ask.send(&body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    assert_eq!(answer.json(), json!({ "account": id, "roles": ["customer", "support"] }));
    assert_eq!(stage.calls().iter().filter(|call| writes(call)).count(), 1);
    assert_eq!(stage.ask("get-roles").by(&admin()).at(id).get().headers["etag"], answer.headers["etag"]);

    let data = json!({ "account": id, "roles": ["customer", "support"], "by": admin().account });
    assert_eq!(announced(&stage), [("identity.roles-changed.v1".to_owned(), data)]);
    assert_eq!(
        record(&stage, id, "")["items"],
        json!([{
            "number": 1,
            "at": stage.now(),
            "by": admin().account,
            "reason": "Answers tickets",
            "granted": ["support"],
            "revoked": [],
            "roles": ["customer", "support"],
        }])
    );
}

#[test]
fn what_is_already_so_changes_and_records_nothing() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let first = change(&stage, id, &json!(["manager"]));
    announced(&stage);
    let stale = stage.ask("change-roles").by(&admin()).at(id).header("if-match", "\"1\"");
    let again = stale.send(&json!({ "roles": ["manager"], "reason": "Once more" }));
    assert_eq!((again.status_code, again.body, &again.headers["etag"]), (200, first.body, &first.headers["etag"]));
    assert!(announced(&stage).is_empty());
    assert_eq!(record(&stage, id, "")["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_colleagues_change_is_not_overwritten() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    let seen = stage.ask("get-roles").by(&admin()).at(id).get().headers["etag"].clone();
    change(&stage, id, &json!(["manager"]));
    let ask = stage.ask("change-roles").by(&admin()).at(id).header("if-match", &seen);
    problem(&ask.send(&json!({ "roles": ["support"], "reason": "Answers tickets" })), 412, "version-changed");
    assert_eq!(account(&stage, id).roles.names(), ["manager"]);
}

#[test]
fn of_two_changes_at_once_both_are_recorded_in_their_order() {
    let stage = Arc::new(stage());
    let id = verified(&stage, EMAIL);
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(change(&other, id, &json!(["manager"])).status_code, 200);
        }
        Fate::Answered
    });
    assert_eq!(change(&stage, id, &json!(["support"])).status_code, 200);
    stage.calm();
    let items = record(&stage, id, "")["items"].clone();
    assert_eq!(
        (&items[0]["number"], &items[0]["granted"], &items[0]["revoked"]),
        (&json!(2), &json!(["support"]), &json!(["manager"]))
    );
    assert_eq!((&items[1]["number"], &items[1]["revoked"]), (&json!(1), &json!(["customer"])));
}

#[test]
fn the_last_admin_cannot_go() {
    let stage = stage();
    stage.set("FIRST_ADMIN", EMAIL);
    let maria = verified(&stage, EMAIL);
    let ivan = verified(&stage, "ivan@example.com");
    let own = |id, roles| {
        let body = json!({ "roles": roles, "reason": "Had enough" });
        stage.ask("change-roles").by(&principal(maria, Role::Admin)).at(id).send(&body)
    };
    problem(&own(maria, json!(["customer"])), 409, "last-admin");
    assert_eq!(own(maria, json!(["admin", "auditor"])).status_code, 200, "what does not touch it is fine");
    assert_eq!(own(ivan, json!(["admin"])).status_code, 200);
    assert_eq!(own(maria, json!(["customer"])).status_code, 200);
    problem(&own(ivan, json!([])), 409, "last-admin");
}

#[test]
fn two_admins_who_revoke_each_other_leave_one() {
    let stage = Arc::new(stage());
    let (maria, ivan) = (verified(&stage, EMAIL), verified(&stage, "ivan@example.com"));
    for id in [maria, ivan] {
        assert_eq!(change(&stage, id, &json!(["admin"])).status_code, 200);
    }
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(change(&other, ivan, &json!([])).status_code, 200);
        }
        Fate::Answered
    });
    problem(&change(&stage, maria, &json!([])), 409, "last-admin");
    stage.calm();
    assert_eq!(account(&stage, maria).roles.names(), ["admin"]);
}

#[test]
fn lost_replies_record_a_change_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        let id = verified(&stage, EMAIL);
        announced(&stage);
        first_write(&stage, fate);
        assert_eq!(change(&stage, id, &json!(["admin"])).status_code, 200);
        stage.calm();
        assert_eq!(announced_types(&stage), ["roles-changed"]);
        assert_eq!(record(&stage, id, "")["items"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn the_record_is_read_page_by_page_the_newest_first() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    for n in 0..5 {
        let roles = if n % 2 == 0 { json!(["manager"]) } else { json!(["support"]) };
        assert_eq!(change(&stage, id, &roles).status_code, 200);
    }
    let (mut numbers, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = record(&stage, id, &query);
        numbers.extend(page["items"].as_array().unwrap().iter().map(|change| change["number"].as_u64().unwrap()));
        match page["next"].as_str() {
            Some(next) => query = format!("limit=2&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    for query in ["limit=0", "limit=101", "limit=x", "cursor=!", "cursor=AAAA", "page=2"] {
        let answer = stage.ask("list-role-changes").by(&caller(5, Role::Auditor)).at(id).query(query).get();
        problem(&answer, 400, "invalid-query");
    }
    let other = verified(&stage, "somebody@example.com");
    assert_eq!(record(&stage, other, "")["items"], json!([]));
    let nobodys = stage.ask("list-role-changes").by(&caller(5, Role::Auditor)).at(AccountId::from_bits(7)).get();
    problem(&nobodys, 404, "not-found");
}

#[test]
fn what_is_no_account_or_no_role_is_refused() {
    let stage = stage();
    let id = verified(&stage, EMAIL);
    stage.calls();
    problem(&change(&stage, AccountId::from_bits(7), &json!(["manager"])), 404, "not-found");
    problem(&stage.ask("get-roles").by(&admin()).at(AccountId::from_bits(7)).get(), 404, "not-found");
    problem(&change(&stage, id, &json!(["partner"])), 422, "role-not-grantable");
    for (body, field) in [
        (json!({ "roles": ["root"], "reason": "x" }), "roles[0]"),
        (json!({ "roles": "admin", "reason": "x" }), "roles"),
        (json!({ "roles": vec!["customer"; 13], "reason": "x" }), "roles"),
        (json!({ "roles": ["customer"], "reason": "" }), "reason"),
        (json!({ "roles": ["customer"], "reason": "я".repeat(501) }), "reason"),
        (json!({ "roles": ["customer"] }), "."),
        (json!({ "roles": ["customer"], "reason": "x", "force": true }), "force"),
    ] {
        let answer = stage.ask("change-roles").by(&admin()).at(id).send(&body);
        assert_eq!(problem(&answer, 400, "invalid-body")["field"], field, "{body}");
    }
    assert!(!stage.calls().iter().any(writes));
}
