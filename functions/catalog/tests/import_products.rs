//! `import-products`.

use crate::support::{
    announced, before_write, counters, dies_before_write, empty, is_known, manager, product, reserve, set, shelves,
    sku, stock, stock_at, writes, writes_made,
};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;

const KEY: &str = "the-key-of-this-import";

fn import_as(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("import-products").by(&manager()).key(key).send(body)
}

fn import(stage: &Stage, body: &Value) -> Value {
    let answer = import_as(stage, KEY, body);
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn row(n: usize) -> Value {
    json!({
        "sku": sku(n), "title": format!("Scarf {n}"), "prices": [{ "amount_minor": 255, "currency": "GBP" }],
        "published": true, "on_hand": 10,
    })
}

fn json_file(rows: &[Value]) -> Value {
    json!({ "dry_run": false, "format": "json", "rows": rows })
}

fn csv_file(text: &str) -> Value {
    json!({ "dry_run": false, "format": "csv", "text": text })
}

fn dry(mut file: Value) -> Value {
    file["dry_run"] = json!(true);
    file
}

fn counts(report: &Value) -> [u64; 5] {
    ["rows", "created", "changed", "unchanged", "refused"].map(|name| report[name].as_u64().unwrap())
}

#[test]
fn only_managers_import() {
    let stage = empty();
    only_for(Role::Manager, || stage.ask("import-products").key(KEY));
    assert!(stage.calls().is_empty());
}

#[test]
fn new_products_are_set_counted_and_announced() {
    let stage = empty();
    let rows: Vec<Value> = (0..40).map(row).collect();
    let report = import(&stage, &json_file(&rows));
    assert_eq!(counts(&report), [40, 40, 0, 0, 0]);
    assert_eq!((&report["dry_run"], &report["errors"]), (&json!(false), &json!([])));
    let announced = announced(&stage);
    assert_eq!(announced.len(), 40);
    assert_eq!(announced[7].1["title"], "Scarf 7");
    for n in 0..40 {
        assert_eq!(stock(&stage, n), Some((10, 0)));
    }
}

#[test]
fn a_dry_run_tells_what_would_happen_and_changes_nothing() {
    let stage = shelves(2, 10);
    reserve(&stage, 1, &[(1, 5)]);
    stage.calls();
    let mut same = row(0);
    same["title"] = product(255)["title"].clone();
    let mut too_few = row(1);
    too_few["on_hand"] = json!(4);
    let mut wrong = row(3);
    wrong["title"] = json!("");
    let file = json_file(&[same, too_few, row(2), wrong]);
    let report = import(&stage, &dry(file.clone()));
    assert!(!stage.calls().iter().any(writes));
    assert_eq!(counts(&report), [4, 1, 0, 1, 2]);
    assert_eq!(report["dry_run"], true);
    assert!(!is_known(&stage, 2));
    // The same key may be used for the real one: nothing was made with it.
    let mut real = import(&stage, &file);
    assert_eq!(counts(&real), [4, 1, 0, 1, 2]);
    assert!(is_known(&stage, 2) && !is_known(&stage, 3));
    real["dry_run"] = json!(true);
    assert_eq!(real, report, "it told the truth");
}

#[test]
fn good_rows_are_kept_and_bad_ones_named() {
    let stage = empty();
    let text = "sku,title,prices,published,on_hand\r\n\
        SKU-0000,Scarf,2.55 GBP,true,5\r\n\
        SKU-0001,,\"2,55 GBP\",maybe,-1\r\n\
        SKU-0002,Scarf,2.55 GBP\r\n\
        SKU-0000,Scarf again,2.55 GBP,true,5\r\n\
        SKU-0003,\"Scarf, red\",2.55 GBP|3 EUR,false,\r\n";
    let report = import(&stage, &csv_file(text));
    assert_eq!(counts(&report), [5, 2, 0, 0, 3]);
    let named: Vec<(u64, &str, &str)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (error["row"].as_u64().unwrap(), error["sku"].as_str().unwrap(), error["field"].as_str().unwrap()))
        .collect();
    let second = "SKU-0001";
    let expected = [
        (2, second, "on_hand"),
        (2, second, "prices"),
        (2, second, "published"),
        (2, second, "title"),
        (3, "SKU-0002", "."),
        (4, "SKU-0000", "sku"),
    ];
    assert_eq!(named, expected, "{report}");
    assert_eq!((counters(&stage, 0), counters(&stage, 3)), (Some((5, 0, 0)), None), "an empty cell says nothing");
    assert!(!is_known(&stage, 1) && !is_known(&stage, 2) && is_known(&stage, 3));
    assert_eq!(announced(&stage).len(), 2);
}

