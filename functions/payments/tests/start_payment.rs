//! `start-payment`: what it promises, and whom it refuses.

use crate::support::{
    CLOSED, FAILED, KEY, PRICE, SUCCEEDED, TIME_TO_PAY, announced, announced_types, asks, cancel, count, customer,
    expire, intent_of, intents, order, pay, payment, payment_id, server_error, shop, shop_with_order, start, started,
    stranger, view, webhooks, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::testing::{only_for, problem};
use payments::attempt::{Ending, Progress};
use payments::payment::{MAX_ATTEMPTS, Standing};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

#[test]
fn only_customers_start_payments() {
    let stage = shop();
    only_for(Role::Customer, || stage.ask("start-payment").key(KEY).at(order(1)));
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_customer_gets_a_client_secret_pays_with_it_and_the_order_is_paid() {
    let stage = shop_with_order();
    let answer = start(&stage, KEY, &json!({}));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    let reply = answer.json();
    assert_eq!(answer.headers["location"], format!("/v1/orders/{}/payments", order(1)));
    assert_eq!(reply["state"], "open");
    assert_eq!(reply["amount"], json!({ "amount_minor": PRICE, "currency": "GBP" }));
    let calls = stage.calls();
    assert_eq!(calls.iter().filter(|call| writes(call)).count(), 2, "before and after Stripe is asked");
    assert_eq!(count(&calls, "POST", "/payment_intents"), 1);
    assert_eq!(view(&stage)["state"], "paying");

    assert_eq!(pay(&stage, &reply, "pm_card_visa").1["status"], "succeeded");
    assert_eq!(view(&stage)["state"], "paying", "the client's word is not taken");
    assert!(webhooks(&stage) >= 1);
    let seen = view(&stage);
    assert_eq!(seen["state"], "paid");
    assert_eq!(seen["payments"][0]["paid"]["amount_minor"], PRICE);
    assert_eq!(seen["payments"][0]["refunded"]["amount_minor"], 0);
    let data = json!({
        "order": order(1), "customer": customer().account, "payment": reply["id"],
        "amount": { "amount_minor": PRICE, "currency": "GBP" },
    });
    assert_eq!(announced(&stage), [(SUCCEEDED.to_owned(), data)]);
    assert_eq!(payment(&stage).due, None, "the sweeper has nothing to do");
}

#[test]
fn stripe_is_told_our_ids_and_the_secret_is_not_stored() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    let intent = &intents(&stage)[0];
    assert_eq!(intent["metadata"], json!({ "payment": reply["id"], "order": order(1) }));
    assert_eq!((&intent["amount"], &intent["currency"]), (&json!(PRICE), &json!("gbp")));
    let secret = reply["client_secret"].as_str().unwrap();
    assert_eq!(intent["id"], intent_of(secret));
    let stored = serde_json::to_string(&payment(&stage)).unwrap();
    assert!(!stored.contains("_secret_"));
    assert!(stage.log().iter().all(|line| !line.contains("_secret_")));
}

#[test]
fn the_same_request_again_gets_the_same_reply() {
    let stage = shop_with_order();
    let first = start(&stage, KEY, &json!({}));
    stage.pass(Duration::from_secs(300));
    let again = start(&stage, KEY, &json!({}));
    assert_eq!((again.status_code, &again.body), (201, &first.body));
    problem(&start(&stage, KEY, &json!({ "save_method": true })), 422, "idempotency-key-reused");
    pay(&stage, &first.json(), "pm_card_visa");
    webhooks(&stage);
    stage.pass(Duration::from_secs(86_400));
    assert_eq!(start(&stage, KEY, &json!({})).body, first.body, "also when it is paid and long over");
    assert_eq!(intents(&stage).len(), 1);
}

#[test]
fn somebody_elses_order_is_not_found() {
    let stage = shop_with_order();
    let theirs = stage.ask("start-payment").by(&stranger()).at(order(1)).key(KEY).send(&json!({}));
    problem(&theirs, 404, "not-found");
    for path in ["", "1", "ord_7", "pay_00000000000000000000000001", "заказ"] {
        let answer = stage.ask("start-payment").by(&customer()).at(path).key(KEY).send(&json!({}));
        problem(&answer, 404, "not-found");
    }
    assert!(intents(&stage).is_empty());
}

#[test]
fn bodies_that_are_not_as_described_are_refused() {
    let stage = shop_with_order();
    for body in [
        json!({ "save_method": "yes" }),
        json!({ "payment_method": "pm_card_visa" }),
        json!({ "amount": 1 }),
        json!([]),
        json!(null),
    ] {
        problem(&start(&stage, KEY, &body), 400, "invalid-body");
    }
    let unknown = json!({ "payment_method": "pmt_00000000000000000000000001" });
    problem(&start(&stage, KEY, &unknown), 422, "payment-method-unknown");
    let both = json!({ "payment_method": "pmt_00000000000000000000000001", "save_method": true });
    problem(&start(&stage, KEY, &both), 422, "payment-method-saved");
    let keyless = stage.ask("start-payment").by(&customer()).at(order(1)).send(&json!({}));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(intents(&stage).is_empty());
}

#[test]
fn an_order_is_payable_until_its_time_is_over() {
    let stage = shop_with_order();
    stage.pass(TIME_TO_PAY);
    problem(&start(&stage, KEY, &json!({})), 409, "not-payable");
    for close in [expire, cancel] {
        let stage = shop_with_order();
        assert!(close(&stage));
        problem(&start(&stage, KEY, &json!({})), 409, "not-payable");
        assert!(intents(&stage).is_empty());
        assert_eq!(announced_types(&stage), [CLOSED]);
    }
}

#[test]
fn a_paid_order_is_not_paid_again() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    pay(&stage, &reply, "pm_card_visa");
    webhooks(&stage);
    problem(&start(&stage, "another-key-for-this-order", &json!({})), 409, "already-paid");
    assert_eq!(intents(&stage).len(), 1);
}

