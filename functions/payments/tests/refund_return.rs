//! `refund-return`.

use crate::support::{
    KEY, PRICE, REFUND_FAILED, REFUNDED, SUCCEEDED, announced, announced_types, asks, cancel, customer, interfere,
    order, pay, payment, refunds, returned, server_error, shop_with_order, started, too_many, view, webhooks,
};
use kernel::ReturnId;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::reports_only_what_it_cannot_read;
use payments::refund::for_return;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A stage whose order 1 was paid with this card.
fn paid(card: &str) -> Stage {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, card).0, 200);
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
    stage
}

fn refund(stage: &Stage, event: &Value) -> bool {
    stage.deliver("refund-return", event)
}

#[test]
fn the_price_of_returned_goods_goes_back_and_that_is_announced() {
    let stage = paid("pm_card_visa");
    assert!(refund(&stage, &returned(&stage, 1, 500)));
    assert_eq!(refunds(&stage), [(500, "succeeded".to_owned())]);
    webhooks(&stage);
    let return_id = ReturnId::from_bits(1);
    let data = json!({
        "order": order(1), "customer": customer().account, "refund": for_return(return_id),
        "amount": { "amount_minor": 500, "currency": "GBP" }, "return_id": return_id,
    });
    assert_eq!(announced(&stage), [(REFUNDED.to_owned(), data)]);
    assert_eq!(view(&stage)["state"], "paid");
    assert_eq!(view(&stage)["payments"][0]["refunded"]["amount_minor"], 500);
}

#[test]
fn a_return_is_refunded_once_however_often_it_is_told() {
    let stage = paid("pm_card_visa");
    for _ in 0..4 {
        assert!(refund(&stage, &returned(&stage, 1, 500)));
        webhooks(&stage);
    }
    assert_eq!(refunds(&stage), [(500, "succeeded".to_owned())]);
    assert_eq!(announced_types(&stage), [REFUNDED]);
}

#[test]
fn several_returns_go_back_until_nothing_is_left_and_never_more() {
    let stage = paid("pm_card_visa");
    for (n, amount, works) in [
        (1, 500, true),
        (2, 1000, true),
        (3, 31, false),
        (4, 30, true),
        (5, 1, false),
    ] {
        assert!(refund(&stage, &returned(&stage, n, amount)), "return {n}");
        let types = announced_types(&stage);
        assert_eq!(types, [if works { REFUNDED } else { REFUND_FAILED }], "return {n}");
    }
    let given_back: i64 = refunds(&stage).iter().map(|(amount, _)| amount).sum();
    assert_eq!(given_back, PRICE);
    assert_eq!(payment(&stage).attempts[0].kept_minor(), 0);
}

#[test]
fn amounts_that_make_no_sense_are_not_asked_for() {
    let stage = paid("pm_card_visa");
    for (n, amount) in [(1, -1), (2, PRICE + 1), (3, i64::MAX), (4, i64::MIN)] {
        assert!(refund(&stage, &returned(&stage, n, amount)));
        assert_eq!(announced_types(&stage), [REFUND_FAILED], "{amount}");
    }
    let mut euros = returned(&stage, 5, 100);
    euros["data"]["refund"]["currency"] = json!("EUR");
    assert!(refund(&stage, &euros));
    assert_eq!(announced_types(&stage), [REFUND_FAILED]);
    assert!(refund(&stage, &returned(&stage, 6, 0)), "goods that cost nothing");
    assert_eq!(announced_types(&stage), [REFUNDED]);
    assert!(refunds(&stage).is_empty());
}

#[test]
fn a_return_of_an_order_whose_money_is_not_known_comes_again() {
    let stage = shop_with_order();
    assert!(!refund(&stage, &returned(&stage, 1, 500)), "not even a payment");
    let reply = started(&stage, KEY, &json!({}));
    assert!(!refund(&stage, &returned(&stage, 1, 500)), "not paid yet");
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    assert!(refund(&stage, &returned(&stage, 1, 500)));
    assert_eq!(refunds(&stage).len(), 1);
}

