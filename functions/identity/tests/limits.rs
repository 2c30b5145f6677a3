//! What one network may do in a while, and that its neighbours do not suffer for it.

use crate::support::{EMAIL, PASSWORD, code, everything, key, person, stage, verified, wrong};
use contracts::identity::ContactKind;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const HOME: &str = "203.0.113.7";
const NEIGHBOUR: &str = "203.0.113.8";

fn sign_in(stage: &Stage, network: &str, name: &str) -> HttpResponse {
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    stage.ask("sign-in").sent_from(network).key(&key(name)).send(&credentials)
}

#[test]
fn a_network_signs_in_so_often_and_then_has_to_wait_for_the_next_window() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "3,5");
    stage.pass(Duration::from_secs(60));
    for n in 0..3 {
        assert_eq!(sign_in(&stage, HOME, &format!("{n}")).status_code, 201);
    }
    let refused = sign_in(&stage, HOME, "one more");
    assert_eq!(problem(&refused, 429, "too-many-requests")["status"], 429);
    let wait: u64 = refused.headers["retry-after"].parse().unwrap();
    assert_eq!(wait, 240, "windows begin at whole multiples of their length");

    assert_eq!(sign_in(&stage, NEIGHBOUR, "a neighbour").status_code, 201, "each network has a limit of its own");
    stage.pass(Duration::from_secs(wait - 1));
    problem(&sign_in(&stage, HOME, "too early"), 429, "too-many-requests");
    stage.pass(Duration::from_secs(1));
    assert_eq!(sign_in(&stage, HOME, "in time").status_code, 201);
}

#[test]
fn a_household_shares_its_limit_whichever_of_its_addresses_it_uses() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "2,5");
    assert_eq!(sign_in(&stage, "2001:db8:1:2::1", "phone").status_code, 201);
    assert_eq!(sign_in(&stage, "2001:db8:1:2:a:b:c:d", "desk").status_code, 201);
    problem(&sign_in(&stage, "2001:db8:1:2::2", "tablet"), 429, "too-many-requests");
    assert_eq!(sign_in(&stage, "2001:db8:1:3::1", "next door").status_code, 201);
}

#[test]
fn whoever_wants_to_hide_among_addresses_it_made_up_is_counted_where_it_is() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "1,5");
    let claimed = |address: &str, name: &str| {
        let credentials = json!({ "email": EMAIL, "password": PASSWORD });
        let ask = stage.ask("sign-in").sent_from(HOME).header("x-forwarded-for", address);
        ask.header("forwarded", &format!("for={address}")).key(&key(name)).send(&credentials)
    };
    assert_eq!(claimed("198.51.100.1", "one").status_code, 201);
    problem(&claimed("198.51.100.2", "two"), 429, "too-many-requests");
}

#[test]
fn registering_asking_for_codes_and_trying_them_have_their_limits() {
    let stage = stage();
    stage.set("REGISTRATION_LIMIT", "2,60");
    stage.set("CODE_LIMIT", "3,60");
    let register = |name: &str| {
        let person = person(&format!("{name}@example.com"));
        stage.ask("register").sent_from(HOME).key(&key(name)).send(&person)
    };
    let account = register("maria").json()["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(register("olga").status_code, 201);
    problem(&register("vera"), 429, "too-many-requests");

    let good = code(&stage, account, ContactKind::Email);
    let verify = |network: &str, code: &str| {
        let answer = json!({ "kind": "email", "code": code });
        stage.ask("verify-contact").sent_from(network).at(account).send(&answer)
    };
    let another = |network: &str, name: &str| {
        stage
            .ask("issue-code")
            .sent_from(network)
            .at(account)
            .key(&key(name))
            .send(&json!({ "kind": "email" }))
    };
    problem(&verify(HOME, &wrong(&good)), 422, "code-wrong");
    problem(&verify(HOME, &wrong(&good)), 422, "code-wrong");
    problem(&another(HOME, "first"), 429, "too-many-codes");
    problem(&another(HOME, "second"), 429, "too-many-requests");
    problem(&verify(HOME, &good), 429, "too-many-requests");
    assert_eq!(verify(NEIGHBOUR, &good).status_code, 200, "the right code is still good elsewhere");
}

#[test]
fn a_limit_of_nought_is_none_and_a_wrong_one_lets_nobody_in() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "0,1");
    for n in 0..120 {
        assert_eq!(sign_in(&stage, HOME, &format!("{n}")).status_code, 201);
    }
    stage.set("SIGN_IN_LIMIT", "a hundred");
    problem(&sign_in(&stage, HOME, "then"), 500, "internal");
}

#[test]
fn a_count_whose_reply_is_lost_may_count_twice_and_never_lets_more_in() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "4,5");
    let counts = AtomicUsize::new(0);
    stage.interfere(move |call| {
        let first = call.operation == "UpdateItem" && counts.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        if first { Fate::ReplyLost } else { Fate::Answered }
    });
    let admitted = (0..6).filter(|n| sign_in(&stage, HOME, &n.to_string()).status_code == 201).count();
    assert!((1..=4).contains(&admitted), "{admitted}");
}

#[test]
fn those_who_come_at_once_share_what_is_left() {
    let stage = stage();
    verified(&stage, EMAIL);
    stage.set("SIGN_IN_LIMIT", "3,5");
    let at_once = Barrier::new(8);
    let admitted = std::thread::scope(|threads| {
        let tries: Vec<_> = (0..8)
            .map(|n| {
                let (stage, at_once) = (&stage, &at_once);
                threads.spawn(move || {
                    at_once.wait();
                    sign_in(stage, HOME, &n.to_string()).status_code
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).filter(|status| *status == 201).count()
    });
    assert_eq!(admitted, 3);
}

#[test]
fn an_address_is_not_kept_and_its_count_is_forgotten() {
    let stage = stage();
    verified(&stage, EMAIL);
    sign_in(&stage, HOME, "in");
    assert!(everything(&stage).iter().all(|item| !item.contains(HOME)));
    let counts: Vec<Value> = everything(&stage).iter().map(|item| serde_json::from_str(item).unwrap()).collect();
    let counts: Vec<&Value> = counts.iter().filter(|item| item["sk"]["S"] == "rate").collect();
    assert!(!counts.is_empty());
    for count in counts {
        let until: i64 = count["expires_at"]["N"].as_str().unwrap().parse().unwrap();
        assert!((1..=2 * 3600).contains(&(until - stage.now().as_seconds())), "{count}");
    }
    stage.settle().unwrap();
}
