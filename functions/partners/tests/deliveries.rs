//! From an event to a partner's host: fanned out once, signed, tried again, held, replayed.

use crate::support::*;
use kernel::{EndpointId, OrderId, Role, Timestamp};
use local::directory::Arrival;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{caller, problem, reports_only_what_it_cannot_read};
use partners::endpoint::State;
use platform::SecretValues;
use platform::standard_webhooks::{Forged, Headers, verify};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const PLACED: &str = "orders.order-placed.v1";

/// Whether what arrived is signed with a secret.
fn checked(arrival: &Arrival, secret: &str, now: Timestamp) -> Result<(), Forged> {
    let header = |name: &str| arrival.headers.get(name).map(String::as_str).unwrap_or_default();
    let headers = Headers {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    let secrets = SecretValues { current: secret.as_bytes().to_vec(), previous: None };
    verify(&secrets, headers, &arrival.body, now).map(drop)
}

/// Order `n` is paid, and everything that follows at once happened.
fn pay(stage: &Stage, n: u128) {
    assert!(stage.deliver("fan-out", &paid(stage, n)));
    stage.settle().unwrap();
}

/// The sweeper runs each minute for so long.
fn sweep_for(stage: &Stage, duration: Duration) {
    for _ in 0..duration.as_secs() / 60 {
        stage.pass(MINUTE);
        assert!(stage.start("sweep-deliveries"));
    }
}

fn enable(stage: &Stage, id: EndpointId) {
    assert_eq!(stage.ask("enable-endpoint").by(&machine()).at(id).get().status_code, 200);
}

fn replay(stage: &Stage, id: EndpointId, key: &str, body: &Value) -> Value {
    let answer = stage.ask("replay-deliveries").by(&machine()).at(id).key(key).send(body);
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    answer.json()
}

fn disabled(stage: &Stage) -> usize {
    let heard = announced(stage).iter().filter(|(kind, _)| kind == "partners.endpoint-disabled.v1").count();
    let logged = stage.log().iter().filter(|line| line.contains("an endpoint is disabled")).count();
    assert!(heard <= logged, "staff hear of it too");
    heard
}

#[test]
fn an_event_arrives_signed() {
    let (stage, id, secret) = shop_with_endpoint();
    pay(&stage, 7);
    let arrivals = arrivals(&stage);
    let [arrival] = &arrivals[..] else {
        panic!("{arrivals:?}")
    };
    assert_eq!(arrival.target, "partner.example.com/hooks");
    assert_eq!(checked(arrival, &secret, stage.now()), Ok(()));
    let body: Value = serde_json::from_slice(&arrival.body).unwrap();
    assert_eq!((&body["type"], &body["data"]["order"]), (&json!(PAID), &json!(OrderId::from_bits(7))));
    assert_eq!(body["timestamp"], json!(stage.now()));
    assert!(!arrival.headers["webhook-id"].contains('.'));
    let seen = &deliveries(&stage, id)[0];
    assert_eq!(
        (&seen["state"], &seen["tries"], &seen["outcome"]),
        (&json!("delivered"), &json!(1), &json!("status-200"))
    );
}

#[test]
fn an_event_that_comes_again_is_sent_once() {
    let (stage, id, _) = shop_with_endpoint();
    let event = paid(&stage, 7);
    for _ in 0..3 {
        assert!(stage.deliver("fan-out", &event));
        stage.settle().unwrap();
    }
    assert_eq!((arrivals(&stage).len(), deliveries(&stage, id).len()), (1, 1));
    reports_only_what_it_cannot_read(&stage, "fan-out", &event);
}

#[test]
fn only_what_an_endpoint_wants_and_may_get_is_sent() {
    let (stage, id, _) = shop_with_endpoint();
    assert!(stage.deliver("fan-out", &shipped(&stage, 7)));
    stage.settle().unwrap();
    assert_eq!(deliveries(&stage, id), [] as [Value; 0]);
    // Withdrawn between the event and the try.
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    approve(&stage, &[SHIPPED]);
    stage.settle().unwrap();
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (0, vec!["dropped".to_owned()]));
}

