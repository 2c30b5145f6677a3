//! `top-up-balance`, `get-top-up`: what customers pay onto their balances.

use crate::support::{
    KEY, account, announced, announced_types, asks, at_stripe, customer, interfere, pay, refunds, send_event,
    server_error, shop, stranger, stripe_event, webhooks, webhooks_waiting, writes,
};
use kernel::{Role, TopUpId};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, only_for, problem};
use local::trigger::HttpResponse;
use payments::payment::Payment;
use payments::store::payment_key;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

pub const TOPPED_UP: &str = "payments.balance-topped-up.v1";

fn roubles(minor: i64) -> Value {
    json!({ "amount_minor": minor, "currency": "RUB" })
}

fn ask(stage: &Stage, key: &str, amount: i64) -> HttpResponse {
    stage.ask("top-up-balance").by(&customer()).key(key).send(&json!({ "amount": roubles(amount) }))
}

pub fn begun(stage: &Stage, amount: i64) -> Value {
    let answer = ask(stage, KEY, amount);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()
}

fn id(reply: &Value) -> TopUpId {
    reply["id"].as_str().unwrap().parse().unwrap()
}

fn state(stage: &Stage, top_up: TopUpId) -> Value {
    let answer = stage.ask("get-top-up").by(&customer()).at(top_up).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["state"].clone()
}

fn stored(stage: &Stage, top_up: TopUpId) -> Payment {
    item(stage, "payments", &payment_key(top_up)).expect("the payment is stored")
}

fn intents(stage: &Stage, top_up: TopUpId) -> Vec<Value> {
    stage.pass(Duration::from_secs(60));
    let query = format!("/v1/payment_intents/search?query=metadata%5B%27top_up%27%5D:%27{top_up}%27");
    at_stripe(stage, &query)["data"].as_array().unwrap().clone()
}

#[test]
fn what_is_paid_is_announced_once() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    let top_up = id(&reply);
    assert_eq!((&reply["state"], &reply["amount"]), (&json!("open"), &roubles(50_000)));
    assert_eq!(state(&stage, top_up), "open");
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    for webhook in webhooks_waiting(&stage) {
        for _ in 0..2 {
            assert_eq!(crate::support::hand_over(&stage, &webhook.headers, &webhook.body).status_code, 204);
        }
    }
    assert_eq!(state(&stage, top_up), "paid");
    let payment = payments::top_up::attempt_id(top_up);
    let expected = json!({ "top_up": top_up, "account": account(), "payment": payment, "amount": roubles(50_000) });
    assert_eq!(announced(&stage), [(TOPPED_UP.to_owned(), expected)]);
    let intents = intents(&stage, top_up);
    assert_eq!((intents.len(), &intents[0]["metadata"]), (1, &json!({ "payment": payment, "top_up": top_up })));
    assert_eq!(stored(&stage, top_up).due, None);
    let secret = reply["client_secret"].as_str().unwrap();
    assert!(!serde_json::to_string(&stored(&stage, top_up)).unwrap().contains(secret));
}

#[test]
fn amounts_from_one_to_half_a_million_are_possible() {
    for (amount, possible) in [
        (i64::MIN, false),
        (-100, false),
        (0, false),
        (99, false),
        (100, true),
        (50_000_000, true),
        (50_000_001, false),
        (i64::MAX, false),
    ] {
        let stage = shop();
        let answer = ask(&stage, KEY, amount);
        match possible {
            true => assert_eq!(answer.status_code, 201, "{amount}: {}", answer.body),
            false => drop(problem(&answer, 422, "top-up-not-possible")),
        }
    }
    let stage = shop();
    let pounds = json!({ "amount": { "amount_minor": 5_000, "currency": "GBP" } });
    let answer = stage.ask("top-up-balance").by(&customer()).key(KEY).send(&pounds);
    problem(&answer, 422, "top-up-not-possible");
    stage.set("BUSINESS_CURRENCY", "GBP");
    assert_eq!(stage.ask("top-up-balance").by(&customer()).key(KEY).send(&pounds).status_code, 201);
}

#[test]
fn only_customers_top_up_and_see_their_own() {
    let stage = shop();
    let top_up = id(&begun(&stage, 50_000));
    only_for(Role::Customer, || stage.ask("top-up-balance").key(KEY));
    only_for(Role::Customer, || stage.ask("get-top-up").at(top_up));
    problem(&stage.ask("get-top-up").by(&stranger()).at(top_up).get(), 404, "not-found");
    for path in [
        "",
        "1",
        "top_7",
        "ord_00000000000000000000000001",
        "top_00000000000000000000000099",
    ] {
        problem(&stage.ask("get-top-up").by(&customer()).at(path).get(), 404, "not-found");
    }
}

#[test]
fn bodies_and_keys_that_are_not_as_described_are_refused() {
    let stage = shop();
    for body in [
        json!({}),
        json!([]),
        json!({ "amount": 5 }),
        json!({ "amount": roubles(500), "to": "me" }),
    ] {
        let answer = stage.ask("top-up-balance").by(&customer()).key(KEY).send(&body);
        problem(&answer, 400, "invalid-body");
    }
    let keyless = stage.ask("top-up-balance").by(&customer()).send(&json!({ "amount": roubles(500) }));
    problem(&keyless, 400, "idempotency-key-missing");
}

