//! `create-partner`, `rotate-partner-secret`, and how partners sign in.

use crate::support::{admin, announced, claims, everything, first_write, key, stage, writes};
use kernel::{AccountId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::time::Duration;

fn create(stage: &Stage, name: &str) -> HttpResponse {
    stage.ask("create-partner").by(&admin()).key("create-this-partner").send(&json!({ "name": name }))
}

fn partner(stage: &Stage) -> Value {
    let answer = create(stage, "Happy Cat Box");
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()
}

fn rotate(stage: &Stage, partner: &Value, key: &str, hours: u32) -> HttpResponse {
    let ask = stage.ask("rotate-partner-secret").by(&admin()).at(partner["client_id"].as_str().unwrap()).key(key);
    ask.send(&json!({ "overlap_hours": hours }))
}

fn sign_in(stage: &Stage, partner: &Value, name: &str) -> HttpResponse {
    let body = json!({ "client_id": partner["client_id"], "client_secret": partner["client_secret"] });
    stage.ask("sign-in").key(&key(name)).send(&body)
}

#[test]
fn only_admins_create_partners() {
    let stage = stage();
    only_for(Role::Admin, || stage.ask("create-partner").key("create-this-partner"));
    only_for(Role::Admin, || {
        stage.ask("rotate-partner-secret").at(AccountId::from_bits(7)).key("rotate-this-secret")
    });
}

#[test]
fn a_partner_signs_in_with_what_it_was_given() {
    let stage = stage();
    let partner = partner(&stage);
    let id = &partner["client_id"];
    let data = json!({ "account": id, "roles": ["partner"], "by": admin().account });
    assert_eq!(announced(&stage), [("identity.roles-changed.v1".to_owned(), data)]);
    let answer = sign_in(&stage, &partner, "in");
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let tokens = answer.json();
    assert!(tokens.get("refresh_token").is_none(), "it signs in again");
    let claims = claims(&stage, &tokens).unwrap();
    assert_eq!((&claims["sub"], &claims["roles"]), (id, &json!("partner")));
    assert_eq!(sign_in(&stage, &partner, "in").body, answer.body, "the same request, the same token");
    let record = stage.ask("list-role-changes").by(&caller(5, Role::Auditor)).at(id.as_str().unwrap()).get().json();
    assert_eq!(record["items"][0]["granted"], json!(["partner"]));
}

#[test]
fn an_empty_last_page_of_a_partners_record_is_no_missing_account() {
    let stage = stage();
    let id = partner(&stage)["client_id"].as_str().unwrap().to_owned();
    let page = |query: &str| stage.ask("list-role-changes").by(&caller(5, Role::Auditor)).at(&id).query(query).get();
    let mut next = page("limit=1").json()["next"].clone();
    assert!(next.is_string(), "a page that is full may not be the last");
    while let Some(cursor) = next.as_str() {
        let answer = page(&format!("limit=1&cursor={cursor}"));
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        next = answer.json()["next"].clone();
    }
}

#[test]
fn the_secret_is_told_and_not_kept() {
    let stage = stage();
    let partner = partner(&stage);
    let secret = partner["client_secret"].as_str().unwrap();
    for text in everything(&stage).into_iter().chain(stage.log()) {
        assert!(!text.contains(&secret[3..]), "{text}");
    }
}

#[test]
fn a_wrong_secret_locks_nobody_out() {
    let stage = stage();
    let good = partner(&stage);
    let mut bad = good.clone();
    bad["client_secret"] = json!(format!("ps_{}", "A".repeat(43)));
    for n in 0..20 {
        problem(&sign_in(&stage, &bad, &n.to_string()), 401, "credentials-wrong");
    }
    bad["client_id"] = json!(AccountId::from_bits(7));
    let unknown = sign_in(&stage, &bad, "unknown");
    assert_eq!(problem(&unknown, 401, "credentials-wrong"), sign_in(&stage, &bad, "again").json());
    assert_eq!(sign_in(&stage, &good, "good").status_code, 201);
    assert!(!everything(&stage).iter().any(|item| item.contains("failed")));
}

#[test]
fn many_machines_of_a_partner_leave_little_behind() {
    let stage = stage();
    let partner = partner(&stage);
    for n in 0..50 {
        assert_eq!(sign_in(&stage, &partner, &format!("machine-{n}")).status_code, 201);
    }
    let id = partner["client_id"].as_str().unwrap().parse().unwrap();
    assert!(crate::support::access(&stage, id).unwrap().sessions.len() <= 40);
    stage.pass(Duration::from_secs(2 * 86_400));
    sign_in(&stage, &partner, "later");
    assert_eq!(crate::support::access(&stage, id).unwrap().sessions.len(), 1);
}

#[test]
fn the_same_request_again_tells_the_same_secret() {
    let stage = stage();
    let first = create(&stage, "Happy Cat Box");
    stage.pass(Duration::from_secs(86_400));
    let again = create(&stage, "Happy Cat Box");
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    rotate(&stage, &first.json(), "rotate-this-secret", 0);
    assert_eq!(create(&stage, "Happy Cat Box").body, first.body, "as it was created");
    problem(&create(&stage, "Another"), 422, "idempotency-key-reused");
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = crate::support::stage();
        first_write(&stage, fate);
        partner(&stage);
        stage.calm();
        assert_eq!(announced(&stage).len(), 1);
    }
}

#[test]
fn a_secret_is_changed_without_an_outage() {
    let stage = stage();
    let first = partner(&stage);
    let answer = rotate(&stage, &first, "rotate-this-secret", 24);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    let second = answer.json();
    assert_ne!(second["client_secret"], first["client_secret"]);
    for (n, tokens) in [&first, &second].iter().enumerate() {
        assert_eq!(sign_in(&stage, tokens, &format!("both-{n}")).status_code, 201);
    }
    let again = rotate(&stage, &first, "rotate-this-secret", 24);
    assert_eq!((again.status_code, &again.body), (200, &answer.body));
    problem(&rotate(&stage, &first, "rotate-this-secret", 1), 422, "idempotency-key-reused");
    stage.pass(Duration::from_secs(86_400));
    problem(&sign_in(&stage, &first, "a day later"), 401, "credentials-wrong");
    assert_eq!(sign_in(&stage, &second, "second").status_code, 201);
}

#[test]
fn a_leaked_secret_is_no_good_at_once() {
    let stage = stage();
    let first = partner(&stage);
    let second = rotate(&stage, &first, "rotate-this-secret", 0).json();
    problem(&sign_in(&stage, &first, "leaked"), 401, "credentials-wrong");
    assert_eq!(sign_in(&stage, &second, "second").status_code, 201);
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        first_write(&stage, fate);
        let third = rotate(&stage, &first, "rotate-it-once-more", 0).json();
        stage.calm();
        assert_eq!(sign_in(&stage, &third, "third").status_code, 201);
    }
}

#[test]
fn what_is_no_partner_is_refused() {
    let stage = stage();
    let nobody = json!({ "client_id": AccountId::from_bits(7) });
    stage.calls();
    problem(&rotate(&stage, &nobody, "rotate-this-secret", 1), 404, "not-found");
    problem(&create(&stage, ""), 400, "invalid-body");
    problem(&create(&stage, &"я".repeat(101)), 400, "invalid-body");
    problem(&rotate(&stage, &nobody, "rotate-this-secret", 169), 400, "invalid-body");
    let keyless = stage.ask("create-partner").by(&admin()).send(&json!({ "name": "Happy Cat Box" }));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(!stage.calls().iter().any(writes));
}
