//! Webhooks, and what survives.

use super::*;

#[test]
fn webhooks_are_signed_repeated_and_out_of_order() {
    let mut shop = Shop::new();
    for _ in 0..40 {
        shop.paid("pm_card_visa");
    }
    let (mut order, mut deliveries) = (Vec::new(), BTreeMap::<String, usize>::new());
    while let Some(next) = shop.stripe.next_due() {
        shop.now = next.max(shop.now);
        while let Some(webhook) = shop.stripe.due(shop.now) {
            let expected = signature(WEBHOOK_SECRET, webhook.body.as_bytes(), shop.now);
            assert_eq!(webhook.headers["stripe-signature"], expected);
            assert_eq!(webhook.route, "POST /v1/webhooks/stripe");
            let event: Value = serde_json::from_str(&webhook.body).unwrap();
            let count = deliveries.entry(text(&event, "id")).or_default();
            *count += 1;
            if *count == 1 {
                order.push(shop.stripe.store.get::<Value>(&text(&event, "id")).unwrap());
            }
            shop.stripe.delivered(webhook.delivery, Some(204), shop.now);
        }
    }
    assert_eq!(deliveries.len(), 120);
    let twice = deliveries.values().filter(|count| **count == 2).count();
    assert!((20..=60).contains(&twice) && deliveries.values().all(|count| *count <= 2), "{twice}");
    let mut sorted = order.clone();
    sorted.sort_by_key(|event| text(event, "id"));
    let kinds: Vec<String> = order.iter().map(|event| text(event, "kind")).collect();
    let regular: Vec<String> = (0..40)
        .flat_map(|_| ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"])
        .map(str::to_owned)
        .collect();
    assert_ne!(kinds, regular, "some overtake others");
}

#[test]
fn a_webhook_that_is_not_taken_comes_again_and_at_last_no_more() {
    let mut shop = Shop::new();
    shop.intent("");
    let (mut tries, mut last) = (0, shop.now);
    while let Some(next) = shop.stripe.next_due() {
        assert!(next >= last, "later each time");
        (last, shop.now) = (next, next.max(shop.now));
        let Some(webhook) = shop.stripe.due(shop.now) else {
            continue;
        };
        assert_eq!(shop.stripe.due(shop.now).map(|other| other.delivery), None, "one at a time");
        tries += 1;
        let status = [None, Some(500), Some(400), Some(301)][tries % 4];
        shop.stripe.delivered(webhook.delivery, status, shop.now);
    }
    assert!((10..=32).contains(&tries), "{tries}");
    assert!(shop.now.as_seconds() - Shop::new().now.as_seconds() < 7 * 86_400);
}

#[test]
fn a_webhook_whose_answer_never_came_is_due_again() {
    let mut shop = Shop::new();
    shop.intent("");
    let first = shop.stripe.due(shop.now.after(Duration::from_secs(1))).unwrap();
    shop.pass(Duration::from_secs(60));
    let again = shop.stripe.due(shop.now).unwrap();
    assert_eq!(first.body, again.body, "the process was killed in between");
}

#[test]
fn the_state_survives_in_named_values() {
    let mut shop = Shop::new();
    let intent = shop.paid("pm_card_refundFail");
    shop.server("POST", "/v1/refunds", Some("key-1"), &format!("payment_intent={intent}&amount=300"));
    let mut kept: BTreeMap<String, Value> = BTreeMap::new();
    for (name, value) in shop.stripe.changes() {
        kept.insert(name, value.unwrap());
    }
    assert!(shop.stripe.changes().is_empty());
    let mut other = Shop { stripe: Stripe::default(), now: shop.now };
    other.stripe.restore(kept.into_iter().collect()).unwrap();
    assert_eq!(other.stripe.next_due(), shop.stripe.next_due());
    for shop in [&mut shop, &mut other] {
        shop.pass(BANK_TAKES);
    }
    for path in [
        format!("/v1/payment_intents/{intent}"),
        format!("/v1/refunds?payment_intent={intent}"),
    ] {
        assert_eq!(other.get(&path), shop.get(&path));
    }
    assert_eq!(other.events(), shop.events());
    let again = other.server("POST", "/v1/refunds", Some("key-1"), &format!("payment_intent={intent}&amount=300"));
    assert_eq!(again.1["status"], "succeeded", "as it was answered first");
}

#[test]
fn the_same_requests_have_the_same_answers() {
    let run = || {
        let mut shop = Shop::new();
        let intent = shop.paid("pm_card_visa");
        shop.post("/v1/refunds", &format!("payment_intent={intent}"));
        shop.stripe.changes()
    };
    assert_eq!(run(), run());
}
