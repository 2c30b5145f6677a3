//! The whole story of an order, and of the sessions of who orders.

use crate::shop::{count, id_of, order_of, pay, put_on_shelf, same, until_state};
use crate::{Api, Outcome};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Registered, found, put into the cart, ordered, declined, paid, told by e-mail, packed, shipped, delivered, half of it
/// returned and refunded.
pub fn whole_story(api: &Api) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    // Letters come at once, at whatever hour this runs.
    let awake = json!({ "channels": { "orders": ["email"], "payments": ["email"] }, "quiet_hours": null });
    api.put(&customer, "/v1/notification-preferences", &awake)?.expect(200)?;
    let (shawl, hat) = (api.fresh("shawl"), api.fresh("hat"));
    put_on_shelf(api, &manager, &shawl, 4900, 3)?;
    put_on_shelf(api, &manager, &hat, 1500, 3)?;

    let found = api.until("the shawl is found by its title", || {
        let page = api.look("/v1/products?title=%D0%A8%D0%B0%D1%80%D1%84&limit=100")?.expect(200)?;
        let seen = page["items"].as_array().into_iter().flatten().any(|item| item["sku"] == shawl.as_str());
        let product = api.look(&format!("/v1/products/{shawl}"))?.expect(200)?;
        Ok((seen || page["next"].is_string()).then_some(product))
    })?;
    same("it has its price", &found["prices"][0]["amount_minor"], &json!(4900))?;

    for (sku, quantity) in [(&shawl, 2), (&hat, 1)] {
        api.put(&customer, &format!("/v1/cart/lines/{sku}"), &json!({ "quantity": quantity }))?
            .expect(200)?;
    }
    let total = 2 * 4900 + 1500;
    api.until("the cart has its prices", || {
        let cart = api.get(&customer, "/v1/cart")?.expect(200)?;
        Ok((cart["total"]["amount_minor"] == total).then_some(()))
    })?;
    let order = order_of(&[(&shawl, 2), (&hat, 1)], total);
    let placed = api.post(&customer, "/v1/orders", &api.fresh("place-an-order"), &order)?.expect(201)?;
    let id = id_of(&placed)?;
    until_state(api, &customer, id, "reserved")?;
    api.until("the cart is empty", || {
        let cart = api.get(&customer, "/v1/cart")?.expect(200)?;
        Ok((cart["lines"] == json!([])).then_some(()))
    })?;

    // Payments hears of the order by itself: until then it says to try again.
    let declined = api.until("the order can be paid", || {
        let (started, confirmed) =
            pay(api, &customer, id, &api.fresh("pay-with-a-bad-card"), "pm_card_chargeDeclined")?;
        if started.status == 503 { Ok(None) } else { started.expect(201).map(|_| confirmed) }
    })?;
    same("the bank declines", &declined.expect(402)?["error"]["code"], &json!("card_declined"))?;
    let (started, confirmed) = pay(api, &customer, id, &api.fresh("pay-with-a-good-card"), "pm_card_visa")?;
    same("what is to be paid is the total", &started.expect(201)?["amount"]["amount_minor"], &json!(total))?;
    confirmed.ok_or("there was no client secret")?.expect(200)?;
    until_state(api, &customer, id, "paid")?;
    told(api, &customer.email, id, "is paid")?;

    for (step, body, letter) in [
        ("pack", json!({}), None),
        ("ship", json!({ "tracking": "RM1234" }), Some("is on its way")),
        ("deliver", json!({}), Some("was delivered")),
    ] {
        let path = format!("/v1/orders/{id}/{step}");
        let by_the_customer = api.post(&customer, &path, &api.fresh(step), &body)?;
        same("customers neither pack nor ship", &json!(by_the_customer.status), &json!(403))?;
        api.post(&manager, &path, &api.fresh(step), &body)?.expect(200)?;
        if let Some(letter) = letter {
            told(api, &customer.email, id, letter)?;
        }
    }
    until_state(api, &customer, id, "delivered")?;
    let receipt = api.get(&customer, &format!("/v1/orders/{id}/receipt"))?.expect(200)?;
    same("the receipt is of the total", &receipt["total"]["amount_minor"], &json!(total))?;

    let back = json!({ "lines": [{ "sku": shawl, "quantity": 1 }], "reason": "one was enough" });
    let returned = api.post(&customer, &format!("/v1/orders/{id}/returns"), &api.fresh("return-one"), &back)?;
    same("its price comes back", &returned.expect(201)?["refund"]["amount_minor"], &json!(4900))?;
    api.until("the money went back", || {
        let order = api.get(&customer, &format!("/v1/orders/{id}"))?.expect(200)?;
        Ok((order["refunded"]["amount_minor"] == 4900).then_some(()))
    })?;
    api.until("the shawl is back on the shelf", || {
        let stock = count(api, &manager, &shawl, 2)?;
        Ok((stock["available"] == 2 && stock["reserved"] == 0).then_some(()))
    })?;
    told(api, &customer.email, id, "refund")?;
    told_once(api, &customer.email, id)?;
    in_the_feed(api, &customer)
}