#[test]
fn what_was_decided_before_it_listened_or_weeks_ago_is_not_sent() {
    let stage = shop();
    approve(&stage, &[PAID]);
    let before = paid(&stage, 1);
    stage.pass(MINUTE);
    create(&stage, KEY, HOST, &[PAID]);
    assert!(stage.deliver("fan-out", &before));
    let old = paid(&stage, 2);
    stage.pass(DAY * 26);
    assert!(stage.deliver("fan-out", &old));
    stage.settle().unwrap();
    assert_eq!(arrivals(&stage).len(), 0);
}

#[test]
fn what_fails_is_tried_again_until_it_arrives() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 500);
    pay(&stage, 7);
    let seen = deliveries(&stage, id).remove(0);
    assert_eq!((&seen["state"], &seen["outcome"]), (&json!("waiting"), &json!("status-500")));
    sweep_for(&stage, MINUTE * 2);
    assert_eq!(arrivals(&stage).len(), 2, "at once and after five seconds, then it waits five minutes");
    answers(&stage, HOST, 204);
    sweep_for(&stage, MINUTE * 6);
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (1, vec!["delivered".to_owned()]));
    assert_eq!(lane(&stage, id).failing_since, None);
}

#[test]
fn it_is_given_up_after_three_days_and_can_be_asked_for() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 500);
    pay(&stage, 7);
    sweep_for(&stage, DAY * 4);
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (10, vec!["failed".to_owned()]));
    answers(&stage, HOST, 200);
    let name = deliveries(&stage, id)[0]["id"].clone();
    let again = json!({ "delivery": name });
    for _ in 0..2 {
        assert_eq!(replay(&stage, id, KEY, &again), json!({ "replayed": 1 }));
    }
    sweep_for(&stage, MINUTE * 2);
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (1, vec!["delivered".to_owned()]));
    assert_eq!(replay(&stage, id, KEY, &again), json!({ "replayed": 1 }), "this request had it sent");
    sweep_for(&stage, MINUTE * 10);
    assert_eq!(arrivals(&stage).len(), 0, "and sends nothing more");
}

#[test]
fn any_answer_but_success_is_a_failure() {
    for status in [100, 301, 302, 400, 401, 404, 429, 503] {
        let (stage, id, _) = shop_with_endpoint();
        answers(&stage, HOST, status);
        pay(&stage, 7);
        assert_eq!(states(&stage, id), ["waiting"], "{status}");
    }
}

#[test]
fn an_endpoint_that_is_gone_is_disabled_at_once() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 410);
    stage.calls();
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    assert_eq!(disabled(&stage), 1);
    assert_eq!(endpoint(&stage, id).state, State::Gone);
    pay(&stage, 8);
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (1, vec!["held".to_owned(); 2]));
    // Enabled again, what was kept comes on asking.
    answers(&stage, HOST, 200);
    let since = json!({ "since": "2026-01-01T00:00:00Z" });
    enable(&stage, id);
    assert_eq!(replay(&stage, id, KEY, &since)["replayed"], 2);
    assert_eq!(replay(&stage, id, KEY, &since)["replayed"], 2);
    sweep_for(&stage, MINUTE * 2);
    let mut orders = orders(&arrivals(&stage));
    orders.sort();
    assert_eq!(orders, [OrderId::from_bits(7), OrderId::from_bits(8)]);
}

#[test]
fn an_endpoint_that_takes_nothing_for_five_days_is_disabled() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 500);
    for n in 0..5 {
        pay(&stage, n);
        sweep_for(&stage, DAY);
    }
    stage.calls();
    pay(&stage, 9);
    sweep_for(&stage, MINUTE * 10);
    assert_eq!(disabled(&stage), 1);
    assert_eq!(endpoint(&stage, id).state, State::Failing);
    arrivals(&stage);
    sweep_for(&stage, DAY);
    assert_eq!(arrivals(&stage).len(), 0, "it is left alone");
    answers(&stage, HOST, 200);
    enable(&stage, id);
    enable(&stage, id);
    pay(&stage, 10);
    assert_eq!(orders(&arrivals(&stage)), [OrderId::from_bits(10)]);
}

#[test]
fn a_success_in_between_begins_the_five_days_anew() {
    let (stage, id, _) = shop_with_endpoint();
    for n in 0..8 {
        answers(&stage, HOST, if n == 4 { 200 } else { 500 });
        pay(&stage, n);
        sweep_for(&stage, DAY);
    }
    assert_eq!(endpoint(&stage, id).state, State::Enabled);
}

