//! `adjust-account`, `decide-adjustment`, `get-adjustment`, `list-adjustments`.

use crate::support::{
    KEY, adjust, announced, count, earned, interfere, manager, only_for_overseers, other_manager, owed, run, stage,
    stored_balance, transferred, until, until_run, worker, writes,
};
use billing::ledger::Side;
use kernel::{Principal, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, meanwhile, only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const ADJUSTED: &str = "billing.account-adjusted.v1";
const PROPOSED: &str = "billing.adjustment-proposed.v1";
/// Over the limit of one manager.
const LARGE: i64 = -500_001;

fn decide(stage: &Stage, by: &Principal, key: &str, id: &Value, approve: bool) -> HttpResponse {
    let ask = stage.ask("decide-adjustment").by(by).at(id.as_str().unwrap()).key(key);
    ask.send(&json!({ "approve": approve }))
}

/// A fine that waits for a second manager.
fn proposed(stage: &Stage) -> Value {
    let answer = adjust(stage, KEY, 2, "worker", LARGE);
    assert_eq!((answer.status_code, &answer.json()["state"]), (201, &json!("proposed")), "{}", answer.body);
    answer.json()["id"].clone()
}

#[test]
fn up_to_the_limit_one_manager_is_enough() {
    let stage = stage();
    for (key, minor) in [
        ("the-key-of-a-credit-1", 500_000),
        ("the-key-of-a-fine-no-1", -500_000),
        ("the-key-of-a-fine-no-2", -1),
    ] {
        let answer = adjust(&stage, key, 2, "worker", minor);
        assert_eq!((answer.status_code, &answer.json()["state"]), (201, &json!("applied")));
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert_eq!(answer.headers["location"], format!("/v1/adjustments/{id}"));
    }
    assert_eq!((earned(&stage, 2), owed(&stage, 2)), (-1, 0));
    let events = announced(&stage);
    assert_eq!((count(&events, ADJUSTED), count(&events, PROPOSED)), (3, 0));
    assert_eq!(adjust(&stage, KEY, 2, "client", 70).status_code, 201);
    assert_eq!(owed(&stage, 2), 70);
}

#[test]
fn the_same_request_again_is_answered_the_same_and_does_nothing() {
    let stage = stage();
    let first = adjust(&stage, KEY, 2, "worker", 100);
    stage.set("ADJUSTMENT_LIMIT", "1");
    assert_eq!(adjust(&stage, KEY, 2, "worker", 100).body, first.body, "whatever the limit is by then");
    problem(&adjust(&stage, KEY, 2, "worker", 101), 422, "idempotency-key-reused");
    assert_eq!(earned(&stage, 2), 100);
    assert_eq!(count(&announced(&stage), ADJUSTED), 1);
}

#[test]
fn a_lost_reply_does_it_once() {
    for minor in [100, LARGE] {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            for lost in 1..=12 {
                let stage = stage();
                interfere(&stage, lost, fate.clone(), writes);
                let first = adjust(&stage, KEY, 2, "worker", minor);
                stage.calm();
                let again = adjust(&stage, KEY, 2, "worker", minor);
                assert_eq!(again.status_code, 201, "{}", again.body);
                assert!(first.status_code == 503 || first.body == again.body);
                assert_eq!(earned(&stage, 2), if minor == LARGE { 0 } else { 100 }, "{fate:?} {lost}");
            }
        }
    }
}