#[test]
fn the_same_request_again_gets_the_same_reply() {
    let stage = shop();
    let first = ask(&stage, KEY, 50_000);
    assert_eq!(ask(&stage, KEY, 50_000).body, first.body);
    problem(&ask(&stage, KEY, 60_000), 422, "idempotency-key-reused");
    problem(&ask(&stage, KEY, 1), 422, "idempotency-key-reused");
    stage.set("BUSINESS_CURRENCY", "GBP");
    assert_eq!(ask(&stage, KEY, 50_000).body, first.body, "it was possible then");
    assert_eq!(pay(&stage, &first.json(), "pm_card_visa").0, 200);
    webhooks(&stage);
    stage.pass(Duration::from_secs(30 * 86_400));
    assert_eq!(ask(&stage, KEY, 50_000).body, first.body);
    assert_eq!(intents(&stage, id(&first.json())).len(), 1);
}

#[test]
fn a_card_that_is_declined_may_be_followed_by_another() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    assert_eq!(pay(&stage, &reply, "pm_card_chargeDeclined").0, 402);
    webhooks(&stage);
    assert_eq!(state(&stage, id(&reply)), "open");
    assert_eq!(announced_types(&stage), [""; 0]);
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [TOPPED_UP]);
}

#[test]
fn another_amount_than_was_asked_for_goes_back_whole() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    crate::support::take_every_refund(&stage);
    let intent = crate::support::intent_of(reply["client_secret"].as_str().unwrap());
    let object = json!({
        "id": intent, "object": "payment_intent", "status": "succeeded", "amount": 40_000, "amount_received": 40_000,
        "currency": "rub",
        "metadata": { "payment": payments::top_up::attempt_id(id(&reply)), "top_up": id(&reply) },
    });
    stage.calls();
    for n in 0..2 {
        assert_eq!(send_event(&stage, &stripe_event(n, "payment_intent.succeeded", &object)).status_code, 204);
    }
    let calls = stage.calls();
    assert_eq!(crate::support::count(&calls, "POST", "/refunds"), 1);
    assert_eq!(announced_types(&stage), [""; 0]);
    assert_eq!(state(&stage, id(&reply)), "over");
}

#[test]
fn what_staff_give_back_at_stripe_is_for_a_person() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    let intent = crate::support::intent_of(reply["client_secret"].as_str().unwrap());
    crate::reconcile_payments::given_back_there_is_for_a_person(&stage, intent);
    assert_eq!(announced_types(&stage).iter().filter(|kind| *kind == TOPPED_UP).count(), 1);
}

#[test]
fn what_is_not_paid_in_time_is_over() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    stage.pass(Duration::from_secs(3600 + 1801));
    assert!(stage.start("poll-payments"));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 400);
    webhooks(&stage);
    assert_eq!(state(&stage, id(&reply)), "over");
    problem(&ask(&stage, KEY, 50_000), 409, "top-up-over");
    assert_eq!(announced_types(&stage), [""; 0]);
    assert_eq!(stored(&stage, id(&reply)).due, None);
}

#[test]
fn money_whose_webhook_never_came_is_found() {
    let stage = shop();
    let reply = begun(&stage, 50_000);
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    drop(webhooks_waiting(&stage));
    stage.pass(Duration::from_secs(3600 + 1801));
    assert!(stage.start("poll-payments"));
    assert_eq!(state(&stage, id(&reply)), "paid");
    assert_eq!(announced_types(&stage), [TOPPED_UP]);
    assert!(refunds(&stage).is_empty());
}

#[test]
fn a_top_up_that_was_killed_between_any_two_calls_goes_on_when_it_is_asked_for_again() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error()] {
        for nth in 0..6 {
            let stage = shop();
            let (seen, lost) = (AtomicUsize::new(0), fate.clone());
            stage.interfere(move |_| match seen.fetch_add(1, Ordering::Relaxed) {
                n if n < nth => Fate::Answered,
                n if n == nth => lost.clone(),
                _ => Fate::NeverSent,
            });
            drop(ask(&stage, KEY, 50_000));
            stage.calm();
            let reply = begun(&stage, 50_000);
            assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
            webhooks(&stage);
            assert_eq!(announced_types(&stage), [TOPPED_UP], "{fate:?} {nth}");
            assert_eq!(intents(&stage, id(&reply)).len(), 1, "{fate:?} {nth}");
        }
    }
}

#[test]
fn the_same_request_twice_at_once_is_one_top_up() {
    for nth in 0..2 {
        let stage = Arc::new(shop());
        let (other, seen) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                begun(&other, 50_000);
            }
            Fate::Answered
        });
        let slower = begun(&stage, 50_000);
        stage.calm();
        assert_eq!(begun(&stage, 50_000), slower);
        assert_eq!(stored(&stage, id(&slower)).attempts.len(), 1);
        assert_eq!(intents(&stage, id(&slower)).len(), 1);
    }
}

#[test]
fn an_outage_is_told_and_the_request_may_be_repeated() {
    let stage = shop();
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "POST", "/payment_intents"));
    problem(&ask(&stage, KEY, 50_000), 503, "try-again");
    stage.calm();
    let reply = begun(&stage, 50_000);
    assert_eq!(state(&stage, id(&reply)), "open");
}
