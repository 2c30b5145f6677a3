//! The sandbox against what Stripe documents.

use super::events::signature;
use super::intents::SEARCH_LAG;
use super::refunds::BANK_TAKES;
use super::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

struct Shop {
    stripe: Stripe,
    now: Timestamp,
}

impl Shop {
    fn new() -> Self {
        Self {
            stripe: Stripe::default(),
            now: Timestamp::from_millis(1_767_600_000_000),
        }
    }

    fn pass(&mut self, duration: Duration) {
        self.now = self.now.after(duration);
    }

    fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, Value) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
        };
        let answer = self.stripe.answer(&request, self.now);
        (answer.status, serde_json::from_slice(&answer.body).unwrap())
    }

    fn server(&mut self, method: &str, path: &str, key: Option<&str>, body: &str) -> (u16, Value) {
        let bearer = format!("Bearer {SECRET_KEY}");
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(key.map(|key| ("idempotency-key", key)));
        self.send(method, path, &headers, body)
    }

    fn post(&mut self, path: &str, body: &str) -> (u16, Value) {
        self.server("POST", path, None, body)
    }

    fn get(&mut self, path: &str) -> (u16, Value) {
        self.server("GET", path, None, "")
    }

    fn app(&mut self, path: &str, body: &str) -> (u16, Value) {
        self.send("POST", path, &[("authorization", &format!("Bearer {PUBLISHABLE_KEY}"))], body)
    }

    /// An intent over ten pounds, with further parameters.
    fn intent(&mut self, more: &str) -> Value {
        let (status, intent) = self.post("/v1/payment_intents", &format!("amount=1000&currency=gbp{more}"));
        assert_eq!(status, 200, "{intent}");
        intent
    }

    /// The app confirms an intent with a card.
    fn confirm(&mut self, intent: &Value, card: &str) -> (u16, Value) {
        let (id, secret) = (text(intent, "id"), text(intent, "client_secret"));
        let body = format!("client_secret={secret}&payment_method={card}");
        self.app(&format!("/v1/payment_intents/{id}/confirm"), &body)
    }

    /// An intent that was paid with a card.
    fn paid(&mut self, card: &str) -> String {
        let intent = self.intent("&metadata[order]=ord_1");
        assert_eq!(self.confirm(&intent, card).1["status"], "succeeded");
        text(&intent, "id")
    }

    /// The types of all events that wait, once each, oldest first.
    fn events(&mut self) -> Vec<String> {
        let mut all: Vec<(u64, String)> = self
            .stripe
            .store
            .all("timer/")
            .into_iter()
            .filter_map(|(name, timer)| {
                let event = timer["what"]["deliver"]["event"].as_str()?.to_owned();
                Some((name["timer/".len()..].parse().unwrap(), event))
            })
            .collect();
        all.sort_unstable();
        let mut seen = BTreeSet::new();
        all.retain(|(_, event)| seen.insert(event.clone()));
        let kinds = all.iter().map(|(_, event)| text(&self.stripe.store.get::<Value>(event).unwrap(), "kind"));
        kinds.collect()
    }
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn error(answer: &(u16, Value), status: u16, code: &str) {
    assert_eq!(answer.0, status, "{}", answer.1);
    let error = &answer.1["error"];
    assert_eq!(error["code"].as_str().or(error["type"].as_str()), Some(code), "{error}");
    assert!(error["message"].is_string(), "{error}");
}

#[test]
fn every_request_needs_a_good_key() {
    let mut shop = Shop::new();
    for headers in [
        vec![],
        vec![("authorization", "Bearer sk_test_other")],
        vec![("authorization", SECRET_KEY)],
    ] {
        let answer = shop.send("POST", "/v1/payment_intents", &headers, "amount=1000&currency=gbp");
        error(&answer, 401, "invalid_request_error");
    }
    error(&shop.app("/v1/payment_intents", "amount=1000&currency=gbp"), 401, "secret_key_required");
    error(&shop.app("/v1/refunds", ""), 401, "secret_key_required");
    error(&shop.post("/v1/nothing", ""), 404, "invalid_request_error");
}