#[test]
fn a_new_attempt_ends_the_one_before_first() {
    let stage = shop_with_order();
    let first = started(&stage, KEY, &json!({}));
    stage.calls();
    let second = started(&stage, "another-key-for-this-order", &json!({ "save_method": true }));
    let calls = stage.calls();
    let position = |end: &str| calls.iter().position(|call| asks(call, "POST", end));
    assert!(position("/cancel") < position("/payment_intents"), "never two intents at a time");
    assert_ne!(first["id"], second["id"]);
    assert_eq!(pay(&stage, &first, "pm_card_visa").0, 400, "it is cancelled");
    assert_eq!(pay(&stage, &second, "pm_card_visa").0, 200);
    webhooks(&stage);
    problem(&start(&stage, KEY, &json!({})), 409, "payment-ended");
    assert_eq!(view(&stage)["payments"].as_array().unwrap().len(), 1);
    assert_eq!(announced_types(&stage).iter().filter(|kind| *kind == SUCCEEDED).count(), 1);
}

#[test]
fn an_attempt_that_was_paid_meanwhile_is_found_so_by_the_next() {
    let stage = shop_with_order();
    let first = started(&stage, KEY, &json!({}));
    pay(&stage, &first, "pm_card_visa");
    // The webhook is on its way; the customer is impatient.
    let second = start(&stage, "another-key-for-this-order", &json!({}));
    problem(&second, 409, "payment-ended");
    assert_eq!(payment(&stage).standing, Standing::Paid { by: payment_id(&first) });
    assert_eq!(intents(&stage).len(), 1, "nothing was opened for the second");
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn there_is_an_end_to_attempts() {
    let stage = shop_with_order();
    for n in 0..MAX_ATTEMPTS {
        started(&stage, &format!("key-number-{n:08}"), &json!({}));
    }
    problem(&start(&stage, KEY, &json!({})), 409, "too-many-attempts");
    let open = intents(&stage).into_iter().filter(|intent| intent["status"] != "canceled").count();
    assert_eq!(open, 1);
}

#[test]
fn an_amount_that_stripe_does_not_take_is_refused_for_good() {
    let stage = shop_with_order();
    let small = contracts::orders::OrderReserved {
        order: order(2),
        customer: customer().account,
        total: crate::support::pence(29),
        pay_until: stage.now().after(TIME_TO_PAY),
    };
    assert!(stage.deliver("keep-payable", &local::testing::event(&stage, &small, 1, 1)));
    let ask = || stage.ask("start-payment").by(&customer()).at(order(2)).key(KEY).send(&json!({}));
    let refused = problem(&ask(), 422, "amount-not-payable");
    assert_eq!(refused["reason"], "amount_too_small");
    stage.calls();
    assert_eq!(ask().status_code, 422);
    assert_eq!(count(&stage.calls(), "POST", "/payment_intents"), 0, "it is known");
}

#[test]
fn a_decline_is_announced_once_and_the_customer_tries_again_with_the_same_secret() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_chargeDeclined").0, 402);
    assert_eq!(pay(&stage, &reply, "pm_card_chargeDeclinedInsufficientFunds").0, 402);
    webhooks(&stage);
    let events = announced(&stage);
    let reasons: Vec<_> = events.iter().map(|(kind, data)| (kind.as_str(), data["payment"].clone())).collect();
    assert_eq!(reasons, [(FAILED, reply["id"].clone())]);
    assert!(["generic_decline", "insufficient_funds"].contains(&events[0].1["reason"].as_str().unwrap()));
    assert_eq!(view(&stage)["state"], "paying");
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn a_lost_answer_of_stripe_is_asked_for_by_the_same_request() {
    for (fate, times) in [
        (Fate::ReplyLost, 4),
        (Fate::NeverSent, 4),
        (server_error(), 1),
        (crate::support::too_many(), 1),
    ] {
        let stage = shop_with_order();
        crate::support::interfere(&stage, times, fate.clone(), |call| asks(call, "POST", "/payment_intents"));
        problem(&start(&stage, KEY, &json!({})), 503, "try-again");
        assert!(matches!(payment(&stage).attempts[0].progress, Progress::Opening { .. }), "{fate:?}");
        assert!(payment(&stage).due.is_some(), "the sweeper knows of it");
        stage.calm();
        let reply = started(&stage, KEY, &json!({}));
        assert_eq!(reply["state"], "open");
        assert_eq!(intents(&stage).len(), 1, "{fate:?}");
    }
}

#[test]
fn one_broken_connection_is_not_noticed() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = shop_with_order();
        crate::support::interfere(&stage, 1, fate, |call| asks(call, "POST", "/payment_intents"));
        started(&stage, KEY, &json!({}));
        assert_eq!(intents(&stage).len(), 1);
    }
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_customer() {
    for nth in 0..2 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = shop_with_order();
            let seen = AtomicUsize::new(0);
            stage.interfere(move |call| match writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                true => fate.clone(),
                false => Fate::Answered,
            });
            started(&stage, KEY, &json!({}));
            assert_eq!(intents(&stage).len(), 1);
        }
    }
}

