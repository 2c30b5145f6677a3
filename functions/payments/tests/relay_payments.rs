//! `relay-payments` and `republish-payments`.

use crate::payment_methods::shop_with_method;
use crate::support::{KEY, cancel, customer, order, pay, reserve, returned, started, webhooks};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Every event that was published since calls were last taken, by its id.
fn by_id(stage: &Stage) -> BTreeMap<String, Value> {
    let events = published(stage).concat().into_iter();
    events.map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect()
}

/// A stage on which everything happened that payments announce; the events.
fn everything() -> (Stage, BTreeMap<String, Value>) {
    let stage = shop_with_method("pm_card_visa");
    reserve(&stage, 1);
    let reply = started(&stage, KEY, &json!({}));
    pay(&stage, &reply, "pm_card_chargeDeclined");
    webhooks(&stage);
    pay(&stage, &reply, "pm_card_refundFail");
    webhooks(&stage);
    assert!(stage.deliver("refund-return", &returned(&stage, 1, 500)));
    stage.pass(std::time::Duration::from_secs(60));
    webhooks(&stage);
    assert!(cancel(&stage));
    webhooks(&stage);
    let method = crate::payment_methods::methods(&stage)[0]["id"].as_str().unwrap().to_owned();
    stage.ask("remove-payment-method").by(&customer()).at(method).get();
    let invoice = crate::invoices::without_method_on(&stage);
    assert_eq!(pay(&stage, &invoice, "pm_card_visa").0, 200);
    let top_up = crate::top_ups::begun(&stage, 50_000);
    assert_eq!(pay(&stage, &top_up, "pm_card_visa").0, 200);
    webhooks(&stage);
    stage.settle().unwrap();
    let events = by_id(&stage);
    (stage, events)
}

#[test]
fn an_event_names_its_item_epoch_version_and_place() {
    let (_, events) = everything();
    assert!(events.len() >= 5, "{events:#?}");
    for (id, event) in &events {
        assert_eq!(event["source"], "/contexts/payments");
        assert!(id.starts_with("payments/") && id.contains("/1."), "{id}");
    }
    assert!(events.keys().any(|id| id.starts_with(&format!("payments/{}/payment/1.", order(1)))));
}

#[test]
fn everything_can_be_announced_again_under_the_same_ids() {
    let (stage, _) = everything();
    let asked = |from: Option<&Value>| {
        let question = from.map_or(json!({}), |from| json!({ "from": from }));
        stage.question("republish-payments", &question).unwrap()
    };
    let mut progress = asked(None);
    let mut again = by_id(&stage);
    while let Some(next) = progress.get("next").filter(|next| !next.is_null()).cloned() {
        progress = asked(Some(&next));
        again.extend(by_id(&stage));
    }
    let kinds: Vec<&str> = again.values().map(|event| event["type"].as_str().unwrap()).collect();
    let of_payments = again.keys().filter(|id| id.contains("/payment/")).count();
    assert!(of_payments >= 5, "the whole history of a payment: {kinds:?}");
    for kind in [
        crate::invoices::PAID,
        crate::invoices::UNPAID,
        crate::top_ups::TOPPED_UP,
    ] {
        assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 1, "{kind}: {kinds:?}");
    }
    let before = stage.question("republish-payments", &json!({})).map(|_| by_id(&stage)).unwrap();
    assert_eq!(before, again, "each time the same, to the letter");
}