#[test]
fn what_is_so_already_is_not_written_again() {
    let stage = empty();
    let rows: Vec<Value> = (0..10).map(row).collect();
    import(&stage, &json_file(&rows));
    announced(&stage);
    let again = import_as(&stage, "the-key-of-another-import", &json_file(&rows));
    assert_eq!(counts(&again.json()), [10, 0, 0, 10, 0]);
    assert_eq!(writes_made(&stage), 1, "what it came to");
    assert!(announced(&stage).is_empty());

    let mut other = row(3);
    other["prices"][0]["amount_minor"] = json!(300);
    let mut counted = row(4);
    counted["on_hand"] = json!(11);
    let mut uncounted = row(5);
    uncounted.as_object_mut().unwrap().remove("on_hand");
    let report = import_as(&stage, "the-key-of-a-third-import", &json_file(&[other, counted, uncounted])).json();
    assert_eq!(counts(&report), [3, 0, 2, 1, 0]);
    assert_eq!(announced(&stage).len(), 1, "stock is announced to nobody");
    assert_eq!((stock(&stage, 4), stock(&stage, 5)), (Some((11, 0)), Some((10, 0))));
}

#[test]
fn a_repeated_request_gets_the_same_reply() {
    let stage = empty();
    let file = json_file(&[row(0), row(1)]);
    let first = import_as(&stage, KEY, &file);
    set(&stage, 0, &product(999));
    announced(&stage);
    for _ in 0..2 {
        let again = import_as(&stage, KEY, &file);
        assert_eq!((again.status_code, &again.body), (200, &first.body));
    }
    assert!(announced(&stage).is_empty(), "and what was changed since stays so");
    problem(&import_as(&stage, KEY, &json_file(&[row(0)])), 422, "idempotency-key-reused");
    problem(&stage.ask("import-products").by(&manager()).send(&file), 400, "idempotency-key-missing");
}

#[test]
fn an_import_that_dies_at_any_write_is_finished_by_its_repetition() {
    let rows: Vec<Value> = (0..20).map(row).collect();
    let file = json_file(&rows);
    for last in [Fate::NeverSent, Fate::ReplyLost] {
        for nth in (0..=40).step_by(5) {
            let stage = empty();
            dies_before_write(&stage, nth, last.clone());
            problem(&import_as(&stage, KEY, &file), 503, "try-again");
            stage.calm();
            let report = import(&stage, &file);
            assert_eq!(counts(&report)[0], 20);
            assert_eq!(report["refused"], 0);
            for n in 0..20 {
                assert_eq!(stock(&stage, n), Some((10, 0)), "write {nth}, {last:?}");
            }
            assert_eq!(announced(&stage).len(), 20, "each once; write {nth}, {last:?}");
        }
    }
}

#[test]
fn of_two_requests_with_one_key_at_the_same_time_both_get_one_reply() {
    let stage = Arc::new(empty());
    let file = json_file(&[row(0)]);
    let other = file.clone();
    before_write(&stage, "import-products", 0, move |stage| {
        assert_eq!(counts(&import(stage, &other)), [1, 1, 0, 0, 0]);
    });
    let report = import(&stage, &file);
    stage.calm();
    assert_eq!(report, import(&stage, &file));
    assert_eq!(announced(&stage).len(), 1);
}

#[test]
fn a_count_below_what_is_set_aside_refuses_its_row_whole() {
    let stage = Arc::new(shelves(1, 10));
    reserve(&stage, 1, &[(0, 5)]);
    announced(&stage);
    let mut few = row(0);
    few["on_hand"] = json!(4);
    let report = import(&stage, &json_file(&[few.clone()]));
    let error = json!({ "row": 1, "sku": sku(0), "field": "on_hand", "reason": "5 are set aside for orders" });
    assert_eq!((counts(&report), &report["errors"]), ([1, 0, 0, 0, 1], &json!([error])));
    assert!(announced(&stage).is_empty(), "the new title is not taken either");

    few["on_hand"] = json!(6);
    before_write(&stage, "import-products", 0, |stage| reserve(stage, 2, &[(0, 2)]));
    let report = import_as(&stage, "the-key-of-another-import", &json_file(&[few])).json();
    stage.calm();
    assert_eq!(counts(&report), [1, 0, 0, 0, 1], "set aside in between");
    assert_eq!(stock(&stage, 0), Some((3, 7)));
}

