//! `place-order`: what it refuses, and that a refusal leaves no trace.

use crate::support::{KEY, PRICE, basket, customer, product, shop, writes};
use contracts::catalog::ProductChanged;
use kernel::{Currency, Money};
use local::stage::Stage;
use local::testing::{event, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn send(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("place-order").by(&customer()).key(KEY).send(body)
}

fn nothing_was_written(stage: &Stage) {
    assert!(!stage.calls().iter().any(writes), "a refusal writes nothing");
}

#[test]
fn bodies_that_are_not_as_described_are_refused_by_the_name_of_the_field() {
    let stage = shop(1);
    let many = |count: usize| json!(vec![json!({ "sku": "SKU-0000", "quantity": 1 }); count]);
    for (field, value, named) in [
        ("/lines", json!([]), "lines"),
        ("/lines", many(1001), "lines"),
        ("/lines", json!({}), "lines"),
        ("/lines", json!(null), "lines"),
        ("/lines/0", json!("SKU-0000"), "lines[0]"),
        ("/lines/0/sku", json!(""), "lines[0].sku"),
        ("/lines/0/sku", json!("шарф"), "lines[0].sku"),
        ("/lines/0/sku", json!("🧣"), "lines[0].sku"),
        ("/lines/0/sku", json!("a b"), "lines[0].sku"),
        ("/lines/0/sku", json!("x".repeat(41)), "lines[0].sku"),
        ("/lines/0/sku", json!(85123), "lines[0].sku"),
        ("/lines/0/quantity", json!(0), "lines[0].quantity"),
        ("/lines/0/quantity", json!(-1), "lines[0].quantity"),
        ("/lines/0/quantity", json!(1.5), "lines[0].quantity"),
        ("/lines/0/quantity", json!(1.0), "lines[0].quantity"),
        ("/lines/0/quantity", json!("1"), "lines[0].quantity"),
        ("/lines/0/quantity", json!(100_001), "lines[0].quantity"),
        ("/lines/0/quantity", json!(u64::MAX), "lines[0].quantity"),
        ("/lines/0/quantity", json!(1e30), "lines[0].quantity"),
        ("/lines/0/quantity", json!(true), "lines[0].quantity"),
        ("/expected_total/amount_minor", json!(2.55), "expected_total.amount_minor"),
        ("/expected_total/amount_minor", json!("255"), "expected_total.amount_minor"),
        ("/expected_total/amount_minor", json!(u64::MAX), "expected_total.amount_minor"),
        ("/expected_total/currency", json!("gbp"), "expected_total.currency"),
        ("/expected_total/currency", json!("XXX"), "expected_total.currency"),
        ("/expected_total/currency", json!("₽"), "expected_total.currency"),
        ("/expected_total", json!(255), "expected_total"),
        ("/address/name", json!(""), "address.name"),
        ("/address/name", json!("  \t "), "address.name"),
        ("/address/name", json!("я".repeat(101)), "address.name"),
        ("/address/street", json!("a\u{0}b"), "address.street"),
        ("/address/street", json!("line\nbreak"), "address.street"),
        ("/address/country", json!("GBR"), "address.country"),
        ("/address/postcode", json!("1".repeat(21)), "address.postcode"),
    ] {
        let mut body = basket(1);
        *body.pointer_mut(field).unwrap() = value.clone();
        let refused = problem(&send(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], named, "{field} = {value}: {refused}");
        assert!(refused["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{refused}");
    }
    nothing_was_written(&stage);
}

#[test]
fn unknown_and_missing_fields_are_refused() {
    let stage = shop(1);
    for place in ["", "/lines/0", "/address", "/expected_total"] {
        let mut body = basket(1);
        body.pointer_mut(place).unwrap()["discount"] = json!(100);
        let refused = problem(&send(&stage, &body), 400, "invalid-body");
        assert!(refused["reason"].as_str().unwrap().contains("`discount`"), "{place}: {refused}");

        for field in basket(1).pointer(place).unwrap().as_object().unwrap().keys() {
            let mut body = basket(1);
            body.pointer_mut(place).unwrap().as_object_mut().unwrap().remove(field);
            let refused = problem(&send(&stage, &body), 400, "invalid-body");
            assert!(refused["reason"].as_str().unwrap().contains(&format!("`{field}`")), "{place}: {refused}");
        }
    }
    nothing_was_written(&stage);
}

#[test]
fn text_that_is_no_json_body_is_refused() {
    let stage = shop(1);
    let good = basket(1).to_string();
    for body in [
        None,
        Some(String::new()),
        Some("   ".to_owned()),
        Some("null".to_owned()),
        Some("[]".to_owned()),
        Some("\"шарф\"".to_owned()),
        Some(good[..good.len() - 1].to_owned()),
        Some(format!("{good} {good}")),
        Some(format!("\u{feff}{good}")),
        Some(good.replacen('{', "{\"lines\":[],", 1)),
        Some("[".repeat(100_000)),
        Some(format!("{}{good}", " ".repeat(300_000))),
        Some(good.replace("Zürich", &"ü".repeat(150_000))),
    ] {
        let answer = stage.ask("place-order").by(&customer()).key(KEY).send_text(body);
        problem(&answer, 400, "invalid-body");
    }
    nothing_was_written(&stage);
}

#[test]
fn only_json_is_read() {
    let stage = shop(1);
    for media_type in [
        "text/plain",
        "application/xml",
        "application/json-patch+json",
        "multipart/form-data",
        "",
    ] {
        let ask = stage.ask("place-order").by(&customer()).key(KEY).header("content-type", media_type);
        problem(&ask.send(&basket(1)), 415, "media-type");
    }
    nothing_was_written(&stage);
    let ask = stage.ask("place-order").by(&customer()).key(KEY);
    let answer = ask.header("content-type", "Application/JSON; charset=utf-8").send(&basket(1));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
}

#[test]
fn a_key_is_16_to_200_visible_characters() {
    let stage = shop(1);
    let missing = stage.ask("place-order").by(&customer()).send(&basket(1));
    problem(&missing, 400, "idempotency-key-missing");
    for key in [
        "",
        "fifteen-letters",
        "sixteen letters!",
        "ключ-ключ-ключ-ключ",
        &"x".repeat(201),
        "tab\tsixteen-letters",
    ] {
        let refused = stage.ask("place-order").by(&customer()).key(key).send(&basket(1));
        problem(&refused, 400, "idempotency-key-missing");
    }
    nothing_was_written(&stage);
    for key in ["sixteen-letters!".to_owned(), "x".repeat(200)] {
        let placed = stage.ask("place-order").by(&customer()).key(&key).send(&basket(1));
        assert_eq!(placed.status_code, 201, "{}", placed.body);
    }
}

#[test]
fn what_is_not_for_sale_is_named_once_and_in_order() {
    let stage = shop(1);
    let unpublished = ProductChanged { published: false, ..product(1, PRICE) };
    let in_euros = ProductChanged {
        prices: vec![Money::new(PRICE, Currency::EUR)],
        ..product(2, PRICE)
    };
    for changed in [unpublished, in_euros] {
        assert!(stage.deliver("keep-price", &event(&stage, &changed, 1, 1)));
    }
    stage.calls();
    let mut body = basket(4);
    body["lines"].as_array_mut().unwrap().reverse();
    body["lines"].as_array_mut().unwrap().push(json!({ "sku": "SKU-0003", "quantity": 2 }));
    let refused = problem(&send(&stage, &body), 422, "not-for-sale");
    assert_eq!(refused["skus"], json!(["SKU-0001", "SKU-0002", "SKU-0003"]));

    let mut body = basket(1);
    body["expected_total"]["currency"] = json!("EUR");
    assert_eq!(problem(&send(&stage, &body), 422, "not-for-sale")["skus"], json!(["SKU-0000"]));
    nothing_was_written(&stage);
}

#[test]
fn another_total_than_the_customer_saw_is_refused_with_the_total_of_today() {
    let stage = shop(1);
    for seen in [0, PRICE - 1, PRICE + 1, -PRICE, i64::MAX, i64::MIN] {
        let mut body = basket(1);
        body["expected_total"]["amount_minor"] = json!(seen);
        let refused = problem(&send(&stage, &body), 409, "total-changed");
        assert_eq!(refused["total"], json!({ "amount_minor": PRICE, "currency": "GBP" }));
        assert!(refused["detail"].as_str().unwrap().contains("2.55 GBP"), "{refused}");
    }
    nothing_was_written(&stage);
    let placed = send(&stage, &basket(1));
    assert_eq!(placed.status_code, 201, "a refused request does not use up its key: {}", placed.body);
}

#[test]
fn a_total_that_no_amount_can_hold_is_refused() {
    let stage = shop(0);
    for n in 0..2 {
        assert!(stage.deliver("keep-price", &event(&stage, &product(n, i64::MAX), 1, 1)));
    }
    stage.calls();
    let mut product_overflows = basket(1);
    product_overflows["lines"][0]["quantity"] = json!(2);
    for body in [product_overflows, basket(2)] {
        problem(&send(&stage, &body), 422, "total-too-large");
    }
    nothing_was_written(&stage);
}
