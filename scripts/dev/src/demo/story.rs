//! One order from its placing to its end, as its customer, staff and the provider's client live it.

use super::plan::{Fate, Order};
use super::pounds;
use journeys::{Api, Person, shop};
use serde_json::{Value, json};

/// Cards of the provider's sandbox: one that works, and one that does not.
const GOOD_CARD: &str = "pm_card_visa";
const BAD_CARD: &str = "pm_card_chargeDeclined";

/// What a customer knows in the end.
#[derive(Clone, Debug)]
pub struct Told {
    /// The order's id.
    pub order: String,
    /// What it cost, in pence.
    pub total: i64,
    /// What came back, in pence, as the customer was told when returning or cancelling.
    pub refund: i64,
    /// How it ended.
    pub state: String,
}

/// Plays it.
pub fn tell(api: &Api, manager: &Person, customer: &Person, order: &Order) -> Result<Told, String> {
    let lines: Vec<Value> =
        order.lines.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    let body = json!({
        "lines": lines,
        "address": {
            "name": "A. Customer", "street": "1 High Street", "city": "London", "postcode": "N1 9GU", "country": "GB",
        },
        "expected_total": pounds(order.total),
    });
    let key = format!("demo-order-{}", order.invoice);
    // Prices travel from the catalog to orders by themselves: until they are there, nothing is for sale.
    let placed = api.until("the products are for sale", || {
        let answer = api.post(customer, "/v1/orders", &key, &body)?;
        if answer.status == 422 { Ok(None) } else { answer.expect(201).map(Some) }
    })?;
    let id = placed["id"].as_str().ok_or("an order without an id")?.to_owned();
    let path = format!("/v1/orders/{id}");
    let told = |state: &str, refund: i64| Told {
        order: id.clone(),
        total: order.total,
        refund,
        state: state.to_owned(),
    };

    let reserved = reaches(api, customer, &path, |order| order["state"] != "placed")?;
    if reserved["state"] == "rejected" {
        return Ok(told("rejected", 0));
    }
    pay(api, customer, &id, order)?;
    if order.fate == Fate::Cancelled {
        let key = format!("demo-cancel-{}", order.invoice);
        let cancelled = api.post(customer, &format!("{path}/cancel"), &key, &json!({}))?;
        cancelled.expect(200)?;
        reaches(api, customer, &path, |state| state["refunded"]["amount_minor"] == order.total)?;
        return Ok(told("cancelled", order.total));
    }
    for step in ["pack", "ship", "deliver"] {
        let key = format!("demo-{step}-{}-00000", order.invoice);
        api.post(manager, &format!("{path}/{step}"), &key, &json!({}))?.expect(200)?;
    }
    if order.returned.is_empty() {
        return Ok(told("delivered", 0));
    }
    let lines: Vec<Value> =
        order.returned.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect();
    let key = format!("demo-return-{}", order.invoice);
    let returned = api.post(customer, &format!("{path}/returns"), &key, &json!({ "lines": lines }))?;
    let refund = returned.expect(201)?["refund"]["amount_minor"].as_i64().unwrap_or_default();
    let end = reaches(api, customer, &path, |state| state["refunded"]["amount_minor"] == refund)?;
    Ok(told(end["state"].as_str().unwrap_or_default(), refund))
}

/// Pays as an app does: asks for a payment, and confirms it with a card at the provider.
fn pay(api: &Api, customer: &Person, id: &str, order: &Order) -> Result<(), String> {
    let path = &format!("/v1/orders/{id}");
    let cards: &[&str] = if order.fate == Fate::DeclinedFirst { &[BAD_CARD, GOOD_CARD] } else { &[GOOD_CARD] };
    for (n, card) in cards.iter().enumerate() {
        let state = api.get(customer, path)?.expect(200)?;
        if state["state"] != "reserved" {
            break;
        }
        let key = format!("demo-payment-{}-{n}", order.invoice);
        // Payments hears of the order by itself too.
        let (started, _) = shop::pay(api, customer, id, &key, card)?;
        if started.status == 409 {
            break;
        }
        started.expect(201)?;
    }
    reaches(api, customer, path, |state| state["state"] != "reserved")?;
    Ok(())
}

/// The order once it is as `wanted`.
fn reaches(api: &Api, customer: &Person, path: &str, wanted: impl Fn(&Value) -> bool) -> Result<Value, String> {
    api.until("the order goes on", || {
        let order = api.get(customer, path)?.expect(200)?;
        Ok(wanted(&order).then_some(order))
    })
}