#[test]
fn a_broken_endpoint_is_in_nobodys_way() {
    let (stage, id, _) = shop_with_endpoint();
    let other = create(&stage, "the-key-of-another", "good.example.com", &[PAID]).json();
    let other: EndpointId = other["id"].as_str().unwrap().parse().unwrap();
    answers(&stage, HOST, 500);
    for n in 0..100 {
        assert!(stage.deliver("fan-out", &paid(&stage, n)));
    }
    stage.settle().unwrap();
    let sent = arrivals(&stage);
    let to_broken = sent.iter().filter(|arrival| arrival.target.starts_with(HOST)).count();
    assert_eq!((to_broken, sent.len()), (1, 101), "after the first failure it is left to the sweeper");
    assert_eq!(states(&stage, other), vec!["delivered"; 100]);
    sweep_for(&stage, MINUTE * 3);
    let tries = arrivals(&stage).len();
    assert!((1..=3).contains(&tries), "one try a run, not {tries}");
    answers(&stage, HOST, 200);
    sweep_for(&stage, MINUTE * 10);
    assert_eq!(states(&stage, id), vec!["delivered"; 100]);
}

#[test]
fn what_a_slow_endpoint_is_being_sent_is_not_sent_by_the_next_run() {
    let (stage, id, _) = shop_with_endpoint();
    for n in 0..20 {
        assert!(stage.deliver("fan-out", &paid(&stage, n)));
    }
    stage.pass(MINUTE * 6);
    let stage = Arc::new(stage);
    let (other, next_run) = (stage.clone(), stage.now().after(MINUTE));
    let (has_begun, went_well) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
    let went = went_well.clone();
    stage.interfere(move |call| {
        if is_sending(call) {
            other.pass(Duration::from_secs(15));
            if other.now() >= next_run && !has_begun.swap(true, Ordering::Relaxed) {
                went.store(other.start("sweep-deliveries"), Ordering::Relaxed);
            }
        }
        Fate::Answered
    });
    assert!(stage.start("sweep-deliveries"));
    stage.calm();
    assert!(went_well.load(Ordering::Relaxed), "the next run began while this one was sending");
    let mut sent = orders(&arrivals(&stage));
    sent.sort();
    assert_eq!(sent, (0..20).map(OrderId::from_bits).collect::<Vec<_>>());
    assert_eq!(states(&stage, id), vec!["delivered"; 20]);
}

#[test]
fn a_wait_counts_from_when_the_try_failed() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 500);
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    stage.pass(MINUTE * 6);
    let stage = Arc::new(stage);
    let other = stage.clone();
    stage.interfere(move |call| {
        if is_sending(call) {
            other.pass(Duration::from_secs(15));
        }
        Fate::Answered
    });
    assert!(stage.start("sweep-deliveries"));
    stage.calm();
    let name = deliveries(&stage, id)[0]["id"].clone();
    let due = delivery(&stage, id, &name).due.unwrap();
    assert!(due >= stage.now().after(Duration::from_secs(5)) && due < stage.now().after(Duration::from_secs(6)));
}

#[test]
fn hundreds_of_endpoints_with_nothing_to_do_hold_nobody_up() {
    let stage = shop();
    let mut quiet: Vec<EndpointId> = Vec::new();
    for (partner, kind) in (100..116).zip([SHIPPED, PLACED].into_iter().cycle()) {
        let partner = caller(partner, Role::Partner);
        let approved = stage.ask("approve-event-types").by(&caller(2, Role::Admin)).at(partner.account);
        assert_eq!(approved.send(&json!({ "types": [kind] })).status_code, 200);
        for n in 0..20 {
            let (key, wish) = (format!("the-key-of-number-{n}"), wish(HOST, &[kind]));
            let created = stage.ask("create-endpoint").by(&partner).key(&key).send(&wish);
            assert_eq!(created.status_code, 201, "{}", created.body);
            quiet.push(created.json()["id"].as_str().unwrap().parse().unwrap());
        }
    }
    stage.pass(MINUTE);
    approve(&stage, &[PAID]);
    let last: EndpointId = create(&stage, KEY, HOST, &[PAID]).json()["id"].as_str().unwrap().parse().unwrap();
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    stage.pass(MINUTE * 5);
    assert!(stage.start("sweep-deliveries"));
    assert_eq!((arrivals(&stage).len(), states(&stage, last)), (1, vec!["delivered".to_owned()]));
    let is_left = |id: &&EndpointId| lane(&stage, **id).due.is_none_or(|due| due <= stage.now());
    assert_eq!((quiet.len(), quiet.iter().filter(is_left).count()), (320, 0), "each was looked at");
}