#[test]
fn an_intent_is_created_shown_and_paid() {
    let mut shop = Shop::new();
    let intent = shop.intent("&metadata[order]=ord_1&automatic_payment_methods[enabled]=true");
    assert_eq!(intent["status"], "requires_payment_method");
    assert_eq!((&intent["amount"], &intent["currency"]), (&json!(1000), &json!("gbp")));
    assert_eq!(intent["metadata"], json!({ "order": "ord_1" }));
    let id = text(&intent, "id");
    assert!(id.starts_with("pi_") && text(&intent, "client_secret").starts_with(&format!("{id}_secret_")));
    let (status, confirmed) = shop.confirm(&intent, "pm_card_visa");
    assert_eq!((status, &confirmed["status"]), (200, &json!("succeeded")));
    assert_eq!(confirmed.get("metadata"), None, "apps do not see what the shop noted");
    let (_, intent) = shop.get(&format!("/v1/payment_intents/{id}"));
    assert_eq!(intent["amount_received"], 1000);
    let expected = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"];
    assert_eq!(shop.events(), expected);
    error(&shop.confirm(&intent, "pm_card_visa"), 400, "payment_intent_unexpected_state");
}

#[test]
fn parameters_are_checked() {
    let mut shop = Shop::new();
    for (body, code) in [
        ("", "parameter_missing"),
        ("amount=1000", "parameter_missing"),
        ("amount=ten&currency=gbp", "parameter_invalid_integer"),
        ("amount=10.5&currency=gbp", "parameter_invalid_integer"),
        ("amount=0&currency=gbp", "parameter_invalid_integer"),
        ("amount=-5&currency=gbp", "parameter_invalid_integer"),
        ("amount=29&currency=gbp", "amount_too_small"),
        ("amount=100000000&currency=gbp", "amount_too_large"),
        ("amount=1000&currency=xyz", "parameter_invalid"),
        ("amount=550&currency=isk", "invalid_charge_amount_no_decimal_compatible"),
        ("amount=1000&currency=gbp&customer=cus_nobody", "resource_missing"),
        ("amount=1000&currency=gbp&colour=red", "parameter_unknown"),
        ("amount=1000&currency=gbp&setup_future_usage=always", "parameter_invalid"),
        ("amount=1000&currency=gbp&confirm=perhaps", "parameter_invalid_boolean"),
    ] {
        error(&shop.post("/v1/payment_intents", body), 400, code);
    }
    let long = format!("amount=1000&currency=gbp&metadata[a]={}", "x".repeat(501));
    error(&shop.post("/v1/payment_intents", &long), 400, "invalid_request_error");
    assert!(shop.events().iter().all(|kind| kind == "payment_intent.created"));
}

#[test]
fn a_key_is_carried_out_once_for_a_day_and_for_the_same_request_only() {
    let mut shop = Shop::new();
    let (create, body) = ("/v1/payment_intents", "amount=1000&currency=gbp");
    let first = shop.server("POST", create, Some("key-1"), body);
    shop.pass(KEY_LIFE - Duration::from_secs(1));
    assert_eq!(shop.server("POST", create, Some("key-1"), body), first);
    error(&shop.server("POST", create, Some("key-1"), "amount=1001&currency=gbp"), 400, "idempotency_error");
    error(&shop.server("POST", "/v1/customers", Some("key-1"), body), 400, "idempotency_error");
    shop.pass(Duration::from_secs(1));
    let later = shop.server("POST", create, Some("key-1"), body);
    assert_ne!(later.1["id"], first.1["id"], "after a day the key is forgotten");
    error(&shop.server("POST", create, Some(&"k".repeat(256)), body), 400, "invalid_request_error");
}

