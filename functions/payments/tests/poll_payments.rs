//! `poll-payments`.

use crate::support::{
    CLOSED, KEY, PRICE, REFUNDED, SUCCEEDED, announced_types, asks, cancel, count, customer, expire, intents,
    interfere, much_later, order, pay, payment, refunds, reserve, returned, server_error, shop_with_order, start,
    started, view, webhooks, webhooks_waiting,
};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::problem;
use payments::payment::Standing;
use serde_json::json;
use std::time::Duration;

fn sweep(stage: &Stage) -> bool {
    stage.start("poll-payments")
}

#[test]
fn where_nothing_waits_nothing_is_asked() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    much_later(&stage);
    stage.calls();
    assert!(sweep(&stage));
    let calls = stage.calls();
    assert_eq!(calls.len(), 2, "two empty lists: {calls:?}");
}

#[test]
fn what_is_being_paid_is_left_alone_until_long_after_its_time() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    for _ in 0..4 {
        stage.pass(Duration::from_secs(600));
        assert!(sweep(&stage));
    }
    assert_eq!(payment(&stage).standing, Standing::Payable);
    assert_eq!(intents(&stage)[0]["status"], "requires_payment_method");
    stage.pass(Duration::from_secs(600));
    assert!(sweep(&stage));
    assert_eq!(intents(&stage)[0]["status"], "canceled", "nobody said that the order expired, but it must have");
    assert_eq!(payment(&stage).due, None);
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 400);
    assert!(expire(&stage));
    assert_eq!(announced_types(&stage), [CLOSED]);
}

#[test]
fn money_whose_webhook_never_came_is_found() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    drop(webhooks_waiting(&stage));
    much_later(&stage);
    assert!(sweep(&stage));
    assert_eq!(view(&stage)["state"], "paid");
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn a_closing_that_stopped_in_the_middle_goes_on() {
    let stage = shop_with_order();
    started(&stage, KEY, &json!({}));
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "POST", "/cancel"));
    assert!(!expire(&stage));
    assert!(sweep(&stage), "too early to look");
    stage.pass(Duration::from_secs(600));
    assert!(!sweep(&stage), "it reports what failed");
    assert!(matches!(payment(&stage).standing, Standing::Closing { .. }));
    stage.calm();
    assert!(sweep(&stage));
    assert_eq!(announced_types(&stage), [CLOSED]);
}

#[test]
fn a_refund_that_was_never_answered_is_made_once() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error()] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        webhooks(&stage);
        interfere(&stage, usize::MAX, fate.clone(), |call| {
            asks(call, "POST", "/refunds") || asks(call, "GET", "/refunds")
        });
        assert!(!cancel(&stage));
        stage.pass(Duration::from_secs(600));
        assert!(!sweep(&stage));
        stage.calm();
        assert!(sweep(&stage));
        assert_eq!(refunds(&stage), [(PRICE, "succeeded".to_owned())], "{fate:?}");
        assert!(announced_types(&stage).contains(&REFUNDED.to_owned()));
        assert_eq!(payment(&stage).due, None);
    }
}

#[test]
fn a_refund_whose_webhook_never_came_is_asked_about_after_a_day() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_pendingRefund").0, 200);
    webhooks(&stage);
    assert!(stage.deliver("refund-return", &returned(&stage, 1, 500)));
    stage.pass(Duration::from_secs(3600));
    drop(webhooks_waiting(&stage));
    assert!(sweep(&stage));
    announced_types(&stage);
    stage.pass(Duration::from_secs(86_400));
    assert!(sweep(&stage));
    assert_eq!(announced_types(&stage), [REFUNDED]);
    assert_eq!(payment(&stage).due, None);
}

#[test]
fn a_payment_that_was_never_opened_is_given_up() {
    let stage = shop_with_order();
    interfere(&stage, 2, Fate::NeverSent, |call| asks(call, "POST", "/payment_intents"));
    problem(&start(&stage, KEY, &json!({})), 503, "try-again");
    stage.calm();
    much_later(&stage);
    stage.calls();
    assert!(sweep(&stage));
    let calls = stage.calls();
    assert_eq!((count(&calls, "GET", "/search"), count(&calls, "POST", "/payment_intents")), (1, 0));
    assert_eq!(payment(&stage).due, None);
}

#[test]
fn one_that_fails_does_not_keep_the_others_waiting() {
    let stage = shop_with_order();
    for n in 1..=120 {
        reserve(&stage, n);
        let ask = stage.ask("start-payment").by(&customer()).at(order(n)).key(KEY);
        assert_eq!(ask.send(&json!({})).status_code, 201);
    }
    much_later(&stage);
    interfere(&stage, 1, server_error(), |call| asks(call, "POST", "/cancel"));
    assert!(!sweep(&stage));
    stage.calls();
    assert!(sweep(&stage));
    assert_eq!(count(&stage.calls(), "POST", "/cancel"), 1, "all others were dealt with the first time");
}
