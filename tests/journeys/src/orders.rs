//! Orders: from the price tag to goods set aside, and back.

use crate::shop::{count, id_of, order_of, place, put_on_shelf, same, until_state};
use crate::{Answer, Api, Outcome};
use serde_json::{Value, json};

/// Placed, placed again with the same key, reserved, cancelled, released.
pub fn order_to_reservation(api: &Api) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    let (scarf, hat) = (api.fresh("scarf"), api.fresh("hat"));
    put_on_shelf(api, &manager, &scarf, 1299, 10)?;
    put_on_shelf(api, &manager, &hat, 501, 5)?;

    let key = api.fresh("place-an-order");
    let order = order_of(&[(&scarf, 2), (&hat, 1), (&scarf, 1)], 3 * 1299 + 501);
    let placed = place(api, &customer, &key, &order)?;
    let again = api.post(&customer, "/v1/orders", &key, &order)?.expect(201)?;
    same("a repeated request gets the same reply", &again, &placed)?;
    let other = api.post(&customer, "/v1/orders", &key, &order_of(&[(&hat, 1)], 501))?.expect(422)?;
    same("a key names one request", &other["code"], &json!("idempotency-key-reused"))?;
    let changed = api.post(&customer, "/v1/orders", &api.fresh("another-order"), &order_of(&[(&hat, 1)], 1))?;
    same("the new total is told", &changed.expect(409)?["total"]["amount_minor"], &json!(501))?;

    let id = id_of(&placed)?;
    let reserved = until_state(api, &customer, id, "reserved")?;
    same("all lines are there", &json!(reserved["lines"].as_array().map(Vec::len)), &json!(3))?;
    same("the total is the agreed one", &reserved["total"]["amount_minor"], &json!(3 * 1299 + 501))?;
    let stock = count(api, &manager, &scarf, 10)?;
    same("three scarves are set aside", &stock["reserved"], &json!(3))?;

    let key = api.fresh("cancel-an-order");
    let path = format!("/v1/orders/{id}/cancel");
    let cancelled = api.post(&customer, &path, &key, &json!({ "reason": "передумала" }))?.expect(200)?;
    let again = api.post(&customer, &path, &key, &json!({ "reason": "передумала" }))?.expect(200)?;
    same("a repeated cancellation gets the same reply", &again, &cancelled)?;
    api.post(&customer, &path, &api.fresh("cancel-it-twice"), &json!({}))?.expect(409)?;
    api.until("the scarves are available again", || {
        let stock = count(api, &manager, &scarf, 10)?;
        Ok((stock["available"] == 10 && stock["reserved"] == 0).then_some(()))
    })
}

/// Nothing is set aside for an order that cannot be served as a whole.
pub fn shortage(api: &Api) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    let (plenty, scarce) = (api.fresh("plenty"), api.fresh("scarce"));
    put_on_shelf(api, &manager, &plenty, 100, 10)?;
    put_on_shelf(api, &manager, &scarce, 100, 1)?;
    let order = order_of(&[(&plenty, 1), (&scarce, 2)], 300);
    let placed = place(api, &customer, &api.fresh("place-an-order"), &order)?;
    let rejected = until_state(api, &customer, id_of(&placed)?, "rejected")?;
    let short = json!([{ "sku": scarce, "wanted": 2, "available": 1 }]);
    same("the customer learns what is short", &rejected["timeline"][0]["short"], &short)?;
    same("nothing of the rest is set aside", &count(api, &manager, &plenty, 10)?["reserved"], &json!(0))
}

/// No token, another role, somebody else's order.
pub fn strangers(api: &Api) -> Outcome {
    let (manager, customer, other) = (api.manager()?, api.customer()?, api.customer()?);
    let sku = api.fresh("secret");
    put_on_shelf(api, &manager, &sku, 100, 10)?;
    let order = order_of(&[(&sku, 1)], 100);
    let status = |answer: Answer| json!(answer.status);
    same("no token", &status(api.ask("/v1/orders", &api.fresh("an-order-by-nobody"), &order)?), &json!(401))?;
    let product = json!({ "title": "T", "prices": [{ "amount_minor": 1, "currency": "GBP" }], "published": true });
    let set = api.put(&customer, &format!("/v1/products/{sku}"), &product)?;
    same("a customer sets no prices", &status(set), &json!(403))?;
    let placed = place(api, &customer, &api.fresh("place-an-order"), &order)?;
    let path = format!("/v1/orders/{}", id_of(&placed)?);
    same("somebody else's order is not found", &status(api.get(&other, &path)?), &json!(404))?;
    let key = api.fresh("cancel-it-for-them");
    let cancel = api.post(&other, &format!("{path}/cancel"), &key, &json!({}))?;
    same("nor can it be cancelled", &status(cancel), &json!(404))
}

/// More lines than an order's item holds; with more than 98 SKUs, more than one transaction holds.
pub fn large_order(api: &Api, skus: usize) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    let skus: Vec<String> = (0..skus).map(|_| api.fresh("many")).collect();
    for sku in &skus {
        put_on_shelf(api, &manager, sku, 10, 1000)?;
    }
    let lines: Vec<(&str, u32)> = (0..120).map(|n| (skus[n % skus.len()].as_str(), 1)).collect();
    let order = order_of(&lines, 1200);
    let placed = place(api, &customer, &api.fresh("place-an-order"), &order)?;
    let reserved = until_state(api, &customer, id_of(&placed)?, "reserved")?;
    let titles: Vec<&Value> = reserved["lines"].as_array().into_iter().flatten().map(|line| &line["sku"]).collect();
    let wanted: Vec<&str> = lines.iter().map(|(sku, _)| *sku).collect();
    same("every line is there, in order", &json!(titles), &json!(wanted))
}
