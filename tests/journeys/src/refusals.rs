//! What is wrong with a request is said, and nothing is done.

use crate::shop::{count, order_of, place, put_on_shelf, same};
use crate::{Answer, Api, Outcome, Person};
use serde_json::{Value, json};

/// Tokens that are none, bodies that are none, orders of nothing, of too much, of what is not for sale.
pub fn refusals(api: &Api) -> Outcome {
    let (manager, customer) = (api.manager()?, api.customer()?);
    let (sku, draft) = (api.fresh("wanted"), api.fresh("draft"));
    put_on_shelf(api, &manager, &sku, 100, 5)?;
    let product = json!({ "title": "T", "prices": [{ "amount_minor": 1, "currency": "GBP" }], "published": false });
    api.put(&manager, &format!("/v1/products/{draft}"), &product)?.expect(200)?;

    tokens(api, &customer)?;
    let order = order_of(&[(&sku, 1)], 100);
    let placed = place(api, &customer, &api.fresh("a-good-order"), &order)?;
    for (what, order, expected) in [
        ("nothing", order_of(&[], 0), (400, "invalid-body")),
        ("none of it", order_of(&[(&sku, 0)], 0), (400, "invalid-body")),
        ("more than anybody has", order_of(&[(&sku, u32::MAX)], 0), (400, "invalid-body")),
        ("what nobody knows", order_of(&[("NO-SUCH-SKU", 1)], 100), (422, "not-for-sale")),
        ("a draft", order_of(&[(&draft, 1)], 1), (422, "not-for-sale")),
        ("yesterday's price", order_of(&[(&sku, 1)], 99), (409, "total-changed")),
        ("a negative number", with(&order, "/lines/0/quantity", json!(-1)), (400, "invalid-body")),
        ("half of one", with(&order, "/lines/0/quantity", json!(0.5)), (400, "invalid-body")),
        ("another currency", with(&order, "/expected_total/currency", json!("XXX")), (400, "invalid-body")),
        ("a field too many", with(&order, "/coupon", json!("FREE")), (400, "invalid-body")),
        ("lines that are none", with(&order, "/lines", json!("all of them")), (400, "invalid-body")),
    ] {
        let answer = api.post(&customer, "/v1/orders", &api.fresh("a-bad-order"), &order)?;
        problem(what, &answer, expected)?;
    }
    bodies(api, &customer, &order)?;
    webhooks(api)?;
    let id = placed["id"].as_str().ok_or("an order without an id")?;
    let cancel = format!("/v1/orders/{id}/cancel");
    api.post(&customer, &cancel, &api.fresh("a-cancellation"), &json!({}))?.expect(200)?;
    let again = api.post(&customer, &cancel, &api.fresh("a-cancellation"), &json!({}))?;
    same("a cancelled order is not cancelled again", &json!(again.status), &json!(409))?;
    api.until("nothing is left set aside", || {
        let stock = count(api, &manager, &sku, 5)?;
        Ok((stock["available"] == 5 && stock["reserved"] == 0).then_some(()))
    })
}

/// The order with one value set.
fn with(order: &Value, pointer: &str, value: Value) -> Value {
    let mut order = order.clone();
    match order.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => order[pointer.trim_start_matches('/')] = value,
    }
    order
}

fn problem(what: &str, answer: &Answer, (status, code): (u16, &str)) -> Outcome {
    same(what, &json!(answer.problem()), &json!((status, code)))?;
    let said = answer.body["title"].as_str().unwrap_or_default().len();
    if said > 0 {
        Ok(())
    } else {
        Err(format!("{what}: nothing is said about it: {}", answer.body))
    }
}

/// No token, and what only looks like one.
fn tokens(api: &Api, customer: &Person) -> Outcome {
    let good = customer.token(api)?;
    let mut parts = good.split('.');
    let (Some(header), Some(claims), Some(signature)) = (parts.next(), parts.next(), parts.next()) else {
        return Err("an access token has three parts".to_owned());
    };
    // {"alg":"none"}
    let unsigned = "eyJhbGciOiJub25lIn0";
    let reversed: String = signature.chars().rev().collect();
    let session = api.sign_in(&customer.email)?.ok_or("a verified account cannot sign in")?;
    let refresh = session["refresh_token"].as_str().ok_or("no refresh token")?;
    for (what, token) in [
        ("no token", None),
        ("no algorithm", Some(format!("{unsigned}.{claims}."))),
        ("somebody else's signature", Some(format!("{header}.{claims}.{reversed}"))),
        ("a token for another use", Some(refresh.to_owned())),
        ("no token at all", Some("Bearer".to_owned())),
    ] {
        let answer = api.send("GET", "/v1/orders", token.as_deref(), &[], None)?;
        same(what, &json!(answer.status), &json!(401))?;
    }
    Ok(())
}

/// Bodies that are too large, broken, or not what they say.
fn bodies(api: &Api, customer: &Person, order: &Value) -> Outcome {
    let token = customer.token(api)?;
    let text = order.to_string();
    let post = |headers: &[(&str, &str)], body: &[u8]| {
        let key = api.fresh("a-body-that-is-none");
        let headers = [&[("idempotency-key", key.as_str())], headers].concat();
        api.send("POST", "/v1/orders", Some(&token), &headers, Some(body))
    };
    let large = with(order, "/address/name", json!("N".repeat(300 * 1024))).to_string();
    let mut no_utf8 = text.clone().into_bytes();
    if let Some(letter) = no_utf8.iter_mut().find(|byte| **byte == b'L') {
        *letter = 0xFF;
    }
    for (what, body, expected) in [
        ("a body too large", large.as_bytes(), (400, "invalid-body")),
        ("broken JSON", &text.as_bytes()[..text.len() / 2], (400, "invalid-body")),
        ("broken UTF-8", &no_utf8, (400, "invalid-body")),
        ("no body", b"".as_slice(), (400, "invalid-body")),
        ("an array instead of an object", b"[]".as_slice(), (400, "invalid-body")),
    ] {
        problem(what, &post(&[], body)?, expected)?;
    }
    let form = post(&[("content-type", "application/x-www-form-urlencoded")], b"lines=all")?;
    problem("a form", &form, (415, "media-type"))?;
    let without_key = api.send("POST", "/v1/orders", Some(&token), &[], Some(text.as_bytes()))?;
    problem("no key", &without_key, (400, "idempotency-key-missing"))
}

/// What says it comes from the payment provider, and does not.
fn webhooks(api: &Api) -> Outcome {
    let event = json!({ "id": "evt_1", "type": "payment_intent.succeeded", "data": { "object": {} } }).to_string();
    for (what, headers) in [
        ("no signature", vec![]),
        ("a signature of nothing", vec![("stripe-signature", "t=1,v1=00")]),
        ("no header of that form", vec![("stripe-signature", "v1=00")]),
    ] {
        let answer = api.send("POST", "/v1/webhooks/stripe", None, &headers, Some(event.as_bytes()))?;
        problem(what, &answer, (400, "signature-invalid"))?;
    }
    Ok(())
}