#[test]
fn refusals_are_remembered_unless_nothing_had_begun() {
    let mut shop = Shop::new();
    let create = "/v1/payment_intents";
    error(&shop.server("POST", create, Some("key-1"), "amount=1&currency=gbp"), 400, "amount_too_small");
    let (status, _) = shop.server("POST", create, Some("key-1"), "amount=100&currency=gbp");
    assert_eq!(status, 200, "what failed the check of its parameters may be sent again, better");

    let (_, customer) = shop.post("/v1/customers", "");
    let customer = text(&customer, "id");
    let attach = format!("customer={customer}");
    let (_, method) = shop.post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &attach);
    let never = "&automatic_payment_methods[allow_redirects]=never";
    let intent = shop.intent(&format!("&customer={customer}{never}"));
    let path = format!("/v1/payment_intents/{}/confirm", text(&intent, "id"));
    let body = format!("payment_method={}&off_session=true", text(&method, "id"));
    let declined = shop.server("POST", &path, Some("key-2"), &body);
    error(&declined, 402, "card_declined");
    assert_eq!(shop.server("POST", &path, Some("key-2"), &body), declined);
    let failed = shop.events().into_iter().filter(|kind| kind == "payment_intent.payment_failed").count();
    assert_eq!(failed, 1, "the card was charged once");
}

#[test]
fn a_declined_card_leaves_the_intent_open_for_another() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    for (card, code) in [
        ("pm_card_chargeDeclined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card"),
    ] {
        let (status, refused) = shop.confirm(&intent, card);
        assert_eq!((status, &refused["error"]["type"]), (402, &json!("card_error")));
        assert_eq!(refused["error"]["decline_code"], code);
        let intent = &refused["error"]["payment_intent"];
        assert_eq!(intent["status"], "requires_payment_method");
        assert_eq!(intent["last_payment_error"]["decline_code"], code);
    }
    assert_eq!(shop.confirm(&intent, "pm_card_mastercard").1["status"], "succeeded");
}

#[test]
fn a_bank_may_want_to_see_the_customer() {
    for outcome in ["success", "failure"] {
        let mut shop = Shop::new();
        let intent = shop.intent("");
        let (status, confirmed) = shop.confirm(&intent, "pm_card_authenticationRequired");
        assert_eq!((status, &confirmed["status"]), (200, &json!("requires_action")));
        let url = text(&confirmed["next_action"]["redirect_to_url"], "url");
        let (_, back) = shop.send("GET", &format!("{url}&outcome={outcome}"), &[], "");
        let expected = if outcome == "success" { "succeeded" } else { "requires_payment_method" };
        assert_eq!(back["status"], expected);
        let (status, _) = shop.send("GET", &format!("{url}&outcome={outcome}"), &[], "");
        assert_eq!(status, 400, "once is enough");
    }
}

#[test]
fn an_app_sees_and_confirms_only_what_it_has_the_secret_of() {
    let mut shop = Shop::new();
    let (intent, other) = (shop.intent(""), shop.intent(""));
    let path = format!("/v1/payment_intents/{}/confirm", text(&intent, "id"));
    for secret in ["", &text(&other, "client_secret"), "pi_1_secret_1"] {
        let answer = shop.app(&path, &format!("client_secret={secret}&payment_method=pm_card_visa"));
        assert_eq!(answer.0, 400, "{}", answer.1);
    }
    let number = "payment_method_data[type]=card&payment_method_data[card][number]=4242 4242 4242 4242";
    let body = format!("key={PUBLISHABLE_KEY}&client_secret={}&{number}", text(&intent, "client_secret"));
    let (status, confirmed) = shop.send("POST", &path, &[], &body);
    assert_eq!((status, &confirmed["status"]), (200, &json!("succeeded")), "as Stripe's script does it");
    let body = format!("return_url=https://example.com&{number}");
    let path = format!("/v1/payment_intents/{}/confirm", text(&other, "id"));
    assert_eq!(shop.post(&path, &body).0, 400, "servers send no card numbers");
}

