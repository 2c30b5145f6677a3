//! `close-payment`.

use crate::support::{
    CLOSED, KEY, PRICE, REFUND_FAILED, REFUNDED, SUCCEEDED, announced, announced_types, asks, cancel, count, customer,
    expire, intents, interfere, order, pay, payment, refunds, server_error, shop, shop_with_order, start, started,
    too_many, view, webhooks, writes,
};
use contracts::orders::{OrderCancelled, OrderExpiring};
use local::faults::Fate;
use local::testing::{event, problem, reports_only_what_it_cannot_read};
use payments::payment::{End, Standing};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn what_nobody_tried_to_pay_is_closed_by_one_write() {
    for (close, because) in [(expire as fn(&_) -> bool, End::Expired), (cancel, End::Cancelled)] {
        let stage = shop_with_order();
        assert!(close(&stage));
        let calls = stage.calls();
        assert_eq!(calls.iter().filter(|call| writes(call)).count(), 1);
        assert_eq!(count(&calls, "POST", ""), 0, "Stripe knows nothing of it");
        assert_eq!(payment(&stage).standing, Standing::Closed { because });
        let data = json!({ "order": order(1), "customer": customer().account });
        assert_eq!(announced(&stage), [(CLOSED.to_owned(), data)]);
        assert_eq!(view(&stage)["state"], "closed");
    }
}

#[test]
fn the_end_may_come_before_the_order_itself() {
    for close in [expire, cancel] {
        let stage = shop();
        assert!(close(&stage));
        crate::support::reserve(&stage, 1);
        problem(&start(&stage, KEY, &json!({})), 409, "not-payable");
        assert_eq!(announced_types(&stage), [CLOSED]);
    }
}

#[test]
fn an_open_payment_is_cancelled_at_stripe_before_it_is_closed() {
    for close in [expire, cancel] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert!(close(&stage));
        assert_eq!(intents(&stage)[0]["status"], "canceled");
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 400);
        webhooks(&stage);
        assert_eq!(announced_types(&stage), [CLOSED]);
        assert_eq!(payment(&stage).due, None);
    }
}

#[test]
fn money_that_came_before_an_expiry_is_settled_pays_the_order() {
    for webhook_first in [true, false] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        if webhook_first {
            webhooks(&stage);
        }
        assert!(expire(&stage));
        webhooks(&stage);
        assert_eq!(view(&stage)["state"], "paid");
        assert_eq!(announced_types(&stage), [SUCCEEDED]);
        assert!(refunds(&stage).is_empty());
    }
}

#[test]
fn what_a_cancelled_order_was_paid_goes_back_whole_and_once() {
    for webhook_first in [true, false] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        if webhook_first {
            webhooks(&stage);
        }
        for _ in 0..3 {
            assert!(cancel(&stage));
        }
        webhooks(&stage);
        assert!(cancel(&stage));
        assert_eq!(refunds(&stage), [(PRICE, "succeeded".to_owned())]);
        assert_eq!(view(&stage)["state"], "closed");
        assert_eq!(view(&stage)["payments"][0]["refunded"]["amount_minor"], PRICE);
        let types = announced_types(&stage);
        assert_eq!(types.iter().filter(|kind| *kind == REFUNDED).count(), 1, "{types:?}");
        assert_eq!(types.contains(&SUCCEEDED.to_owned()), webhook_first);
    }
}

#[test]
fn an_order_that_expires_and_is_cancelled_is_closed_once() {
    let (mut first, mut second) = (expire as fn(&_) -> bool, cancel as fn(&_) -> bool);
    for _ in 0..2 {
        let stage = shop_with_order();
        started(&stage, KEY, &json!({}));
        for _ in 0..2 {
            assert!(first(&stage) && second(&stage));
        }
        assert_eq!(announced_types(&stage), [CLOSED]);
        std::mem::swap(&mut first, &mut second);
    }
}

#[test]
fn a_payment_is_not_closed_before_stripe_has_answered() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error(), too_many()] {
        let stage = shop_with_order();
        started(&stage, KEY, &json!({}));
        interfere(&stage, 2, fate.clone(), |call| asks(call, "POST", "/cancel"));
        let at_once = expire(&stage);
        assert!(!at_once || matches!(fate, Fate::ReplyLost), "{fate:?}: it comes again from its queue");
        assert!(matches!(payment(&stage).standing, Standing::Closing { .. }) || at_once);
        assert!(at_once || view(&stage)["state"] == "closing");
        assert_eq!(announced_types(&stage).len(), usize::from(at_once));
        stage.calm();
        assert!(at_once || expire(&stage) || expire(&stage));
        assert!(matches!(payment(&stage).standing, Standing::Closed { .. }));
    }
}

