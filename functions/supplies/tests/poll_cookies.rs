//! `poll-cookies`.

use crate::support::{
    AHEAD, HOUR, SETTLED, TEN, announced, asks, at_vendor, cookie, created, created_at, empty, interfere, job, kinds,
    placings, server_error,
};
use local::faults::Fate;
use local::outside::{Answer, Service};
use local::stage::Stage;
use serde_json::json;
use std::time::Duration;
use supplies::cookie::{KEY_LIFE, Progress, id_of};

fn poll(stage: &Stage) -> bool {
    stage.start("poll-cookies")
}

#[test]
fn the_vendors_word_is_heard() {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    stage.calls();
    assert!(poll(&stage));
    assert_eq!(stage.calls().len(), 1, "it is not due: an empty list");
    stage.pass(HOUR);
    assert!(poll(&stage));
    let data = json!({ "cookie": id_of(job(1)), "job": job(1), "outcome": "confirmed" });
    assert_eq!(announced(&stage), [(SETTLED.to_owned(), data)]);
    assert!(poll(&stage));
    assert!(kinds(&stage).is_empty());
    assert_eq!(cookie(&stage, 1).unwrap().due, None);
}

#[test]
fn a_vendor_who_takes_long_is_asked_again_and_again() {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let mut polls = 0;
    while kinds(&stage).is_empty() {
        stage.pass(TEN);
        assert!(poll(&stage));
        polls += 1;
        assert!(polls <= 2, "the baker decides within a quarter of an hour");
    }
    assert_eq!(at_vendor(&stage, 1)[0]["status"], "confirmed");
}

#[test]
fn a_vendor_who_never_answered_is_asked_under_the_same_key_until_that_is_forgotten() {
    let stage = empty();
    let from = stage.now().after(3 * AHEAD);
    interfere(&stage, usize::MAX, Fate::ReplyLost, |call| call.service == Service::Partner);
    assert!(stage.deliver("order-cookie", &created_at(&stage, 1, from)));
    for _ in 0..10 {
        stage.pass(TEN);
        assert!(!poll(&stage), "it reports what failed");
    }
    // Nobody heard of it for longer than the vendor remembers keys.
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| call.service == Service::Partner);
    stage.pass(KEY_LIFE + 10 * HOUR);
    assert!(!poll(&stage));
    stage.calm();
    stage.calls();
    assert!(poll(&stage));
    assert_eq!(placings(&stage.calls()), 0, "it is looked for first");
    assert_eq!(at_vendor(&stage, 1).len(), 1);
    stage.pass(TEN);
    assert!(poll(&stage));
    assert_eq!(kinds(&stage), [SETTLED]);
}

#[test]
fn one_that_never_reached_the_vendor_is_ordered_under_a_new_key_when_the_old_one_is_forgotten() {
    let stage = empty();
    let from = stage.now().after(3 * AHEAD);
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| call.service == Service::Partner);
    assert!(stage.deliver("order-cookie", &created_at(&stage, 1, from)));
    stage.pass(KEY_LIFE);
    stage.calm();
    stage.calls();
    assert!(poll(&stage));
    let calls = stage.calls();
    let order: Vec<_> = calls.iter().filter(|call| call.service == Service::Partner).collect();
    assert!(asks(order[0], "GET", "/orders") && asks(order[1], "POST", "/orders"), "{order:?}");
    assert_eq!(order[1].headers["idempotency-key"], format!("{}-1", id_of(job(1))));
    assert_eq!(at_vendor(&stage, 1).len(), 1);
}

#[test]
fn what_did_not_come_to_anything_before_the_job_began_is_given_up() {
    // The vendor has it, and never decides.
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let pending = json!({ "id": "bsc_1", "status": "pending" });
    interfere(&stage, usize::MAX, Fate::Instead(Answer::json(&pending)), |call| call.operation == "GET");
    for _ in 0..3 {
        stage.pass(HOUR);
        assert!(poll(&stage));
    }
    assert!(kinds(&stage).is_empty());
    let gone = Fate::Instead(Answer::new(404, r#"{"error":{"code":"no_such_order"}}"#));
    interfere(&stage, usize::MAX, gone, |call| asks(call, "POST", "/cancel"));
    stage.pass(AHEAD);
    assert!(poll(&stage));
    assert_eq!(announced(&stage)[0].1["outcome"], "cancelled");
    // It never answered.
    let stage = empty();
    interfere(&stage, usize::MAX, server_error(), |call| call.service == Service::Partner);
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    stage.pass(AHEAD);
    assert!(!poll(&stage));
    stage.calm();
    assert!(poll(&stage));
    assert_eq!(announced(&stage)[0].1["outcome"], "cancelled");
    assert!(at_vendor(&stage, 1).is_empty());
}

#[test]
fn an_order_that_the_vendor_lost_or_cancelled_is_refused() {
    for (answer, reason) in [
        (Answer::new(404, r#"{"error":{"code":"no_such_order"}}"#), "missing"),
        (Answer::json(&json!({ "id": "bsc_1", "status": "cancelled" })), "cancelled"),
        (Answer::json(&json!({ "id": "bsc_1", "status": "rejected", "reason": "sold_out" })), "sold_out"),
        (Answer::json(&json!({ "id": "bsc_1", "status": "rejected" })), "rejected"),
    ] {
        let stage = empty();
        assert!(stage.deliver("order-cookie", &created(&stage, 1)));
        stage.pass(TEN);
        interfere(&stage, 1, Fate::Instead(answer), |call| call.service == Service::Partner);
        assert!(poll(&stage));
        assert_eq!(cookie(&stage, 1).unwrap().progress, Progress::Refused { reason: reason.to_owned() });
        assert_eq!(announced(&stage)[0].1["outcome"], "refused");
    }
}

#[test]
fn an_answer_that_is_not_understood_settles_nothing() {
    for answer in [
        Answer::new(200, "<html>"),
        Answer::new(200, "{}"),
        Answer::json(&json!({ "id": "bsc_1", "status": "eaten" })),
        Answer::new(403, ""),
        Answer::new(429, ""),
        Answer::new(503, "later"),
    ] {
        let stage = empty();
        assert!(stage.deliver("order-cookie", &created(&stage, 1)));
        stage.pass(HOUR);
        interfere(&stage, usize::MAX, Fate::Instead(answer), |call| call.service == Service::Partner);
        assert!(!poll(&stage));
        assert!(kinds(&stage).is_empty());
        stage.calm();
        assert!(poll(&stage));
        assert_eq!(kinds(&stage), [SETTLED]);
    }
}

#[test]
fn one_that_fails_holds_up_no_other() {
    let stage = empty();
    for n in 1..=60 {
        assert!(stage.deliver("order-cookie", &created(&stage, n)));
    }
    stage.pass(HOUR);
    interfere(&stage, 2, server_error(), |call| call.service == Service::Partner);
    assert!(!poll(&stage));
    let live = || (1..=60).filter(|n| cookie(&stage, *n).unwrap().is_live()).count();
    assert_eq!(live(), 2);
    stage.pass(Duration::from_secs(1));
    assert!(poll(&stage));
    assert_eq!((live(), kinds(&stage).len()), (0, 60));
}