#[test]
fn what_is_not_paid_can_be_cancelled_once() {
    let mut shop = Shop::new();
    let intent = shop.intent("");
    let path = format!("/v1/payment_intents/{}/cancel", text(&intent, "id"));
    error(&shop.post(&path, "cancellation_reason=whim"), 400, "parameter_invalid");
    let (status, cancelled) = shop.post(&path, "cancellation_reason=abandoned");
    assert_eq!((status, &cancelled["status"]), (200, &json!("canceled")));
    let again = shop.post(&path, "");
    error(&again, 400, "payment_intent_unexpected_state");
    assert_eq!(again.1["error"]["payment_intent"]["status"], "canceled");
    error(&shop.confirm(&intent, "pm_card_visa"), 400, "payment_intent_unexpected_state");

    let paid = shop.paid("pm_card_visa");
    let refused = shop.post(&format!("/v1/payment_intents/{paid}/cancel"), "");
    error(&refused, 400, "payment_intent_unexpected_state");
    assert_eq!(refused.1["error"]["payment_intent"]["status"], "succeeded");
    error(&shop.post("/v1/payment_intents/pi_nothing/cancel", ""), 404, "resource_missing");
}

#[test]
fn searches_find_metadata_when_a_minute_has_passed() {
    let mut shop = Shop::new();
    let wanted = shop.intent("&metadata[payment]=pay_1");
    shop.intent("&metadata[payment]=pay_2");
    let query = "/v1/payment_intents/search?query=metadata%5B%27payment%27%5D%3A%27pay_1%27";
    assert_eq!(shop.get(query).1["data"], json!([]), "too young");
    shop.pass(SEARCH_LAG);
    let found = shop.get(query).1;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    assert_eq!(found["data"][0]["id"], wanted["id"]);
    assert_eq!(shop.get("/v1/payment_intents/search?query=nonsense").0, 400);
    assert_eq!(shop.get("/v1/payment_intents/search").0, 400);
}

#[test]
fn refunds_never_exceed_what_was_charged() {
    let mut shop = Shop::new();
    let intent = shop.paid("pm_card_visa");
    let refund = |amount: i64| format!("payment_intent={intent}&amount={amount}&metadata[refund]=rfd_1");
    let (status, first) = shop.post("/v1/refunds", &refund(400));
    assert_eq!((status, &first["status"]), (200, &json!("succeeded")));
    assert_eq!(first["metadata"], json!({ "refund": "rfd_1" }));
    let (status, refused) = shop.post("/v1/refunds", &refund(601));
    assert_eq!(status, 400);
    let message = text(&refused["error"], "message");
    assert!(message.contains("greater than unrefunded amount"), "{message}");
    error(&shop.post("/v1/refunds", &refund(0)), 400, "parameter_invalid_integer");
    let (_, rest) = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    assert_eq!(rest["amount"], 600, "the rest, where nothing else is said");
    error(&shop.post("/v1/refunds", &refund(1)), 400, "charge_already_refunded");

    let open = text(&shop.intent(""), "id");
    assert_eq!(shop.post("/v1/refunds", &format!("payment_intent={open}")).0, 400, "nothing was charged");
    error(&shop.post("/v1/refunds", "payment_intent=pi_nothing"), 400, "resource_missing");
    error(&shop.post("/v1/refunds", ""), 400, "parameter_missing");
    let disputed = shop.paid("pm_card_createDispute");
    error(&shop.post("/v1/refunds", &format!("payment_intent={disputed}")), 400, "charge_disputed");
}