#[test]
fn each_location_is_counted_as_the_row_says() {
    let stage = empty();
    stage.set("STOCK_LOCATIONS", "leeds main");
    let mut both = row(0);
    both["on_hand"] = json!({ "main": 1, "leeds": 2 });
    assert_eq!(import(&stage, &json_file(&[both, row(1)]))["refused"], 0);
    let available = |n, location| stock_at(&stage, n, location).map(|stock| stock.available);
    assert_eq!((available(0, "main"), available(0, "leeds")), (Some(1), Some(2)));
    assert_eq!((available(1, "main"), available(1, "leeds")), (None, Some(10)));
}

#[test]
fn a_file_that_cannot_be_read_as_a_whole_is_refused_with_advice() {
    let stage = empty();
    let thousand_and_one: String = (0..1001).map(|n| format!("S{n},T,1 GBP,true\n")).collect();
    let heading = "sku,title,prices,published\n";
    for (file, reason) in [
        (csv_file("sku;title;prices;published\nA;B;1 GBP;true\n"), "semicolons"),
        (csv_file(&format!("{heading}A,\"B,1 GBP,true\n")), "line 2"),
        (csv_file("sku,title\nA,B\n"), "prices is missing"),
        (csv_file(heading), "1 to 1000 rows"),
        (csv_file(""), "empty"),
        (csv_file(&format!("{heading}{thousand_and_one}")), "these are 1001"),
        (json!({ "dry_run": false, "format": "csv", "rows": [row(0)] }), "comes with `text`"),
        (json!({ "dry_run": false, "format": "json", "text": heading }), "comes with `rows`"),
        (json!({ "dry_run": false, "format": "json", "rows": [row(0)], "text": heading }), "no `text`"),
    ] {
        let refused = problem(&import_as(&stage, KEY, &file), 422, "file-unreadable");
        assert!(refused["detail"].as_str().unwrap().contains(reason), "{reason}: {refused}");
    }
    for (body, named) in [
        (json!({ "format": "json", "rows": [row(0)] }), "."),
        (json!({ "dry_run": "no", "format": "json", "rows": [row(0)] }), "dry_run"),
        (json!({ "dry_run": true, "format": "xml", "text": "x" }), "format"),
        (json!({ "dry_run": true, "format": "json", "rows": [] }), "rows"),
        (json!({ "dry_run": true, "format": "json", "rows": vec![json!({}); 1001] }), "rows"),
        (json!({ "dry_run": true, "format": "json", "rows": [row(0)], "separator": ";" }), "separator"),
    ] {
        let refused = problem(&import_as(&stage, KEY, &body), 400, "invalid-body");
        assert_eq!(refused["field"], named, "{refused}");
    }
    problem(&import_as(&stage, KEY, &csv_file(&"x".repeat(300_000))), 400, "invalid-body");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn a_thousand_rows_are_taken_and_a_hundred_errors_named() {
    let stage = empty();
    let text: String = (0..1000).map(|n| format!("{},Scarf {n},1 GBP,true\n", sku(n))).collect();
    let report = import(&stage, &csv_file(&format!("sku,title,prices,published\n{text}")));
    assert_eq!(counts(&report), [1000, 1000, 0, 0, 0]);
    let report = import_as(
        &stage,
        "the-key-of-another-import",
        &csv_file(&format!("sku,title,prices,published\n{}", text.replace("GBP,true", "XXX,"))),
    );
    let report = report.json();
    assert_eq!(counts(&report), [1000, 0, 0, 0, 1000]);
    assert_eq!((report["errors"].as_array().unwrap().len(), &report["more_errors"]), (100, &json!(1900)));
}

#[test]
fn the_real_products_are_imported() {
    let stage = empty();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/retail/products.csv");
    let mut reader = ::csv::Reader::from_path(file).unwrap();
    let rows: Vec<Value> = reader
        .records()
        .map(|record| {
            let record = record.unwrap();
            let pence: i64 = record[2].replace('.', "").parse().unwrap();
            json!({
                "sku": &record[0], "title": &record[1], "published": true, "on_hand": record[3].parse::<u32>().unwrap(),
                "prices": [{ "amount_minor": pence, "currency": "GBP" }],
            })
        })
        .collect();
    for (n, rows) in rows[..300].chunks(150).enumerate() {
        let report = import_as(&stage, &format!("the-key-of-page-number-{n}"), &json_file(rows)).json();
        assert_eq!(counts(&report), [150, 150, 0, 0, 0], "{report}");
    }
}
