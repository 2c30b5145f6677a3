//! `export-products`.

use crate::support::{count, count_at, empty, manager, product, sell, set, shelves, sku, writes};
use kernel::Role;
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};

fn export(stage: &Stage, query: &str) -> Value {
    let answer = stage.ask("export-products").by(&manager()).query(query).get();
    assert_eq!(answer.status_code, 200, "{query}: {}", answer.body);
    answer.json()
}

/// Every page of an export.
fn pages(stage: &Stage, query: &str) -> Vec<Value> {
    let (mut pages, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = export(stage, &format!("{query}{cursor}"));
        let next = page["next"].as_str().map(|next| format!("&cursor={next}"));
        pages.push(page);
        match next {
            Some(next) => cursor = next,
            None => return pages,
        }
    }
}

/// A shop with everything that products can have.
fn shop() -> Stage {
    let stage = empty();
    stage.set("STOCK_LOCATIONS", "main leeds");
    for n in 0..25 {
        let tax_class = ["standard", "reduced", "zero"][n % 3];
        set(
            &stage,
            n,
            &json!({
                "title": format!("Шарф №{n}, \"тёплый\" 🧣"),
                "description": "Строка.\n\n=1+1; \\ | a,b",
                "product": if n % 2 == 0 { json!(format!("SCARF-{}", n / 4)) } else { Value::Null },
                "category": if n % 3 == 0 { json!("scarves") } else { Value::Null },
                "attributes": if n % 5 == 0 { json!({}) } else { json!({ "colour": "a|b\\c=d", "size": format!("{n}") }) },
                "media": (0..n % 4).map(|m| format!("https://cdn.example.com/{n}|{m}.jpg")).collect::<Vec<_>>(),
                "prices": [{ "amount_minor": 100 + n, "currency": "GBP" }, { "amount_minor": 7 * n, "currency": "JPY" }],
                "tax_class": tax_class,
                "published": n % 4 != 0,
            }),
        );
        if n % 6 != 0 {
            count(&stage, n, u32::try_from(n).unwrap());
            count_at(&stage, n, "leeds", 1000);
        }
    }
    stage
}

#[test]
fn only_managers_export() {
    let stage = empty();
    only_for(Role::Manager, || stage.ask("export-products"));
    assert_eq!(stage.calls().len(), 1, "by the one who may");
}

#[test]
fn what_is_exported_makes_the_same_shop_when_it_is_imported() {
    for format in ["json", "csv"] {
        let (old, new) = (shop(), empty());
        new.set("STOCK_LOCATIONS", "main leeds");
        let pages = pages(&old, &format!("stock=true&limit=10&format={format}"));
        assert_eq!(pages.len(), 3);
        for (n, page) in pages.iter().enumerate() {
            let mut file = json!({ "dry_run": false, "format": page["format"] });
            let content = if format == "csv" { "text" } else { "rows" };
            file[content] = page[content].clone();
            let key = format!("the-key-of-page-number-{n}");
            for (stage, outcome) in [(&new, "created"), (&old, "unchanged")] {
                let report = stage.ask("import-products").by(&manager()).key(&key).send(&file).json();
                assert_eq!((&report["refused"], &report[outcome]), (&json!(0), &report["rows"]), "{report}");
            }
        }
        for query in ["stock=true", "stock=true&format=csv"] {
            assert_eq!(export(&new, query), export(&old, query), "{format}");
        }
    }
}

#[test]
fn drafts_are_in_it_and_stock_on_demand() {
    let stage = shelves(2, 10);
    let mut draft = product(255);
    draft["published"] = json!(false);
    set(&stage, 2, &draft);
    sell(&stage, 1, &[(0, 3)]);
    let page = export(&stage, "");
    assert_eq!((&page["format"], page.get("text"), page.get("next")), (&json!("json"), None, None));
    let rows = page["rows"].as_array().unwrap();
    let skus: Vec<&Value> = rows.iter().map(|row| &row["sku"]).collect();
    assert_eq!(json!(skus), json!([sku(0), sku(1), sku(2)]));
    assert_eq!((rows[0].get("on_hand"), &rows[2]["published"]), (None, &json!(false)));
    let with_stock = export(&stage, "stock=true");
    let on_hand: Vec<_> =
        with_stock["rows"].as_array().unwrap().iter().map(|row| row.get("on_hand").cloned()).collect();
    assert_eq!(on_hand, [Some(json!({ "main": 7 })), Some(json!({ "main": 10 })), None], "what is sold is gone");
    let text = export(&stage, "format=csv&stock=true")["text"].as_str().unwrap().to_owned();
    assert!(
        text.starts_with(
            "sku,product,title,description,category,attributes,media,prices,tax_class,published,on_hand\r\n"
        )
    );
    assert!(text.contains("\r\nSKU-0000,,Шарф 🧣,,,,,2.55 GBP,standard,true,main=7\r\n"), "{text}");
    assert!(!stage.calls().iter().any(|call| writes(call) && call.function == "export-products"));
}

#[test]
fn an_empty_shop_has_an_empty_page() {
    let stage = empty();
    assert_eq!(export(&stage, ""), json!({ "format": "json", "rows": [] }));
    assert_eq!(export(&stage, "format=csv")["text"].as_str().unwrap().lines().count(), 1);
}

#[test]
fn queries_that_say_nothing_readable_are_refused() {
    let stage = empty();
    for query in [
        "format=xml",
        "stock=maybe",
        "limit=0",
        "limit=101",
        "cursor=x",
        "cursor=%20",
        "drafts=no",
    ] {
        let answer = stage.ask("export-products").by(&manager()).query(query).get();
        problem(&answer, 400, "invalid-query");
    }
    assert!(stage.calls().is_empty());
}