#[test]
fn above_it_a_second_one_approves_or_declines() {
    for (approve, balance, state) in [(true, LARGE, "applied"), (false, 0, "declined")] {
        let stage = stage();
        let id = proposed(&stage);
        assert_eq!(earned(&stage, 2), 0, "it waits");
        problem(&decide(&stage, &manager(), "a-key-of-the-same-1", &id, approve), 409, "own-proposal");
        let decided = decide(&stage, &other_manager(), KEY, &id, approve);
        assert_eq!((decided.status_code, &decided.json()["state"]), (200, &json!(state)), "{}", decided.body);
        assert_eq!(decide(&stage, &other_manager(), KEY, &id, approve).body, decided.body);
        problem(&decide(&stage, &other_manager(), KEY, &id, !approve), 422, "idempotency-key-reused");
        problem(&decide(&stage, &other_manager(), "the-key-of-a-second-one", &id, true), 409, "already-decided");
        assert_eq!(earned(&stage, 2), balance);
        let events = announced(&stage);
        assert_eq!((count(&events, PROPOSED), count(&events, ADJUSTED)), (1, usize::from(approve)));
        let view = stage.ask("get-adjustment").by(&manager()).at(id.as_str().unwrap()).get().json();
        assert_eq!((&view["state"], &view["reason"]), (&json!(state), &json!("За усердие")));
        assert_eq!(view["decided_by"], json!(other_manager().account));
        assert_eq!(adjust(&stage, KEY, 2, "worker", LARGE).json()["state"], "proposed", "as it was told at first");
    }
}

#[test]
fn nobody_credits_or_fines_themselves() {
    let stage = stage();
    for (side, minor) in [("worker", 100), ("client", -100), ("worker", LARGE)] {
        problem(&adjust(&stage, KEY, 100, side, minor), 403, "own-balance");
    }
    assert_eq!((earned(&stage, 100), owed(&stage, 100)), (0, 0));
    assert!(announced(&stage).is_empty());
    assert_eq!(adjust(&stage, KEY, 101, "worker", 100).status_code, 201, "a colleague does it");
}

#[test]
fn nobody_decides_about_their_own_account() {
    for (minor, approve) in [(-LARGE, true), (LARGE, false), (LARGE, true)] {
        let stage = stage();
        let id = adjust(&stage, KEY, 101, "worker", minor).json()["id"].clone();
        problem(&decide(&stage, &other_manager(), KEY, &id, approve), 403, "own-balance");
        assert_eq!(earned(&stage, 101), 0, "it still waits");
        let third = caller(102, Role::Manager);
        assert_eq!(decide(&stage, &third, "the-key-of-a-third-one", &id, approve).status_code, 200);
        assert_eq!(earned(&stage, 101), if approve { minor } else { 0 });
    }
}

#[test]
fn approval_whose_reply_was_lost_is_entered_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        let id = proposed(&stage);
        interfere(&stage, 50, fate, writes);
        problem(&decide(&stage, &other_manager(), KEY, &id, true), 503, "try-again");
        stage.calm();
        assert_eq!(decide(&stage, &other_manager(), KEY, &id, true).status_code, 200);
        assert_eq!(earned(&stage, 2), LARGE);
    }
}

#[test]
fn nobody_approves_after_two_weeks_or_what_needs_no_approval() {
    let stage = stage();
    let id = proposed(&stage);
    stage.pass(Duration::from_secs(14 * 86_400));
    problem(&decide(&stage, &other_manager(), KEY, &id, true), 409, "proposal-lapsed");
    assert_eq!(earned(&stage, 2), 0);
    let small = adjust(&stage, "the-key-of-a-small-one", 2, "worker", 1).json()["id"].clone();
    problem(&decide(&stage, &other_manager(), KEY, &small, true), 409, "already-decided");
    let unknown = json!("adj_00000000000000000000000001");
    problem(&decide(&stage, &other_manager(), KEY, &unknown, true), 404, "not-found");
    problem(&stage.ask("get-adjustment").by(&manager()).at(unknown.as_str().unwrap()).get(), 404, "not-found");
}

/// What worker 2 has: free, and held.
fn has(stage: &Stage) -> (i64, i64) {
    let balance = stored_balance(stage, 2, Side::Worker);
    (balance.available_minor, balance.held_minor)
}

#[test]
fn what_a_fine_is_to_take_is_held_until_it_is_decided() {
    for (approve, free) in [(true, 7_000 + LARGE), (false, 7_000)] {
        let stage = stage();
        adjust(&stage, "the-key-of-what-there-is", 2, "worker", 7_000);
        let id = proposed(&stage);
        assert_eq!(has(&stage), (0, 7_000), "as much as there is");
        let shown = stage.ask("get-balance").by(&worker()).get().json();
        assert_eq!(shown["balances"][0]["balance"]["amount_minor"], 7_000);
        assert_eq!(shown["balances"][0]["available"]["amount_minor"], 0);
        assert_eq!(decide(&stage, &other_manager(), KEY, &id, approve).status_code, 200);
        assert_eq!(has(&stage), (free, 0), "{approve}");
    }
}

