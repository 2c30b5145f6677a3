//! The sandbox against what Stripe documents.

mod listing;
mod refunding;
mod webhooks;

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
