//! `order-cookie`.

use crate::support::{
    AHEAD, HOUR, SETTLED, announced, asks, at_vendor, cancelled, cookie, created, created_at, empty, interfere, job,
    kinds, meanwhile, placings, server_error, writes,
};
use local::faults::Fate;
use local::outside::Service;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use supplies::cookie::{Progress, id_of};

#[test]
fn one_cookie_is_ordered_for_a_job() {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let calls = stage.calls();
    let call = calls.iter().find(|call| asks(call, "POST", "/orders")).unwrap();
    assert_eq!(call.headers["idempotency-key"], id_of(job(1)).to_string());
    let body: serde_json::Value = serde_json::from_slice(&call.body).unwrap();
    let needed_at = stage.now().after(AHEAD);
    assert_eq!(
        body,
        json!({ "reference": id_of(job(1)), "product": "cookie", "quantity": 1, "needed_at": needed_at })
    );
    assert_eq!(at_vendor(&stage, 1).len(), 1);
    assert!(matches!(cookie(&stage, 1).unwrap().progress, Progress::Placed { .. }));
    assert!(kinds(&stage).is_empty(), "the vendor has not decided");
}

#[test]
fn it_is_stored_before_the_vendor_is_asked() {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let calls = stage.calls();
    let first_write = calls.iter().position(writes).unwrap();
    let asked = calls.iter().position(|call| call.service == Service::Partner).unwrap();
    assert!(first_write < asked);
}

#[test]
fn a_repeated_event_orders_nothing_more() {
    let stage = empty();
    for _ in 0..3 {
        assert!(stage.deliver("order-cookie", &created(&stage, 1)));
        stage.pass(HOUR);
    }
    assert_eq!(at_vendor(&stage, 1).len(), 1);
    let stage = Arc::new(empty());
    let event = created(&stage, 1);
    let same = event.clone();
    meanwhile(&stage, move |stage| assert!(stage.deliver("order-cookie", &same)));
    assert!(stage.deliver("order-cookie", &event));
    stage.calm();
    assert_eq!(at_vendor(&stage, 1).len(), 1);
}

#[test]
fn whatever_answer_is_lost_one_is_ordered() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error()] {
        let stage = empty();
        interfere(&stage, usize::MAX, fate.clone(), |call| call.service == Service::Partner);
        assert!(stage.deliver("order-cookie", &created(&stage, 1)), "it is stored: the sweeper goes on");
        assert!(matches!(cookie(&stage, 1).unwrap().progress, Progress::Asked { .. }));
        stage.calm();
        stage.pass(HOUR);
        assert!(stage.start("poll-cookies"));
        assert_eq!(at_vendor(&stage, 1).len(), 1, "{fate:?}");
    }
}

#[test]
fn an_order_whose_reply_was_lost_is_looked_for_at_once() {
    let stage = empty();
    interfere(&stage, 1, Fate::ReplyLost, |call| asks(call, "POST", "/orders"));
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    let calls = stage.calls();
    assert_eq!(calls.iter().filter(|call| asks(call, "GET", "/orders")).count(), 1);
    // The vendor does not find what is so new.
    assert!(matches!(cookie(&stage, 1).unwrap().progress, Progress::Asked { .. }));
}

#[test]
fn a_lost_reply_of_the_table_orders_nothing_twice() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..3 {
            let stage = empty();
            let seen = std::sync::atomic::AtomicUsize::new(0);
            let fate = fate.clone();
            stage.interfere(move |call| {
                let hit = writes(call) && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == nth;
                if hit { fate.clone() } else { Fate::Answered }
            });
            assert!(stage.deliver("order-cookie", &created(&stage, 1)));
            stage.calm();
            assert!(matches!(cookie(&stage, 1).unwrap().progress, Progress::Placed { .. }));
            assert_eq!(at_vendor(&stage, 1).len(), 1);
        }
    }
}

#[test]
fn what_cannot_be_stored_is_not_ordered() {
    let stage = empty();
    interfere(&stage, usize::MAX, Fate::NeverSent, writes);
    assert!(!stage.deliver("order-cookie", &created(&stage, 1)));
    assert_eq!(placings(&stage.calls()), 0);
    stage.calm();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    assert_eq!(at_vendor(&stage, 1).len(), 1);
}

#[test]
fn what_the_vendor_rejects_is_settled_at_once() {
    let stage = empty();
    let soon = stage.now().after(Duration::from_secs(600));
    assert!(stage.deliver("order-cookie", &created_at(&stage, 1, soon)));
    let data = json!({ "cookie": id_of(job(1)), "job": job(1), "outcome": "refused" });
    assert_eq!(announced(&stage), [(SETTLED.to_owned(), data)]);
    assert_eq!(cookie(&stage, 1).unwrap().progress, Progress::Refused { reason: "too_late".to_owned() });
    assert_eq!(cookie(&stage, 1).unwrap().due, None);
}

#[test]
fn for_a_job_that_has_begun_nothing_is_ordered() {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created_at(&stage, 1, stage.now())));
    assert_eq!(placings(&stage.calls()), 0);
    assert_eq!(announced(&stage)[0].1["outcome"], "cancelled");
}

#[test]
fn a_job_that_was_off_before_it_was_heard_of_gets_none() {
    let stage = empty();
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    assert_eq!(placings(&stage.calls()), 0);
    assert_eq!(kinds(&stage), [SETTLED]);
}

#[test]
fn a_vendor_who_does_not_know_our_key_is_logged_and_asked_again() {
    let stage = empty();
    let wrong = local::outside::Answer::new(401, r#"{"error":{"code":"unauthorized"}}"#);
    interfere(&stage, usize::MAX, Fate::Instead(wrong), |call| call.service == Service::Partner);
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    assert!(stage.log().iter().any(|line| line.contains("the vendor is to be asked again")));
    stage.pass(HOUR);
    assert!(!stage.start("poll-cookies"), "a person must look");
    stage.calm();
    stage.pass(HOUR);
    assert!(stage.start("poll-cookies"));
    assert_eq!(at_vendor(&stage, 1).len(), 1);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = empty();
    reports_only_what_it_cannot_read(&stage, "order-cookie", &created(&stage, 1));
    assert_eq!(at_vendor(&stage, 1).len(), 1);
}
