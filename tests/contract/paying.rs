//! What a client pays: an invoice that no saved method paid, and something onto the balance.

use kernel::{Principal, Role};
use local::sandbox::stripe::confirmation;
use local::stage::Stage;
use local::testing::caller;
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::time::Duration;

/// Everything that payments announce of an invoice and a top-up.
pub fn day(stage: &Stage, invoice: &str) {
    let client = caller(1, Role::Customer);
    let ask = stage.ask("pay-invoice").by(&client).at(invoice).key("a-key-to-pay-a-week-with");
    confirm(stage, &good(&ask.send(&json!({}))));
    confirm(stage, &top_up(stage, &client));
    stage.rest(Duration::from_secs(60)).unwrap();
    let settled = good(&stage.ask("get-invoice").by(&client).at(invoice).get());
    assert!(settled["settled_at"].is_string(), "{settled}");
}

/// A top-up that waits to be paid.
pub fn top_up(stage: &Stage, client: &Principal) -> Value {
    let amount = json!({ "amount": { "amount_minor": 50_000, "currency": "RUB" } });
    good(&stage.ask("top-up-balance").by(client).key("a-key-to-top-up-with").send(&amount))
}

/// Confirms it as the client's app would.
fn confirm(stage: &Stage, started: &Value) {
    let secret = started["client_secret"].as_str().unwrap();
    let answer = stage.cloud.sandboxes().ask("stripe", &confirmation(secret, "pm_card_visa"), stage.now());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}

#[track_caller]
fn good(answer: &HttpResponse) -> Value {
    assert!((200..300).contains(&answer.status_code), "{}: {}", answer.status_code, answer.body);
    answer.json()
}