#[test]
fn a_payment_whose_opening_was_never_answered_is_found_out_about_before_it_is_closed() {
    for (fate, intents_made) in [(Fate::ReplyLost, 1), (Fate::NeverSent, 1), (server_error(), 1)] {
        let stage = shop_with_order();
        interfere(&stage, 2, fate.clone(), |call| asks(call, "POST", "/payment_intents"));
        problem(&start(&stage, KEY, &json!({})), 503, "try-again");
        stage.calm();
        assert!(expire(&stage), "{fate:?}");
        let left = intents(&stage);
        assert_eq!(left.len(), intents_made, "repeated under its key, then cancelled");
        assert!(left.iter().all(|intent| intent["status"] == "canceled"));
        assert_eq!(announced_types(&stage), [CLOSED]);
    }
}

#[test]
fn a_payment_whose_opening_fails_for_good_is_given_up_after_a_while() {
    let stage = shop_with_order();
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "POST", "/payment_intents"));
    problem(&start(&stage, KEY, &json!({})), 503, "try-again");
    assert!(!expire(&stage));
    stage.pass(Duration::from_secs(601));
    assert!(expire(&stage), "Stripe's search says that there is none");
    assert_eq!(announced_types(&stage), [CLOSED]);
}

#[test]
fn a_customer_who_pays_while_the_payment_is_being_closed_is_heard() {
    for (close, outcome) in [(expire as fn(&_) -> bool, SUCCEEDED), (cancel, REFUNDED)] {
        let stage = Arc::new(shop_with_order());
        let reply = started(&stage, KEY, &json!({}));
        let (other, seen) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if asks(call, "POST", "/cancel") && seen.fetch_add(1, Ordering::Relaxed) == 0 {
                assert_eq!(pay(&other, &reply, "pm_card_visa").0, 200);
            }
            Fate::Answered
        });
        assert!(close(&stage));
        stage.calm();
        webhooks(&stage);
        let types = announced_types(&stage);
        assert!(types.contains(&outcome.to_owned()), "{types:?}");
        // A cancelled order was never paid; that its money came and went is told by the refund.
        assert_eq!(types.contains(&SUCCEEDED.to_owned()), outcome == SUCCEEDED, "{types:?}");
    }
}

#[test]
fn the_refund_of_a_cancelled_order_survives_every_lost_answer() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error(), too_many()] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        webhooks(&stage);
        interfere(&stage, 2, fate.clone(), |call| asks(call, "POST", "/refunds"));
        let at_once = cancel(&stage);
        stage.calm();
        assert!(at_once || cancel(&stage), "{fate:?}");
        assert_eq!(refunds(&stage), [(PRICE, "succeeded".to_owned())], "{fate:?}");
        webhooks(&stage);
        let types = announced_types(&stage);
        assert_eq!(types.iter().filter(|kind| *kind == REFUNDED).count(), 1, "{fate:?} {types:?}");
    }
}

#[test]
fn a_refund_that_fails_in_the_end_is_announced_and_never_counts() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_refundFail").0, 200);
    webhooks(&stage);
    assert!(cancel(&stage));
    webhooks(&stage);
    stage.pass(Duration::from_secs(60));
    webhooks(&stage);
    let types = announced_types(&stage);
    assert_eq!(types, [SUCCEEDED, REFUNDED, REFUND_FAILED]);
    let seen = view(&stage);
    assert_eq!(seen["payments"][0]["refunded"]["amount_minor"], 0);
    assert_eq!(seen["payments"][0]["refunds"][0]["state"], "failed");
    assert_eq!(payment(&stage).due, None, "people take it from here");
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shop_with_order();
    let cancelled = OrderCancelled { order: order(1), customer: customer().account };
    reports_only_what_it_cannot_read(&stage, "close-payment", &event(&stage, &cancelled, 1, 1));
    let expiring = OrderExpiring { order: order(1), customer: customer().account };
    reports_only_what_it_cannot_read(&stage, "close-payment", &event(&stage, &expiring, 1, 1));
}
