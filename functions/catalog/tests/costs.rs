//! What use cases cost, in DynamoDB's own units: `store.rs` promises it.

use crate::support::{
    cancelled, empty, manager, one_of_each, paid, placed, placed_one_of_each, product, reserve, returned, set, shelves,
    sku,
};
use local::stage::Stage;
use serde_json::{Value, json};

/// Read units and write units since the last time this was asked.
fn units(stage: &Stage) -> (f64, f64) {
    let costs = stage.costs();
    (
        0.0 + costs.iter().map(|cost| cost.reads).sum::<f64>(),
        0.0 + costs.iter().map(|cost| cost.writes).sum::<f64>(),
    )
}

#[test]
fn a_change_of_a_product_costs_what_the_indexes_say() {
    let stage = empty();
    let details = |changes: &[(&str, Value)]| {
        let mut details = json!({
            "title": "Scarf", "category": "scarves", "product": "SCARF", "published": true,
            "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        });
        for (name, value) in changes {
            details[name] = value.clone();
        }
        details
    };
    let prices = ("prices", json!([{ "amount_minor": 300, "currency": "GBP" }]));
    let title = ("title", json!("Shawl"));
    for (what, changes, expected) in [
        ("a draft", vec![("published", json!(false))], 2.0),
        ("it is published", vec![], 4.0),
        ("another price", vec![prices.clone()], 1.0),
        ("another title", vec![prices.clone(), title.clone()], 5.0),
        ("another category", vec![prices.clone(), title.clone(), ("category", json!("shawls"))], 3.0),
        ("a draft again", vec![("published", json!(false))], 4.0),
    ] {
        set(&stage, 0, &details(&changes));
        assert_eq!(units(&stage).1, expected, "{what}");
    }
    set(&stage, 1, &product(255));
    assert_eq!(units(&stage).1, 3.0, "without category and variants");
}

#[test]
fn steps_of_orders_cost_no_more_for_several_locations_and_currencies() {
    for locations in ["main", "main leeds paris"] {
        let stage = shelves(100, 10);
        stage.set("STOCK_LOCATIONS", locations);
        units(&stage);
        let step = |function: &str, event: &Value| {
            assert!(stage.deliver(function, event));
            units(&stage)
        };
        assert_eq!(step("reserve-stock", &placed(&stage, 1, &[(0, 1)])), (1.0, 4.0));
        assert_eq!(step("commit-stock", &paid(&stage, 1)), (1.0, 4.0));
        assert_eq!(step("restock-return", &returned(&stage, 1, 1, &[(0, 1)])), (1.0, 6.0));
        assert_eq!(step("restock-return", &returned(&stage, 1, 1, &[(0, 1)])).0, 1.0, "a repetition");
        assert_eq!(step("reserve-stock", &placed_one_of_each(&stage, 2, 10)), (1.0, 22.0));
        assert_eq!(step("release-stock", &cancelled(&stage, 2)), (1.0, 22.0));
        assert_eq!(step("reserve-stock", &placed_one_of_each(&stage, 3, 40)).1, 82.0, "of a kilobyte still");
    }
}

#[test]
fn browsing_costs_a_fraction_of_a_write() {
    let stage = empty();
    for n in 0..100 {
        set(&stage, n, &product(255));
    }
    units(&stage);
    stage.ask("get-product").at(sku(0)).get();
    assert_eq!(units(&stage), (2.0, 0.0));
    stage.ask("list-products").get();
    assert_eq!(units(&stage), (10.5, 0.0), "keys, and half a unit for each of twenty");
    reserve(&stage, 1, &one_of_each(0));
    units(&stage);
    assert!(stage.start("sweep-reservations"));
    assert_eq!(units(&stage), (0.5, 0.0), "nothing waits");
}

#[test]
fn an_imported_row_costs_what_its_changes_cost() {
    let stage = empty();
    let rows: Vec<Value> = (0..50)
        .map(|n| {
            let mut row = product(255);
            row["sku"] = json!(sku(n));
            row["on_hand"] = json!(10);
            row
        })
        .collect();
    let file = json!({ "dry_run": false, "format": "json", "rows": rows });
    let import = |key: &str| {
        let answer = stage.ask("import-products").by(&manager()).key(key).send(&file);
        assert_eq!(answer.status_code, 200, "{}", answer.body);
        units(&stage)
    };
    let (_, writes) = import("the-key-of-this-import");
    assert_eq!(writes, 50.0 * 4.0 + 1.0, "a product, its place in two lists, its stock; what it came to");
    assert_eq!(import("the-key-of-another-import"), (1.0 + 50.0 * 2.0, 1.0), "what is so already is only read");
}
