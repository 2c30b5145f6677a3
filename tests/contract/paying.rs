//! What a client pays: an invoice that no saved method paid, and something onto the balance; and what the provider says
//! was paid, of which nobody here knows.

use kernel::{OrderId, PaymentId, Principal, Role};
use local::sandbox::Request;
use local::sandbox::stripe::{SECRET_KEY, confirmation};
use local::stage::Stage;
use local::testing::{caller, good};
use serde_json::{Value, json};
use std::collections::BTreeMap;
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
    let [found, _] = breaks(stage);
    let ask = stage.ask("close-break").by(&caller(1002, Role::Manager)).at(found).key("a-key-to-close-a-break");
    good(&ask.send(&json!({ "note": "A test of somebody's" })));
}

/// A top-up that waits to be paid.
pub fn top_up(stage: &Stage, client: &Principal) -> Value {
    let amount = json!({ "amount": { "amount_minor": 50_000, "currency": "RUB" } });
    good(&stage.ask("top-up-balance").by(client).key("a-key-to-top-up-with").send(&amount))
}

/// Two charges under our name of which we know nothing are found a day later: the breaks.
pub fn breaks(stage: &Stage) -> [String; 2] {
    for n in [7001, 7002] {
        let body = format!(
            "amount=900&currency=gbp&metadata[payment]={}&metadata[order]={}",
            PaymentId::from_bits(n),
            OrderId::from_bits(n),
        );
        let request = Request {
            method: "POST".to_owned(),
            path: "/v1/payment_intents".to_owned(),
            headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {SECRET_KEY}"))]),
            body: body.into_bytes(),
        };
        let made = stage.cloud.sandboxes().ask("stripe", &request, stage.now());
        confirm(stage, &serde_json::from_slice(&made.body).unwrap());
    }
    stage.rest(Duration::from_secs(26 * 3600)).unwrap();
    assert!(!stage.start("reconcile-payments"), "new breaks ring the alarm");
    let found = good(&stage.ask("list-breaks").by(&caller(1002, Role::Auditor)).get());
    [0, 1].map(|n| found["items"][n]["id"].as_str().unwrap().to_owned())
}

/// Confirms it as the client's app would.
fn confirm(stage: &Stage, started: &Value) {
    let secret = started["client_secret"].as_str().unwrap();
    let answer = stage.cloud.sandboxes().ask("stripe", &confirmation(secret, "pm_card_visa"), stage.now());
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
}