#[test]
fn a_lost_answer_is_asked_about_and_nothing_is_refunded_twice() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error(), too_many()] {
        for times in [1, 2, 4] {
            let stage = paid("pm_card_visa");
            interfere(&stage, times, fate.clone(), |call| asks(call, "POST", "/refunds"));
            let event = returned(&stage, 1, 500);
            let mut deliveries = 0;
            while !refund(&stage, &event) {
                deliveries += 1;
                assert!(deliveries < 5, "{fate:?} × {times}");
            }
            stage.calm();
            assert_eq!(refunds(&stage), [(500, "succeeded".to_owned())], "{fate:?} × {times}");
            webhooks(&stage);
            assert_eq!(announced_types(&stage), [REFUNDED]);
        }
    }
}

#[test]
fn long_after_a_lost_answer_the_refund_is_looked_for_and_asked_for_anew() {
    for (fate, key_changes) in [(Fate::ReplyLost, false), (server_error(), true)] {
        let stage = paid("pm_card_visa");
        // Whatever is asked for or looked for fails.
        interfere(&stage, usize::MAX, fate.clone(), |call| {
            asks(call, "POST", "/refunds") || asks(call, "GET", "/refunds")
        });
        let event = returned(&stage, 1, 500);
        assert!(!refund(&stage, &event));
        stage.calm();
        stage.pass(Duration::from_secs(25 * 3600));
        stage.calls();
        assert!(refund(&stage, &event), "Stripe has forgotten the key by now");
        let calls = stage.calls();
        assert!(asks(&calls.iter().find(|call| asks(call, "GET", "/refunds")).unwrap().clone(), "GET", "/refunds"));
        let keys: Vec<_> = calls.iter().filter(|call| asks(call, "POST", "/refunds")).collect();
        assert_eq!(keys.len(), usize::from(key_changes), "asked for anew only where there was none");
        if let Some(call) = keys.first() {
            let id = for_return(ReturnId::from_bits(1));
            assert_eq!(call.headers["idempotency-key"], format!("{id}-1"), "what was remembered is left behind");
        }
        assert_eq!(refunds(&stage), [(500, "succeeded".to_owned())]);
    }
}

#[test]
fn a_crash_at_any_call_leaves_what_the_next_delivery_goes_on_from() {
    for nth in 0..6 {
        let stage = paid("pm_card_visa");
        let seen = AtomicUsize::new(0);
        stage.interfere(move |_| match seen.fetch_add(1, Ordering::Relaxed) >= nth {
            true => Fate::NeverSent,
            false => Fate::Answered,
        });
        let event = returned(&stage, 1, 500);
        refund(&stage, &event);
        stage.calm();
        assert!(refund(&stage, &event));
        assert_eq!(refunds(&stage), [(500, "succeeded".to_owned())], "crashed at call {nth}");
    }
}

#[test]
fn a_refund_that_takes_its_time_is_announced_when_it_is_done() {
    let stage = paid("pm_card_pendingRefund");
    assert!(refund(&stage, &returned(&stage, 1, 500)));
    webhooks(&stage);
    assert_eq!(announced_types(&stage), Vec::<String>::new());
    assert_eq!(view(&stage)["payments"][0]["refunds"][0]["state"], "pending");
    stage.pass(Duration::from_secs(60));
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [REFUNDED]);
    assert_eq!(view(&stage)["payments"][0]["refunds"][0]["state"], "succeeded");
}

#[test]
fn two_returns_at_once_are_both_refunded() {
    let stage = Arc::new(paid("pm_card_visa"));
    let (other, seen) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if crate::support::writes(call) && seen.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(refund(&other, &returned(&other, 2, 700)));
        }
        Fate::Answered
    });
    assert!(refund(&stage, &returned(&stage, 1, 500)));
    stage.calm();
    let mut amounts: Vec<i64> = refunds(&stage).into_iter().map(|(amount, _)| amount).collect();
    amounts.sort_unstable();
    assert_eq!(amounts, [500, 700]);
}

#[test]
fn after_a_return_only_the_rest_goes_back_with_the_order() {
    let stage = paid("pm_card_visa");
    assert!(refund(&stage, &returned(&stage, 1, 500)));
    assert!(cancel(&stage));
    assert_eq!(refunds(&stage), [(500, "succeeded".to_owned()), (PRICE - 500, "succeeded".to_owned())]);
    assert!(refund(&stage, &returned(&stage, 2, 1)), "there is nothing left for a further return");
    let types = announced_types(&stage);
    assert_eq!(types, [REFUNDED, REFUNDED, REFUND_FAILED]);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = paid("pm_card_visa");
    reports_only_what_it_cannot_read(&stage, "refund-return", &returned(&stage, 1, 500));
    assert_eq!(refunds(&stage).len(), 1);
}