#[test]
fn refunds_are_listed_newest_first_page_by_page() {
    let mut shop = Shop::new();
    let (intent, other) = (shop.paid("pm_card_visa"), shop.paid("pm_card_visa"));
    shop.post("/v1/refunds", &format!("payment_intent={other}&amount=1"));
    let mut made: Vec<String> = (0..5)
        .map(|_| text(&shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=1")).1, "id"))
        .collect();
    made.reverse();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/v1/refunds?payment_intent={intent}&limit=2{after}")).1;
        seen.extend(page["data"].as_array().unwrap().iter().map(|refund| text(refund, "id")));
        if page["has_more"] == json!(false) {
            break;
        }
        after = format!("&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, made);
    error(&shop.get("/v1/refunds?limit=101"), 400, "parameter_invalid_integer");
}

#[test]
fn some_refunds_take_their_time_and_some_fail_in_the_end() {
    for (card, at_once, later) in [
        ("pm_card_visa", "succeeded", "succeeded"),
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
    ] {
        let mut shop = Shop::new();
        let intent = shop.paid(card);
        let (_, refund) = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
        assert_eq!(refund["status"], at_once, "{card}");
        shop.pass(BANK_TAKES);
        let (_, refund) = shop.get(&format!("/v1/refunds/{}", text(&refund, "id")));
        assert_eq!(refund["status"], later, "{card}");
        let events = shop.events();
        let told = |kind: &str| events.iter().any(|event| event == kind);
        assert!(told("charge.refunded"));
        assert_eq!(told("refund.failed"), later == "failed", "{card}");
        assert_eq!(told("charge.refund.updated"), at_once != later, "{card}");
        let again = shop.post("/v1/refunds", &format!("payment_intent={intent}")).0;
        assert_eq!(again == 200, later == "failed", "what failed can be given back again: {card}");
    }
}

#[test]
fn methods_are_saved_with_the_first_payment_and_charged_without_their_owner() {
    let mut shop = Shop::new();
    let (_, customer) = shop.post("/v1/customers", "metadata[account]=acc_1");
    let customer = text(&customer, "id");
    assert_eq!(shop.get(&format!("/v1/customers/{customer}")).1["metadata"], json!({ "account": "acc_1" }));
    let intent = shop.intent(&format!("&customer={customer}&setup_future_usage=off_session"));
    assert_eq!(shop.confirm(&intent, "pm_card_authenticationRequiredOnSetup").1["status"], "requires_action");
    let secret = text(&intent, "client_secret");
    let (_, paid) = shop.send("GET", &format!("/3d_secure/{}?client_secret={secret}", text(&intent, "id")), &[], "");
    let method = text(&paid, "payment_method");
    assert!(shop.events().contains(&"payment_method.attached".to_owned()));
    assert_eq!(shop.get(&format!("/v1/payment_methods/{method}")).1["customer"], json!(customer));

    let never = "&automatic_payment_methods[allow_redirects]=never";
    let charge = |shop: &mut Shop, more: &str| {
        let intent = shop.intent(more);
        let body = format!("payment_method={method}&off_session=true");
        shop.post(&format!("/v1/payment_intents/{}/confirm", text(&intent, "id")), &body)
    };
    assert_eq!(charge(&mut shop, &format!("&customer={customer}{never}")).1["status"], "succeeded");
    assert_eq!(charge(&mut shop, never).0, 400, "the intent must be its owner's");
    error(&charge(&mut shop, &format!("&customer={customer}")), 400, "parameter_missing");

    let (status, _) = shop.post(&format!("/v1/payment_methods/{method}/detach"), "");
    assert_eq!(status, 200);
    assert_eq!(shop.post(&format!("/v1/payment_methods/{method}/detach"), "").0, 400);
    assert_eq!(charge(&mut shop, &format!("&customer={customer}{never}")).0, 400, "it is forgotten");
    assert_eq!(shop.events().last().map(String::as_str), Some("payment_intent.created"));
    assert!(shop.events().contains(&"payment_method.detached".to_owned()));
}

#[test]
fn a_card_that_needs_its_owner_is_not_charged_without() {
    let mut shop = Shop::new();
    let (_, customer) = shop.post("/v1/customers", "");
    let customer = text(&customer, "id");
    let attach = format!("customer={customer}");
    let (_, method) = shop.post("/v1/payment_methods/pm_card_authenticationRequired/attach", &attach);
    let intent = shop.intent(&format!("&customer={customer}&automatic_payment_methods[allow_redirects]=never"));
    let body = format!("payment_method={}&off_session=true", text(&method, "id"));
    let refused = shop.post(&format!("/v1/payment_intents/{}/confirm", text(&intent, "id")), &body);
    error(&refused, 402, "authentication_required");
    assert_eq!(refused.1["error"]["payment_intent"]["status"], "requires_payment_method");
    let confirmed = shop.confirm(&intent, &text(&method, "id"));
    assert_eq!(confirmed.1["status"], "requires_action", "with the client secret its owner makes it good");
}

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
