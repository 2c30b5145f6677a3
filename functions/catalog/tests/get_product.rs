//! `get-product`.

use crate::support::{count, count_at, empty, manager, paid, product, reserve, set, shelves, sku};
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};

fn get(stage: &Stage, n: usize) -> HttpResponse {
    stage.ask("get-product").at(sku(n)).get()
}

fn availability(stage: &Stage) -> Value {
    get(stage, 0).json()["availability"].clone()
}

#[test]
fn anybody_sees_a_product_whole_with_the_version_that_staff_change() {
    let stage = empty();
    let details = json!({
        "title": "Шарф", "description": "Тёплый.", "category": "scarves", "attributes": { "colour": "red" },
        "media": ["https://cdn.example.com/1.jpg"], "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        "tax_class": "zero", "published": true,
    });
    set(&stage, 0, &details);
    let answer = get(&stage, 0);
    let mut expected = details;
    for (field, value) in [
        ("sku", json!(sku(0))),
        ("tax_rate", json!(0)),
        ("availability", json!("none")),
        ("variants", json!([])),
    ] {
        expected[field] = value;
    }
    assert_eq!((answer.status_code, answer.json()), (200, expected));
    assert_eq!(answer.headers["etag"], "\"1\"");
    let signed_in = stage.ask("get-product").by(&manager()).at(sku(0)).get();
    assert_eq!(signed_in.json(), answer.json());
}

#[test]
fn what_is_no_product_on_sale_is_not_found() {
    let stage = empty();
    let mut draft = product(255);
    draft["published"] = json!(false);
    set(&stage, 0, &draft);
    for n in [0, 1] {
        problem(&get(&stage, n), 404, "not-found");
    }
    for path in ["", "a b", "шарф", &"x".repeat(41)] {
        problem(&stage.ask("get-product").at(path).get(), 404, "not-found");
    }
    problem(&stage.ask("get-product").by(&manager()).at(sku(0)).get(), 404, "not-found");
}

#[test]
fn how_many_there_are_is_told_in_words_only() {
    let stage = shelves(1, 0);
    for (on_hand, expected) in [
        (0, "none"),
        (1, "low"),
        (5, "low"),
        (6, "in-stock"),
        (1_000_000, "in-stock"),
    ] {
        count(&stage, 0, on_hand);
        assert_eq!(availability(&stage), expected, "{on_hand}");
    }
    count(&stage, 0, 6);
    reserve(&stage, 1, &[(0, 1)]);
    assert_eq!(availability(&stage), "low", "what is set aside is not available");
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
    assert_eq!(availability(&stage), "low");
    assert!(!get(&stage, 0).body.contains("reserved"), "the numbers are nobody's business");
    stage.set("LOW_STOCK", "1");
    assert_eq!(availability(&stage), "in-stock");
    stage.set("STOCK_LOCATIONS", "leeds");
    assert_eq!(availability(&stage), "none", "orders are not served from the other place any more");
    count_at(&stage, 0, "leeds", 1);
    assert_eq!(availability(&stage), "low");
}

#[test]
fn variants_on_sale_are_shown_with_each_other() {
    let stage = empty();
    let variant = |size: &str, published: bool| {
        let mut variant = product(255);
        variant["product"] = json!("SCARF");
        variant["attributes"] = json!({ "size": size });
        variant["published"] = json!(published);
        variant
    };
    for (n, size, published) in [(0, "S", true), (1, "M", true), (2, "L", true), (3, "XL", false)] {
        set(&stage, n, &variant(size, published));
    }
    set(&stage, 4, &product(255));
    let variants = |n| get(&stage, n).json()["variants"].clone();
    let shown = |n: usize, size: &str| {
        json!({
            "sku": sku(n), "title": "Шарф 🧣", "attributes": { "size": size },
            "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        })
    };
    assert_eq!(variants(0), json!([shown(1, "M"), shown(2, "L")]));
    assert_eq!(variants(2), json!([shown(0, "S"), shown(1, "M")]));
    assert_eq!(variants(4), json!([]));
    set(&stage, 1, &variant("M", false));
    let mut other = variant("L", true);
    other["product"] = json!("SHAWL");
    set(&stage, 2, &other);
    assert_eq!(variants(0), json!([]), "a draft is none, nor is another product's");
}

#[test]
fn it_costs_two_reads_and_a_third_for_variants() {
    let stage = shelves(1, 10);
    get(&stage, 0);
    assert_eq!(stage.calls().len(), 2);
}
