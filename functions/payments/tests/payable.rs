//! How `start-payment` comes to know what may be paid before the event says so: it asks `read-payable` of orders.

use crate::support::{
    KEY, PRICE, SUCCEEDED, TIME_TO_PAY, announced_types, interfere, offer, order, pay, pence, reserve, shop, start,
    stranger, webhooks,
};
use contracts::orders::Offer;
use local::faults::Fate;
use local::outside::Service;
use local::services::throttled;
use local::testing::problem;
use serde_json::json;

#[test]
fn an_order_of_which_nothing_was_heard_is_asked_for() {
    let stage = shop();
    problem(&start(&stage, KEY, &json!({})), 404, "not-found");
    offer(&stage, 1, Offer::NotYet);
    problem(&start(&stage, KEY, &json!({})), 409, "not-payable-yet");
    offer(&stage, 1, Offer::Over);
    problem(&start(&stage, KEY, &json!({})), 409, "not-payable");
    let pay_until = stage.now().after(TIME_TO_PAY);
    offer(&stage, 1, Offer::Open { total: pence(PRICE), pay_until });
    let theirs = stage.ask("start-payment").by(&stranger()).at(order(1)).key(KEY).send(&json!({}));
    problem(&theirs, 404, "not-found");
    let first = start(&stage, KEY, &json!({}));
    assert_eq!(first.status_code, 201, "{}", first.body);
    assert_eq!(first.json()["amount"], json!(pence(PRICE)));
    reserve(&stage, 1);
    assert_eq!(start(&stage, KEY, &json!({})).body, first.body, "the event says nothing new");
    pay(&stage, &first.json(), "pm_card_visa");
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn a_question_that_is_throttled_or_lost_is_asked_again() {
    for fate in [
        Fate::Instead(throttled(Service::Lambda)),
        Fate::NeverSent,
        Fate::ReplyLost,
    ] {
        let stage = shop();
        let pay_until = stage.now().after(TIME_TO_PAY);
        offer(&stage, 1, Offer::Open { total: pence(PRICE), pay_until });
        stage.calls();
        interfere(&stage, 1, fate, |call| call.service == Service::Lambda);
        let first = start(&stage, KEY, &json!({}));
        assert_eq!(first.status_code, 201, "{}", first.body);
        let questions = stage.calls().iter().filter(|call| call.service == Service::Lambda).count();
        assert_eq!(questions, 2);
    }
}
