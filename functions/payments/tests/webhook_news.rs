//! `stripe-webhook`: what becomes of its news.

use crate::stripe_webhook::{intent, paid};
use crate::support::{
    CLOSED, DISPUTED, KEY, PRICE, REFUNDED, SUCCEEDED, announced, announced_types, asks, cancel, do_at_stripe, expire,
    hand_over, intent_of, interfere, order, pay, payment, payment_id, refunds, remembered, send_event, server_error,
    shop_with_order, started, stripe_event, take_every_refund, view, webhooks, webhooks_waiting, writes,
};
use local::faults::Fate;
use local::testing::problem;
use payments::payment::Standing;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn a_webhook_may_come_before_the_reply_that_it_is_about() {
    let stage = Arc::new(shop_with_order());
    let (other, seen) = (stage.clone(), AtomicUsize::new(0));
    // Between Stripe's answer and our second write the customer's app cannot know the secret, but somebody at Stripe
    // may cancel the intent.
    stage.interfere(move |call| {
        if writes(call) && call.function == "start-payment" && seen.fetch_add(1, Ordering::Relaxed) == 1 {
            let intent = &crate::support::intents(&other)[0];
            do_at_stripe(&other, &format!("/v1/payment_intents/{}/cancel", intent["id"].as_str().unwrap()), "");
            webhooks(&other);
        }
        Fate::Answered
    });
    problem(&crate::support::start(&stage, KEY, &json!({})), 409, "payment-ended");
    stage.calm();
    let next = started(&stage, "another-key-for-this-order", &json!({}));
    assert_eq!(pay(&stage, &next, "pm_card_visa").0, 200);
}

#[test]
fn a_charge_may_be_known_by_webhook_before_the_answer_of_the_charge() {
    let stage = Arc::new(crate::payment_methods::shop_with_method("pm_card_visa"));
    let method = crate::payment_methods::methods(&stage)[0]["id"].clone();
    crate::support::reserve(&stage, 1);
    let (other, seen) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        let third = writes(call) && call.function == "start-payment" && seen.fetch_add(1, Ordering::Relaxed) == 2;
        if third {
            webhooks(&other);
        }
        Fate::Answered
    });
    let reply = started(&stage, KEY, &json!({ "payment_method": method }));
    stage.calm();
    assert_eq!(reply["state"], "succeeded");
    assert_eq!(announced_types(&stage).iter().filter(|kind| *kind == SUCCEEDED).count(), 1);
}

#[test]
fn what_nobody_here_knows_is_kept_for_good_and_logged() {
    let (stage, reply) = paid();
    let unknown = [
        intent(&stage, &reply, |intent| intent["metadata"] = json!({})),
        intent(&stage, &reply, |intent| intent["metadata"]["order"] = json!(order(99))),
        intent(&stage, &reply, |intent| intent["metadata"]["payment"] = json!("pay_00000000000000000000000001")),
        intent(&stage, &reply, |intent| intent["metadata"]["order"] = json!("R-1")),
        intent(&stage, &reply, |intent| intent["id"] = json!("pi_another")),
    ];
    for (n, object) in (1..).zip(&unknown) {
        let event = stripe_event(n, "payment_intent.succeeded", object);
        assert_eq!(send_event(&stage, &event).status_code, 204, "it is acknowledged");
        let kept = remembered(&stage, &format!("evt_{n}")).unwrap();
        assert_eq!((kept.orphan.as_deref(), kept.expires_at), (object["id"].as_str(), None));
    }
    let logged = stage.log().iter().filter(|line| line.contains("nobody here knows")).count();
    assert_eq!(logged, unknown.len());
    assert_eq!(view(&stage)["state"], "paying");
    for (n, kind, object) in [
        (
            11,
            "refund.updated",
            json!({ "id": "re_1", "amount": 1, "currency": "gbp", "payment_intent": "pi_other" }),
        ),
        (12, "charge.refunded", json!({ "id": "ch_1", "payment_intent": "pi_other" })),
        (
            13,
            "charge.dispute.created",
            json!({ "id": "du_1", "amount": 1, "currency": "gbp", "reason": "fraudulent", "payment_intent": "pi_other" }),
        ),
    ] {
        assert_eq!(send_event(&stage, &stripe_event(n, kind, &object)).status_code, 204, "{kind}");
        assert!(remembered(&stage, &format!("evt_{n}")).unwrap().orphan.is_some(), "{kind}");
    }
}