#[test]
fn a_run_that_goes_on_for_long_leaves_the_rest_to_the_next_one() {
    let (stage, id, _) = shop_with_endpoint();
    let other = create(&stage, "the-key-of-another", "good.example.com", &[PAID]).json();
    let other: EndpointId = other["id"].as_str().unwrap().parse().unwrap();
    stage.pass(MINUTE * 6);
    let stage = Arc::new(stage);
    let (clock, is_slow) = (stage.clone(), AtomicBool::new(true));
    // Whatever the first of them asks takes a quarter of an hour.
    stage.interfere(move |call| {
        let is_lane = String::from_utf8_lossy(&call.body).contains("by-lane");
        if is_lane && is_slow.swap(false, Ordering::Relaxed) {
            clock.pass(MINUTE * 15);
        }
        Fate::Answered
    });
    let is_due = |id: &EndpointId| lane(&stage, *id).due.is_some_and(|due| due <= stage.now());
    assert!(stage.start("sweep-deliveries"));
    stage.calm();
    assert_eq!([id, other].iter().filter(|id| is_due(id)).count(), 1);
    assert!(stage.start("sweep-deliveries"));
    assert_eq!([id, other].iter().filter(|id| is_due(id)).count(), 0);
}

#[test]
fn both_secrets_of_a_rotation_sign_for_a_day() {
    let (stage, id, first) = shop_with_endpoint();
    let rotated = stage.ask("rotate-endpoint-secret").by(&machine()).at(id).key(KEY).get().json();
    let second = rotated["secret"].as_str().unwrap().to_owned();
    pay(&stage, 1);
    let sent = arrivals(&stage).remove(0);
    assert_eq!((checked(&sent, &first, stage.now()), checked(&sent, &second, stage.now())), (Ok(()), Ok(())));
    stage.pass(DAY);
    pay(&stage, 2);
    let sent = arrivals(&stage).remove(0);
    assert_eq!(checked(&sent, &first, stage.now()), Err(Forged::NoMatch));
    assert_eq!(checked(&sent, &second, stage.now()), Ok(()));
}

#[test]
fn a_test_goes_the_way_of_every_event() {
    let (stage, id, secret) = shop_with_endpoint();
    let test = |key: &str| stage.ask("send-webhook-test").by(&machine()).at(id).key(key).get();
    let answer = test(KEY);
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    stage.settle().unwrap();
    stage.pass(MINUTE);
    assert_eq!(test(KEY).body, answer.body);
    stage.settle().unwrap();
    let sent = arrivals(&stage);
    assert_eq!(sent.len(), 1);
    assert_eq!(checked(&sent[0], &secret, stage.now()), Ok(()));
    assert_eq!(deliveries(&stage, id)[0]["type"], "partners.webhook-test");
    test("another-key-of-mine");
    stage.settle().unwrap();
    assert_eq!(arrivals(&stage).len(), 1);
}

#[test]
fn what_nobody_tried_is_found_by_the_sweeper() {
    let (stage, id, _) = shop_with_endpoint();
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    // Its message is lost: nothing is relayed.
    sweep_for(&stage, MINUTE * 7);
    assert_eq!((arrivals(&stage).len(), states(&stage, id)), (1, vec!["delivered".to_owned()]));
}

#[test]
fn what_waits_for_an_endpoint_that_was_removed_is_dropped() {
    let (stage, id, _) = shop_with_endpoint();
    answers(&stage, HOST, 500);
    pay(&stage, 7);
    assert_eq!(stage.ask("remove-endpoint").by(&machine()).at(id).get().status_code, 204);
    arrivals(&stage);
    sweep_for(&stage, MINUTE * 12);
    let lane = lane(&stage, id);
    assert_eq!((arrivals(&stage).len(), lane.waiting, lane.due), (0, None, None));
}

