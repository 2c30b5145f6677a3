//! `sweep-orders`.

use crate::domain::STATES;
use crate::support::{
    KEY, QUARTER, announced, basket, bring, customer, first_write, kinds, meanwhile, order_in, paid, place, place_this,
    reserved, shop, state, stored, writes,
};
use kernel::OrderId;
use local::faults::Fate;
use local::stage::Stage;
use orders::life::OVERDUE;
use orders::order::State;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn sweep(stage: &Stage) -> Vec<String> {
    assert!(stage.start("sweep-orders"), "{:?}", stage.log().last());
    kinds(stage)
}

/// Forgets what waits in the queue of `expire-order`, as if it were among the dead letters.
fn lose_expiry(stage: &Stage) {
    let mut plane = stage.cloud.plane();
    let ids = plane.visible("expire-order", stage.now().after(2 * QUARTER));
    plane.delete("expire-order", &ids).unwrap();
}

#[test]
fn an_order_whose_expiry_was_missed_expires_and_only_once() {
    let (stage, id) = order_in(State::Reserved, 1);
    lose_expiry(&stage);
    assert!(sweep(&stage).is_empty(), "there is still time to pay");
    stage.pass(QUARTER - Duration::from_millis(1));
    assert!(sweep(&stage).is_empty());
    stage.pass(Duration::from_millis(1));
    assert_eq!(sweep(&stage), ["orders.order-expiring.v1"]);
    assert_eq!(state(&stage, id), "expiring");
    assert!(sweep(&stage).is_empty());
}

#[test]
fn what_nobody_answered_is_announced_again_and_the_second_sweep_is_silent() {
    for (from, kind) in [
        (State::Placed, "orders.order-placed.v1"),
        (State::Expiring, "orders.order-expiring.v1"),
    ] {
        let (stage, id) = order_in(from, 1);
        stage.pass(OVERDUE - Duration::from_millis(1));
        assert!(sweep(&stage).is_empty(), "{from:?}: an answer may still come");
        stage.pass(Duration::from_millis(1));
        assert_eq!(sweep(&stage), [kind]);
        stage.calls();
        assert!(sweep(&stage).is_empty());
        assert!(!stage.calls().iter().any(writes), "the second time nothing is to be done");
        let order = stored(&stage, id);
        assert_eq!((order.state, order.told_again_at), (from, Some(stage.now())));
        stage.pass(Duration::from_secs(86_400));
        assert_eq!(sweep(&stage), [kind], "a day later it is still unanswered");
    }
}

#[test]
fn what_is_announced_again_says_the_same_under_an_id_of_its_own() {
    let stage = shop(60);
    place(&stage, 60);
    let first = announced(&stage).remove(0);
    stage.pass(OVERDUE);
    assert!(stage.start("sweep-orders"));
    let again = announced(&stage).remove(0);
    assert_eq!(again["data"], first["data"]);
    assert_ne!(again["id"], first["id"], "consumers may have set aside the first one as known");
    assert_eq!(again["data"]["lines"].as_array().map(Vec::len), Some(60));
}

#[test]
fn an_order_that_waits_for_nothing_stays_as_it_is() {
    for from in STATES {
        if [State::Placed, State::Reserved, State::Expiring].contains(&from) {
            continue;
        }
        let (stage, id) = order_in(from, 1);
        let before = stored(&stage, id);
        stage.pass(Duration::from_secs(366 * 86_400));
        assert!(sweep(&stage).is_empty(), "{from:?}");
        assert_eq!(stored(&stage, id), before);
    }
}

#[test]
fn an_answer_at_the_same_moment_wins() {
    let (stage, id) = order_in(State::Placed, 1);
    let stage = Arc::new(stage);
    stage.pass(OVERDUE);
    meanwhile(&stage, move |stage| assert!(stage.deliver("mark-reserved", &reserved(stage, id))));
    assert_eq!(sweep(&stage), ["orders.order-reserved.v1"]);
    stage.calm();
    assert_eq!(stored(&stage, id).told_again_at, None);

    let (stage, id) = order_in(State::Reserved, 1);
    let stage = Arc::new(stage);
    lose_expiry(&stage);
    stage.pass(QUARTER);
    let total = stored(&stage, id).total();
    meanwhile(&stage, move |stage| assert!(stage.deliver("mark-paid", &paid(stage, id, total))));
    assert_eq!(sweep(&stage), ["orders.order-paid.v1"]);
    stage.calm();
}

#[test]
fn two_sweeps_at_once_announce_once() {
    let (stage, _) = order_in(State::Placed, 1);
    let stage = Arc::new(stage);
    stage.pass(OVERDUE);
    meanwhile(&stage, |stage| assert!(stage.start("sweep-orders")));
    assert_eq!(sweep(&stage), ["orders.order-placed.v1"]);
    stage.calm();
}

/// A shop of several pages: 300 prices, a large order and 20 orders that are late.
fn busy_shop() -> (Stage, Vec<OrderId>) {
    let stage = shop(300);
    let large = place_this(&stage, KEY, &basket(300));
    bring(&stage, large, State::Delivered);
    let late = (0..20).map(|n| place_this(&stage, &format!("the-key-of-order-{n:03}"), &basket(1))).collect();
    kinds(&stage);
    stage.pass(OVERDUE);
    (stage, late)
}

#[test]
fn the_whole_table_is_swept() {
    let (stage, late) = busy_shop();
    let mut told: Vec<Value> = {
        assert!(stage.start("sweep-orders"));
        announced(&stage).into_iter().map(|mut event| event["subject"].take()).collect()
    };
    let mut expected: Vec<Value> = late.iter().map(|id| json!(id)).collect();
    told.sort_by_key(Value::to_string);
    expected.sort_by_key(Value::to_string);
    assert_eq!(told, expected);
    stage.calls();
    assert!(sweep(&stage).is_empty());
}

#[test]
fn an_order_that_cannot_be_moved_does_not_keep_the_others_waiting() {
    let (stage, late) = busy_shop();
    let stuck = late[7].to_string();
    stage.interfere(move |call| {
        let is_its = writes(call) && String::from_utf8_lossy(&call.body).contains(&stuck);
        if is_its { Fate::NeverSent } else { Fate::Answered }
    });
    assert!(!stage.start("sweep-orders"), "the clock and people are told");
    assert_eq!(kinds(&stage).len(), 19);
    stage.calm();
    assert_eq!(sweep(&stage).len(), 1, "the next sweep makes up for it");
}

#[test]
fn a_sweep_that_is_cut_short_is_made_up_for_by_the_next() {
    let (stage, _) = busy_shop();
    stage.interfere(|call| if call.operation == "Scan" { Fate::NeverSent } else { Fate::Answered });
    assert!(!stage.start("sweep-orders"));
    stage.calm();
    assert_eq!(sweep(&stage).len(), 20);
}

#[test]
fn a_lost_reply_of_the_table_announces_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, _) = order_in(State::Placed, 1);
        stage.pass(OVERDUE);
        first_write(&stage, fate);
        assert_eq!(sweep(&stage), ["orders.order-placed.v1"]);
    }
}

#[test]
fn nothing_personal_is_logged() {
    let (stage, _) = busy_shop();
    sweep(&stage);
    let account = customer().account.to_string();
    assert!(!stage.log().iter().any(|line| line.contains("Петрова") || line.contains(&account)));
}
