//! What journeys do in a shop again and again.

use crate::{Answer, Api, Outcome, Person};
use serde_json::{Value, json};

/// The key of apps in the provider's sandbox.
const PUBLISHABLE_KEY: &str = "pk_test_development";

/// A product on the shelf.
pub fn put_on_shelf(api: &Api, manager: &Person, sku: &str, price: i64, on_hand: u32) -> Outcome {
    let product = json!({
        "title": format!("Шарф {sku}"),
        "prices": [{ "amount_minor": price, "currency": "GBP" }],
        "published": true,
    });
    api.put(manager, &format!("/v1/products/{sku}"), &product)?.expect(200)?;
    count(api, manager, sku, on_hand).map(|_| ())
}

/// Counts the shelf; tells what is available and what is reserved.
pub fn count(api: &Api, manager: &Person, sku: &str, on_hand: u32) -> Result<Value, String> {
    api.put(manager, &format!("/v1/products/{sku}/stock"), &json!({ "on_hand": on_hand }))?.expect(200)
}

/// An order of these lines, expected to cost `total` pence.
pub fn order_of(lines: &[(&str, u32)], total: i64) -> Value {
    let lines: Vec<Value> = lines.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    json!({
        "lines": lines,
        "address": {
            "name": "Мария Петрова", "street": "1 High Street", "city": "London", "postcode": "N1 9GU", "country": "GB",
        },
        "expected_total": { "amount_minor": total, "currency": "GBP" },
    })
}

/// Places an order as soon as its prices have arrived.
pub fn place(api: &Api, customer: &Person, key: &str, order: &Value) -> Result<Value, String> {
    api.until("the prices arrive", || {
        let answer = api.post(customer, "/v1/orders", key, order)?;
        match answer.status {
            422 if answer.body["code"] == "not-for-sale" => Ok(None),
            _ => answer.expect(201).map(Some),
        }
    })
}

/// Looks at an order until it is in this state.
pub fn until_state(api: &Api, customer: &Person, id: &str, state: &str) -> Result<Value, String> {
    api.until(&format!("{id} is {state}"), || {
        let order = api.get(customer, &format!("/v1/orders/{id}"))?.expect(200)?;
        Ok((order["state"] == state).then_some(order))
    })
}

/// An error that says `what`, unless both are the same.
pub fn same(what: &str, left: &Value, right: &Value) -> Outcome {
    if left == right { Ok(()) } else { Err(format!("{what}: {left} is not {right}")) }
}

/// The id in a reply.
pub fn id_of(order: &Value) -> Result<&str, String> {
    order["id"].as_str().ok_or_else(|| format!("no id in {order}"))
}

/// Starts to pay an order and confirms it with a card at the provider, as an app does. What each of them answered: the
/// provider only if a payment was started.
pub fn pay(
    api: &Api,
    customer: &Person,
    order: &str,
    key: &str,
    card: &str,
) -> Result<(Answer, Option<Answer>), String> {
    let started = api.post(customer, &format!("/v1/orders/{order}/payments"), key, &json!({}))?;
    let confirmed = started.body["client_secret"].is_string().then(|| confirm(api, &started.body, card));
    Ok((started, confirmed.transpose()?))
}

/// Confirms what was started to be paid with a card at the provider, as an app does.
pub fn confirm(api: &Api, started: &Value, card: &str) -> Result<Answer, String> {
    let secret = started["client_secret"].as_str().ok_or("there was no client secret")?;
    let intent = secret.split("_secret").next().unwrap_or(secret);
    let form = [
        ("payment_method", card),
        ("client_secret", secret),
        ("key", PUBLISHABLE_KEY),
    ];
    api.stripe(&format!("/v1/payment_intents/{intent}/confirm"), &form)
}