/// The subjects of the letters about an order.
fn subjects(api: &Api, email: &str, order: &str) -> Result<Vec<String>, String> {
    let letters = api.letters(email)?.into_iter();
    Ok(letters.filter(|(_, text)| text.contains(order)).map(|(subject, _)| subject).collect())
}

/// Waits for the letter of a step. Nobody is written to about a step that a later one has overtaken.
fn told(api: &Api, email: &str, order: &str, what: &str) -> Outcome {
    let found = api.until("the letter is there", || {
        let found = subjects(api, email, order)?.iter().any(|subject| subject.contains(what));
        Ok(found.then_some(()))
    });
    found.map_err(|reason| format!("{what}: {reason}; there are {:?}", subjects(api, email, order)))
}

/// No letter came twice.
fn told_once(api: &Api, email: &str, order: &str) -> Outcome {
    let subjects = subjects(api, email, order)?;
    let distinct: BTreeSet<&String> = subjects.iter().collect();
    same("nobody is told anything twice", &json!(subjects.len()), &json!(distinct.len()))
}

/// The same stands in the app's feed, and can be marked as read.
fn in_the_feed(api: &Api, customer: &crate::Person) -> Outcome {
    let feed = api.get(customer, "/v1/notifications")?.expect(200)?;
    let unread = feed["unread"].as_u64().unwrap_or_default();
    let newest = feed["items"][0]["id"].as_str().ok_or("the feed is empty")?;
    let path = format!("/v1/notifications/{newest}/read");
    let read = api.post(customer, &path, &api.fresh("read-it"), &json!({}))?;
    same("it is marked", &json!(read.status < 300), &json!(true))?;
    let feed = api.get(customer, "/v1/notifications")?.expect(200)?;
    same("one less is unread", &feed["unread"], &json!(unread - 1))
}

/// A session is renewed by a token that is good once, is listed, and ends.
pub fn sessions(api: &Api) -> Outcome {
    let customer = api.customer()?;
    let session = api.sign_in(&customer.email)?.ok_or("a verified account cannot sign in")?;
    let renew =
        |session: &Value| api.send("POST", "/v1/sessions/refresh", None, &[], Some(refresh(session).as_bytes()));
    let renewed = renew(&session)?;
    same("a session is renewed", &json!(renewed.status), &json!(200))?;
    let token = renewed.body["access_token"].as_str().ok_or("no access token")?.to_owned();
    let list = api.send("GET", "/v1/sessions", Some(&token), &[], None)?.expect(200)?;
    let current = list["items"].as_array().into_iter().flatten().find(|session| session["current"] == true);
    let id = current.and_then(|session| session["id"].as_str()).ok_or("the session is not listed")?;
    let ended = api.send("DELETE", &format!("/v1/sessions/{id}"), Some(&token), &[], None)?;
    same("it ends", &json!(ended.status), &json!(204))?;
    same("it cannot be renewed then", &json!(renew(&renewed.body)?.status), &json!(401))
}

fn refresh(session: &Value) -> String {
    json!({ "refresh_token": session["refresh_token"] }).to_string()
}
