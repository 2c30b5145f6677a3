//! `cancel-cookie`.

use crate::support::{
    HOUR, SETTLED, TEN, announced, asks, at_vendor, cancelled, closed, cookie, created, empty, interfere, job, kinds,
    meanwhile, server_error, withdrawn, writes,
};
use local::faults::Fate;
use local::outside::Service;
use local::stage::Stage;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::{Value, json};
use std::sync::Arc;
use supplies::cookie::{Progress, QUIET, id_of};

fn ordered() -> Stage {
    let stage = empty();
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    stage.calls();
    stage
}

fn statuses(stage: &Stage) -> Vec<Value> {
    at_vendor(stage, 1).into_iter().map(|order| order["status"].clone()).collect()
}

#[test]
fn a_cookie_that_is_not_confirmed_is_cancelled_at_the_vendor() {
    for off in [cancelled, withdrawn, closed] {
        let stage = ordered();
        for _ in 0..2 {
            assert!(stage.deliver("cancel-cookie", &off(&stage, 1)));
        }
        assert_eq!(statuses(&stage), ["cancelled"]);
        let data = json!({ "cookie": id_of(job(1)), "job": job(1), "outcome": "cancelled" });
        assert_eq!(announced(&stage), [(SETTLED.to_owned(), data)]);
        assert_eq!(cookie(&stage, 1).unwrap().due, None);
    }
}

#[test]
fn what_was_confirmed_first_stays_confirmed() {
    let stage = ordered();
    stage.pass(HOUR);
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)), "the vendor decided, and we have not heard");
    assert_eq!(statuses(&stage), ["confirmed"]);
    assert_eq!(announced(&stage)[0].1["outcome"], "confirmed");
    let stage = ordered();
    stage.pass(HOUR);
    assert!(stage.start("poll-cookies"));
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
    assert_eq!(kinds(&stage), [SETTLED]);
    assert_eq!(statuses(&stage), ["confirmed"]);
}

#[test]
fn what_is_found_confirmed_at_that_moment_is_told_once() {
    let stage = Arc::new(ordered());
    stage.pass(HOUR);
    meanwhile(&stage, |stage| assert!(stage.start("poll-cookies")));
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
    stage.calm();
    assert!(matches!(cookie(&stage, 1).unwrap().progress, Progress::Confirmed { .. }));
    assert_eq!(kinds(&stage), [SETTLED]);
}

#[test]
fn whatever_answer_is_lost_it_is_cancelled() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error()] {
        let stage = ordered();
        interfere(&stage, usize::MAX, fate.clone(), |call| call.service == Service::Partner);
        assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
        stage.calm();
        assert!(stage.start("poll-cookies"));
        assert_eq!(statuses(&stage), ["cancelled"], "{fate:?}");
        assert_eq!(kinds(&stage), [SETTLED]);
    }
}

#[test]
fn one_that_may_have_been_ordered_is_looked_for_until_nothing_can_be_under_way() {
    // The order reached the vendor, and nobody heard.
    let stage = empty();
    interfere(&stage, usize::MAX, Fate::ReplyLost, |call| asks(call, "POST", "/orders"));
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
    stage.calm();
    assert!(kinds(&stage).is_empty(), "it is too new to be found");
    stage.pass(std::time::Duration::from_secs(45));
    assert!(stage.start("poll-cookies"));
    assert_eq!((statuses(&stage), kinds(&stage)), (vec![json!("cancelled")], vec![SETTLED.to_owned()]));
    // It never did.
    let stage = empty();
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| asks(call, "POST", "/orders"));
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
    stage.calm();
    for _ in 0..2 {
        stage.pass(TEN);
        assert!(stage.start("poll-cookies"));
        assert!(kinds(&stage).is_empty());
    }
    stage.pass(QUIET);
    assert!(stage.start("poll-cookies"));
    assert_eq!((statuses(&stage), kinds(&stage)), (Vec::new(), vec![SETTLED.to_owned()]));
    assert_eq!(cookie(&stage, 1).unwrap().progress, Progress::Cancelled);
}

#[test]
fn cancelled_while_it_is_being_ordered() {
    let stage = Arc::new(empty());
    let (other, seen) = (stage.clone(), std::sync::atomic::AtomicUsize::new(0));
    stage.interfere(move |call| {
        if asks(call, "POST", "/orders") && seen.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 0 {
            assert!(other.deliver("cancel-cookie", &cancelled(&other, 1)));
        }
        Fate::Answered
    });
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    stage.calm();
    stage.pass(std::time::Duration::from_secs(45));
    assert!(stage.start("poll-cookies"));
    assert_eq!((statuses(&stage), kinds(&stage)), (vec![json!("cancelled")], vec![SETTLED.to_owned()]));
}

#[test]
fn a_job_that_was_never_heard_of_leaves_a_cancelled_cookie() {
    let stage = Arc::new(empty());
    assert!(stage.deliver("cancel-cookie", &withdrawn(&stage, 1)));
    assert_eq!(announced(&stage)[0].1["outcome"], "cancelled");
    // Both come at once.
    let stage = Arc::new(empty());
    meanwhile(&stage, |stage| assert!(stage.deliver("cancel-cookie", &withdrawn(stage, 1))));
    assert!(stage.deliver("order-cookie", &created(&stage, 1)));
    stage.calm();
    assert_eq!((statuses(&stage), kinds(&stage)), (Vec::new(), vec![SETTLED.to_owned()]));
}

#[test]
fn a_lost_reply_of_the_table_is_made_up_for() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = ordered();
        interfere(&stage, usize::MAX, fate, writes);
        assert!(!stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
        stage.calm();
        assert!(stage.deliver("cancel-cookie", &cancelled(&stage, 1)));
        assert!(stage.start("poll-cookies"));
        assert_eq!((statuses(&stage), kinds(&stage)), (vec![json!("cancelled")], vec![SETTLED.to_owned()]));
    }
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = empty();
    reports_only_what_it_cannot_read(&stage, "cancel-cookie", &withdrawn(&stage, 1));
}