#[test]
fn ended_anywhere_fan_out_is_finished_by_its_repetition() {
    let event = paid(&shop_with_endpoint().0, 7);
    let id = shop_with_endpoint().1;
    ended_at_each_call(
        || {
            let stage = shop_with_endpoint().0;
            create(&stage, "the-key-of-another", "good.example.com", &[PAID]);
            stage.settle().unwrap();
            stage
        },
        |stage| stage.deliver("fan-out", &event),
        |stage| {
            assert!(stage.deliver("fan-out", &event));
            stage.settle().unwrap();
            assert_eq!((arrivals(stage).len(), states(stage, id)), (2, vec!["delivered".to_owned()]));
        },
    );
}

#[test]
fn ended_anywhere_a_delivery_arrives_in_the_end_and_under_one_name() {
    let id = shop_with_endpoint().1;
    ended_at_each_call(
        || {
            let stage = shop_with_endpoint().0;
            assert!(stage.deliver("fan-out", &paid(&stage, 7)));
            stage
        },
        |stage| {
            let name = deliveries_without_calls(stage, id);
            let queued = contracts::partners::DeliveryQueued { endpoint: id, delivery: name };
            stage.deliver("deliver-webhook", &local::testing::event(stage, &queued, 1, 1))
        },
        |stage| {
            sweep_for(stage, MINUTE * 12);
            assert_eq!(states(stage, id), ["delivered"]);
            let sent = arrivals(stage);
            assert!((1..=2).contains(&sent.len()), "twice only where nobody knows whether it arrived");
            assert!(sent.iter().all(|arrival| arrival.headers["webhook-id"] == sent[0].headers["webhook-id"]));
        },
    );
}

/// The name of the only delivery: what it is derived from is known.
fn deliveries_without_calls(stage: &Stage, id: EndpointId) -> String {
    let event = paid(stage, 7);
    let (name, kind) = (event["id"].as_str().unwrap(), event["type"].as_str().unwrap());
    let payload = partners::delivery::Payload::of(name, kind, stage.now(), "{}");
    partners::delivery::Delivery::new(id, machine().account, &payload, stage.now()).id.to_string()
}

#[test]
fn no_answer_is_a_failure_and_is_tried_again_under_the_same_name() {
    let (stage, id, _) = shop_with_endpoint();
    stage.interfere(|call| if is_sending(call) { Fate::ReplyLost } else { Fate::Answered });
    pay(&stage, 7);
    stage.calm();
    assert_eq!(deliveries(&stage, id)[0]["outcome"], "unreachable");
    sweep_for(&stage, MINUTE * 2);
    let names: Vec<String> = arrivals(&stage).iter().map(|arrival| arrival.headers["webhook-id"].clone()).collect();
    assert_eq!(names.len(), 2);
    assert_eq!(names[0], names[1]);
}

#[test]
fn what_is_under_way_is_not_tried_by_a_second() {
    let (stage, id, _) = shop_with_endpoint();
    assert!(stage.deliver("fan-out", &paid(&stage, 7)));
    let name = deliveries(&stage, id)[0]["id"].clone();
    let before = delivery(&stage, id, &name);
    let claimed = before.claimed("one", stage.now()).unwrap();
    assert_eq!(claimed.claimed("two", stage.now()), None);
    assert!(claimed.claimed("two", stage.now().after(MINUTE)).is_some(), "its claim is over");
    assert_eq!(before.replayed(KEY, stage.now()), None, "it is under way");
}

#[test]
fn what_to_replay_must_be_said_and_must_be_there() {
    let (stage, id, _) = shop_with_endpoint();
    let ask = |body: &Value| stage.ask("replay-deliveries").by(&machine()).at(id).key(KEY).send(body);
    problem(&ask(&json!({})), 422, "nothing-named");
    let name = "00000000000000-00000000000000000000000000";
    problem(&ask(&json!({ "delivery": name, "since": "2026-01-01T00:00:00Z" })), 422, "nothing-named");
    problem(&ask(&json!({ "delivery": name })), 404, "not-found");
    problem(&ask(&json!({ "delivery": "7" })), 400, "invalid-body");
    assert_eq!(replay(&stage, id, KEY, &json!({ "since": "2026-01-01T00:00:00Z" })), json!({ "replayed": 0 }));
}