#[test]
fn what_is_held_is_not_paid_out_and_is_when_it_is_free_again() {
    let stage = stage();
    adjust(&stage, "the-key-of-what-there-is", 2, "worker", 7_000);
    proposed(&stage);
    adjust(&stage, "the-key-of-something-more", 2, "worker", 500);
    until_run(&stage);
    run(&stage);
    assert_eq!(transferred(&stage).into_values().sum::<i64>(), 500);
    assert_eq!(has(&stage), (0, 7_000));
    stage.pass(Duration::from_secs(14 * 86_400));
    for _ in 0..2 {
        assert!(stage.start("lapse-adjustments"));
        assert_eq!(has(&stage), (7_000, 0), "nobody decided");
    }
    adjust(&stage, "the-key-of-the-last-thing", 2, "worker", 1);
    until(&stage, "2026-02-01".parse().unwrap());
    run(&stage);
    assert_eq!(transferred(&stage).into_values().sum::<i64>(), 7_501);
    assert_eq!(stored_balance(&stage, 2, Side::Worker).carried_minor, 0);
}

#[test]
fn of_two_decisions_at_once_one_counts() {
    for approve in [false, true] {
        let stage = Arc::new(stage());
        let id = proposed(&stage);
        let third = caller(102, Role::Manager);
        let same = id.clone();
        meanwhile(&stage, move |stage| {
            assert_eq!(decide(stage, &third, "the-key-of-a-third-one", &same, !approve).status_code, 200);
        });
        problem(&decide(&stage, &other_manager(), KEY, &id, approve), 409, "already-decided");
        stage.calm();
        assert_eq!(has(&stage), (if approve { 0 } else { LARGE }, 0));
        let shown = stage.ask("get-adjustment").by(&manager()).at(id.as_str().unwrap()).get().json();
        assert_eq!(shown["state"], if approve { "declined" } else { "applied" });
    }
}

#[test]
fn two_large_fines_at_once_hold_no_more_than_there_is() {
    let stage = Arc::new(stage());
    adjust(&stage, "the-key-of-what-there-is", 2, "worker", 7_000);
    meanwhile(&stage, |stage| {
        assert_eq!(adjust(stage, "the-key-of-the-faster-1", 2, "worker", LARGE).status_code, 201);
    });
    assert_eq!(adjust(&stage, KEY, 2, "worker", LARGE).status_code, 201);
    stage.calm();
    assert_eq!(has(&stage), (0, 7_000));
}

#[test]
fn what_is_held_while_its_week_is_closed_is_not_paid_out() {
    let stage = Arc::new(stage());
    adjust(&stage, "the-key-of-what-there-is", 2, "worker", 7_000);
    until_run(&stage);
    let (other, entered) = (stage.clone(), AtomicBool::new(false));
    stage.interfere(move |call| {
        let pays = writes(call) && String::from_utf8_lossy(&call.body).contains("{\"S\":\"payout\"}");
        if pays && !entered.swap(true, Ordering::SeqCst) {
            proposed(&other);
        }
        Fate::Answered
    });
    run(&stage);
    stage.calm();
    assert_eq!((has(&stage), transferred(&stage).into_values().sum::<i64>()), ((0, 7_000), 0));
}

#[test]
fn a_credit_holds_nothing_and_neither_does_a_debt() {
    let stage = stage();
    adjust(&stage, "the-key-of-a-small-debt1", 2, "worker", -300);
    proposed(&stage);
    assert_eq!(has(&stage), (-300, 0));
    assert_eq!(adjust(&stage, "the-key-of-a-large-one", 2, "worker", 900_000).json()["state"], "proposed");
    assert_eq!(has(&stage), (-300, 0));
}