#[test]
fn an_amount_or_a_currency_that_differs_never_pays_and_goes_back_whole_once() {
    for change in [
        |intent: &mut Value| intent["amount_received"] = json!(PRICE - 1),
        |intent: &mut Value| intent["amount_received"] = json!(PRICE + 1),
        |intent: &mut Value| intent["currency"] = json!("eur"),
    ] {
        let (stage, reply) = paid();
        let events: Vec<Value> = (1..=3)
            .map(|n| stripe_event(n, "payment_intent.succeeded", &intent(&stage, &reply, change)))
            .collect();
        take_every_refund(&stage);
        stage.calls();
        for event in &events {
            assert_eq!(send_event(&stage, event).status_code, 204);
        }
        let asked: Vec<_> = stage.calls().into_iter().filter(|call| asks(call, "POST", "/refunds")).collect();
        let refund = payment(&stage).attempts[0].refunds()[0].clone();
        assert_eq!(asked.len(), 1, "once");
        assert_eq!(asked[0].headers["idempotency-key"], refund.id.to_string());
        let body = String::from_utf8(asked[0].body.clone()).unwrap();
        assert!(body.contains(&format!("amount={}", events[0]["data"]["object"]["amount_received"])), "{body}");
        assert_eq!(payment(&stage).attempts[0].kept_minor(), 0, "{refund:?}");
        assert_eq!(view(&stage)["state"], "unpaid");
        assert!(stage.log().iter().any(|line| line.contains("was not asked for") && line.contains("\"error\"")));
        assert!(expire(&stage));
        assert_eq!(announced_types(&stage), [REFUNDED, CLOSED], "the order is not paid");
    }
}

#[test]
fn money_that_comes_after_the_end_goes_back_once() {
    for close in [expire, cancel] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({}));
        let late = intent(&stage, &reply, |intent| {
            intent["status"] = json!("succeeded");
            intent["amount_received"] = json!(PRICE);
        });
        // The bank was slow: the cancellation is taken back by what the provider says in the end.
        assert!(close(&stage));
        take_every_refund(&stage);
        for n in 1..=3 {
            let event = stripe_event(n, "payment_intent.succeeded", &late);
            assert_eq!(send_event(&stage, &event).status_code, 204);
        }
        let payment = payment(&stage);
        assert!(matches!(payment.standing, Standing::Closed { .. }), "{:?}", payment.standing);
        assert_eq!(payment.attempts[0].refunds().len(), 1);
        assert_eq!(payment.attempts[0].kept_minor(), 0);
        let types = announced_types(&stage);
        assert_eq!(types, [CLOSED, REFUNDED]);
    }
}

#[test]
fn what_follows_from_an_event_may_fail_without_having_it_sent_again() {
    let (stage, reply) = paid();
    assert!(cancel(&stage));
    let first = refunds(&stage);
    assert_eq!(first, [(PRICE, "succeeded".to_owned())]);
    drop(reply);

    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    let late = intent(&stage, &reply, |intent| {
        intent["status"] = json!("succeeded");
        intent["amount_received"] = json!(PRICE);
    });
    assert!(expire(&stage));
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "POST", "/refunds"));
    let event = stripe_event(1, "payment_intent.succeeded", &late);
    assert_eq!(send_event(&stage, &event).status_code, 204);
    assert!(payment(&stage).due.is_some(), "the sweeper goes on");
}

#[test]
fn a_refund_that_staff_make_at_stripe_counts() {
    let (stage, reply) = paid();
    webhooks(&stage);
    announced(&stage);
    let id = intent_of(reply["client_secret"].as_str().unwrap());
    do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={id}&amount=500"));
    webhooks(&stage);
    let seen = view(&stage);
    assert_eq!(seen["payments"][0]["refunded"]["amount_minor"], 500);
    assert_eq!(seen["payments"][0]["refunds"][0]["state"], "succeeded");
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0].0, &events[0].1["amount"]["amount_minor"]), (&REFUNDED.to_owned(), &json!(500)));
    assert!(cancel(&stage), "the rest goes back when the order is cancelled");
    assert_eq!(refunds(&stage), [(500, "succeeded".to_owned()), (PRICE - 500, "succeeded".to_owned())]);
}

#[test]
fn a_refund_at_stripe_may_be_heard_of_before_the_money_is() {
    let (stage, reply) = paid();
    let id = intent_of(reply["client_secret"].as_str().unwrap());
    do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={id}&amount=500"));
    let mut waiting = webhooks_waiting(&stage);
    waiting.reverse();
    waiting.retain(|webhook| !webhook.body.contains("payment_intent.succeeded"));
    for webhook in &waiting {
        assert_eq!(hand_over(&stage, &webhook.headers, &webhook.body).status_code, 204);
    }
    assert_eq!(view(&stage)["payments"][0]["refunded"]["amount_minor"], 500, "the intent was asked");
    let types = announced_types(&stage);
    assert_eq!(types, [SUCCEEDED, REFUNDED]);
}

#[test]
fn a_dispute_is_announced_once() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_createDispute").0, 200);
    webhooks(&stage);
    let mut events = announced(&stage);
    events.retain(|(kind, _)| kind == DISPUTED);
    let data = json!({
        "order": order(1), "payment": reply["id"], "reason": "fraudulent",
        "amount": { "amount_minor": PRICE, "currency": "GBP" },
    });
    assert_eq!(events, [(DISPUTED.to_owned(), data)]);
    let dispute = json!({
        "id": "du_2", "amount": 5, "currency": "gbp", "reason": "duplicate",
        "payment_intent": intent_of(reply["client_secret"].as_str().unwrap()),
    });
    for n in 1..=2 {
        assert_eq!(send_event(&stage, &stripe_event(n, "charge.dispute.created", &dispute)).status_code, 204);
    }
    assert_eq!(announced_types(&stage), [DISPUTED]);
    assert_eq!(payment(&stage).attempt(payment_id(&reply)).unwrap().disputes.len(), 2);
}