#[test]
fn a_crash_at_any_call_leaves_what_the_same_request_goes_on_from() {
    // A table that answers nothing any more is how a crash looks from outside.
    for nth in 0..8 {
        let stage = shop_with_order();
        let seen = AtomicUsize::new(0);
        stage.interfere(move |_| match seen.fetch_add(1, Ordering::Relaxed) >= nth {
            true => Fate::NeverSent,
            false => Fate::Answered,
        });
        let crashed = start(&stage, KEY, &json!({ "save_method": true }));
        stage.calm();
        let reply = started(&stage, KEY, &json!({ "save_method": true }));
        assert!(crashed.status_code == 503 || crashed.json() == reply, "{}", crashed.body);
        assert_eq!(intents(&stage).len(), 1, "crashed at call {nth}");
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        webhooks(&stage);
        assert_eq!(view(&stage)["state"], "paid");
    }
}

#[test]
fn the_same_request_twice_at_once_is_one_payment() {
    for nth in 0..2 {
        let stage = Arc::new(shop_with_order());
        let (other, seen) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                assert_eq!(start(&other, KEY, &json!({})).status_code, 201);
            }
            Fate::Answered
        });
        let slower = started(&stage, KEY, &json!({}));
        stage.calm();
        assert_eq!(started(&stage, KEY, &json!({})), slower);
        assert_eq!(payment(&stage).attempts.len(), 1);
        assert_eq!(intents(&stage).len(), 1);
    }
}

#[test]
fn of_two_starts_at_once_one_can_be_paid() {
    for nth in 0..2 {
        let stage = Arc::new(shop_with_order());
        let (other, seen) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            if writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                started(&other, "the-key-of-the-faster-one", &json!({}));
            }
            Fate::Answered
        });
        let slower = start(&stage, KEY, &json!({}));
        stage.calm();
        assert!([201, 409].contains(&slower.status_code), "{}", slower.body);
        let open: Vec<_> = intents(&stage).into_iter().filter(|intent| intent["status"] != "canceled").collect();
        assert_eq!(open.len(), 1, "one intent is left");
        assert_eq!(payment(&stage).attempts.iter().filter(|attempt| attempt.is_live()).count(), 1);
    }
}

#[test]
fn an_order_that_is_closed_while_a_payment_starts_ends_without_one() {
    for close in [expire, cancel] {
        for nth in 0..2 {
            let stage = Arc::new(shop_with_order());
            let (other, seen) = (stage.clone(), AtomicUsize::new(0));
            stage.interfere(move |call| {
                if writes(call) && seen.fetch_add(1, Ordering::Relaxed) == nth {
                    assert!(close(&other));
                }
                Fate::Answered
            });
            let answer = start(&stage, KEY, &json!({}));
            stage.calm();
            problem(&answer, 409, if nth == 0 { "not-payable" } else { "payment-ended" });
            assert!(matches!(payment(&stage).standing, Standing::Closed { .. }));
            assert!(intents(&stage).iter().all(|intent| intent["status"] == "canceled"));
            assert_eq!(announced_types(&stage), [CLOSED]);
        }
    }
}

#[test]
fn what_was_never_answered_is_looked_for_and_given_up() {
    for existed in [true, false] {
        let stage = shop_with_order();
        let fate = if existed { Fate::ReplyLost } else { Fate::NeverSent };
        crate::support::interfere(&stage, 2, fate, |call| asks(call, "POST", "/payment_intents"));
        problem(&start(&stage, KEY, &json!({})), 503, "try-again");
        stage.calm();
        stage.pass(Duration::from_secs(601));
        stage.calls();
        let answer = start(&stage, KEY, &json!({}));
        assert_eq!(count(&stage.calls(), "GET", "/search"), 1, "by our id in its metadata");
        if existed {
            assert_eq!(answer.status_code, 201, "{}", answer.body);
        } else {
            problem(&answer, 409, "payment-ended");
            let ended = Progress::Ended { why: Ending::Lost };
            assert_eq!(payment(&stage).attempts[0].progress, ended);
            started(&stage, "another-key-for-this-order", &json!({}));
        }
        assert_eq!(intents(&stage).len(), 1);
    }
}