#[test]
fn a_lost_reply_holds_and_frees_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = stage();
        adjust(&stage, "the-key-of-what-there-is", 2, "worker", 7_000);
        interfere(&stage, 50, fate.clone(), writes);
        problem(&adjust(&stage, KEY, 2, "worker", LARGE), 503, "try-again");
        stage.calm();
        let id = proposed(&stage);
        assert_eq!(has(&stage), (0, 7_000), "{fate:?}");
        interfere(&stage, 50, fate.clone(), writes);
        problem(&decide(&stage, &other_manager(), KEY, &id, false), 503, "try-again");
        stage.calm();
        assert_eq!(decide(&stage, &other_manager(), KEY, &id, false).status_code, 200);
        assert_eq!(has(&stage), (7_000, 0), "{fate:?}");
    }
}

#[test]
fn who_may_and_what_makes_no_sense() {
    let stage = stage();
    only_for(Role::Manager, || stage.ask("adjust-account"));
    only_for(Role::Manager, || stage.ask("decide-adjustment").at("adj_00000000000000000000000001"));
    only_for_overseers(|| stage.ask("get-adjustment").at("adj_00000000000000000000000001"));
    only_for_overseers(|| stage.ask("list-adjustments"));
    problem(&adjust(&stage, KEY, 2, "worker", 0), 422, "amount-not-adjustable");
    problem(&adjust(&stage, KEY, 2, "worker", i64::MIN), 422, "amount-not-adjustable");
    let body = |currency: &str, reason: &str| {
        let amount = json!({ "amount_minor": 1, "currency": currency });
        json!({ "account": worker().account, "side": "worker", "reason": reason, "amount": amount })
    };
    let send = |body: &Value| stage.ask("adjust-account").by(&manager()).key(KEY).send(body);
    problem(&send(&body("GBP", "x")), 422, "amount-not-adjustable");
    problem(&send(&body("RUB", " ")), 400, "invalid-body");
    problem(&send(&json!({})), 400, "invalid-body");
    problem(&stage.ask("adjust-account").by(&manager()).send(&body("RUB", "x")), 400, "idempotency-key-missing");
    assert_eq!(earned(&stage, 2), 0);
}

/// The ids of a list, page by page.
fn listed(stage: &Stage, state: &str) -> Vec<Value> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let ask = stage.ask("list-adjustments").by(&other_manager());
        let page = ask.query(&format!("state={state}&limit=2{cursor}")).get();
        assert_eq!(page.status_code, 200, "{}", page.body);
        ids.extend(page.json()["items"].as_array().unwrap().iter().map(|one| one["id"].clone()));
        match page.json()["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

#[test]
fn an_adjustment_is_in_the_list_of_how_it_stands_the_newest_first() {
    let stage = stage();
    let ask = |key: &str, minor| {
        stage.pass(Duration::from_secs(1));
        adjust(&stage, key, 2, "worker", minor).json()["id"].clone()
    };
    let small: Vec<Value> = (0..3).map(|n| ask(&format!("the-key-of-a-credit-{n}"), 100)).collect();
    let large: Vec<Value> = (0..4).map(|n| ask(&format!("the-key-of-a-fine-no-{n}"), LARGE)).collect();
    assert_eq!(listed(&stage, "applied"), [small[2].clone(), small[1].clone(), small[0].clone()]);
    assert_eq!(listed(&stage, "proposed").len(), 4);
    assert_eq!(decide(&stage, &other_manager(), "the-key-to-decide-by-1", &large[0], true).status_code, 200);
    assert_eq!(decide(&stage, &other_manager(), "the-key-to-decide-by-2", &large[1], false).status_code, 200);
    assert_eq!(listed(&stage, "proposed"), [large[3].clone(), large[2].clone()]);
    assert_eq!(listed(&stage, "declined"), [large[1].clone()]);
    assert!(listed(&stage, "applied").contains(&large[0]));
    stage.pass(Duration::from_secs(15 * 86_400));
    assert!(stage.start("lapse-adjustments"));
    assert_eq!(listed(&stage, "lapsed").len(), 2);
    assert!(listed(&stage, "proposed").is_empty());
    for query in ["state=gone", "limit=0", "limit=51", "cursor=abc", "colour=red"] {
        let answer = stage.ask("list-adjustments").by(&manager()).query(query).get();
        problem(&answer, 400, "invalid-query");
    }
}
