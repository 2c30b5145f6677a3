//! What becomes of a day's orders: one is paid, sent and returned in part; one is cancelled after it was paid, and the
//! money cannot go back; one is declined and never paid; one is disputed.

use kernel::{Principal, Role};
use local::sandbox::stripe::confirmation;
use local::stage::Stage;
use local::testing::caller;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn customer() -> Principal {
    caller(1, Role::Customer)
}

/// Everything that orders, payments and the catalog announce of orders that are placed already.
pub fn day(stage: &Stage, orders: &[String; 4]) {
    let [served, regretted, unpaid, disputed] = orders;
    let settle = || stage.rest(Duration::from_secs(60)).unwrap();
    pay(stage, served, "pm_card_visa", true);
    pay(stage, regretted, "pm_card_refundFail", false);
    pay(stage, unpaid, "pm_card_chargeDeclined", false);
    pay(stage, disputed, "pm_card_createDispute", false);
    settle();
    let cancelled = command(stage, "cancel-order", &customer(), regretted, "a-key-to-cancel-with");
    assert_eq!(cancelled["state"], "cancelled");
    for step in ["pack-order", "ship-order", "deliver-order"] {
        command(stage, step, &caller(2, Role::Manager), served, &format!("a-key-to-{step}-with"));
    }
    let sku = order(stage, served)["lines"][0]["sku"].clone();
    let back = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
    let returned = stage.ask("return-order").by(&customer()).at(served).key("a-key-to-return-with").send(&back);
    assert_eq!(returned.status_code, 201, "{}", returned.body);
    settle();
    let methods = stage.ask("list-payment-methods").by(&customer()).get().json();
    let method = methods["items"][0]["id"].as_str().unwrap().to_owned();
    let removed = stage.ask("remove-payment-method").by(&customer()).at(&method).get();
    assert!(removed.status_code < 300, "{}", removed.body);
    stage.rest(HOUR).unwrap();
    assert_eq!(order(stage, unpaid)["state"], "expired");
}

fn order(stage: &Stage, id: &str) -> Value {
    stage.ask("get-order").by(&customer()).at(id).get().json()
}

fn command(stage: &Stage, function: &'static str, by: &Principal, order: &str, key: &str) -> Value {
    let body = if function == "ship-order" { json!({ "tracking": "RM1" }) } else { json!({}) };
    let answer = stage.ask(function).by(by).at(order).key(key).send(&body);
    assert_eq!(answer.status_code, 200, "{function}: {}", answer.body);
    answer.json()
}

/// Starts a payment, and confirms it as the customer's app would.
fn pay(stage: &Stage, order: &str, card: &str, save: bool) {
    let key = format!("a-payment-with-{card}");
    let started = stage.ask("start-payment").by(&customer()).at(order).key(&key).send(&json!({ "save_method": save }));
    assert_eq!(started.status_code, 201, "{}", started.body);
    let secret = started.json()["client_secret"].as_str().unwrap().to_owned();
    let answer = stage.cloud.sandboxes().ask("stripe", &confirmation(&secret, card), stage.now());
    assert!([200, 402].contains(&answer.status), "{}", String::from_utf8_lossy(&answer.body));
}
