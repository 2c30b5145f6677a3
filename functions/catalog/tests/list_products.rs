//! `list-products`.

use crate::support::{empty, manager, product, set, sku, writes};
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn ask(stage: &Stage, query: &str) -> HttpResponse {
    stage.ask("list-products").query(query).get()
}

fn list(stage: &Stage, query: &str) -> Value {
    let answer = ask(stage, query);
    assert_eq!(answer.status_code, 200, "{query}: {}", answer.body);
    answer.json()
}

fn titles(page: &Value) -> Vec<&str> {
    page["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect()
}

/// All pages of a query, and how many they were.
fn all(stage: &Stage, query: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut cursor) = (Vec::new(), 0, String::new());
    loop {
        let page = list(stage, &format!("{query}{cursor}"));
        items.extend(page["items"].as_array().unwrap().clone());
        pages += 1;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (items, pages),
        }
    }
}

/// A shop of a few things.
fn shop() -> Stage {
    let stage = empty();
    for (n, (title, category, prices, published)) in [
        ("Белая свеча", "candles", json!([{ "amount_minor": 255, "currency": "GBP" }]), true),
        (
            "Ёлка",
            "trees",
            json!([{ "amount_minor": 900, "currency": "GBP" }, { "amount_minor": 99_000, "currency": "RUB" }]),
            true,
        ),
        ("Елка искусственная", "trees", json!([{ "amount_minor": 2_000, "currency": "GBP" }]), true),
        ("CRÈME candle", "candles", json!([{ "amount_minor": 300, "currency": "GBP" }]), true),
        ("Candle, white", "candles", json!([{ "amount_minor": 100, "currency": "EUR" }]), true),
        ("Candle, secret", "candles", json!([{ "amount_minor": 100, "currency": "GBP" }]), false),
    ]
    .into_iter()
    .enumerate()
    {
        set(
            &stage,
            n,
            &json!({ "title": title, "category": category, "prices": prices, "published": published }),
        );
    }
    set(
        &stage,
        6,
        &json!({ "title": "Йогурт", "prices": [{ "amount_minor": 1, "currency": "GBP" }], "published": true }),
    );
    stage
}

#[test]
fn anybody_browses_what_is_on_sale_by_title() {
    let stage = shop();
    let page = list(&stage, "");
    let expected = [
        "Candle, white",
        "CRÈME candle",
        "Белая свеча",
        "Ёлка",
        "Елка искусственная",
        "Йогурт",
    ];
    assert_eq!(titles(&page), expected);
    assert_eq!(page.get("next"), None);
    let card = json!({
        "sku": sku(1), "title": "Ёлка", "category": "trees", "attributes": {},
        "prices": [{ "amount_minor": 900, "currency": "GBP" }, { "amount_minor": 99_000, "currency": "RUB" }],
    });
    assert_eq!(page["items"][3], card);
    assert_eq!(ask(&stage, "").headers["cache-control"], "public, max-age=30");
    let signed_in = stage.ask("list-products").by(&manager()).query("").get();
    assert_eq!(signed_in.json(), page, "staff see no drafts here either");
}

#[test]
fn category_title_and_price_may_be_combined() {
    let stage = shop();
    for (query, expected) in [
        ("category=candles", vec!["Candle, white", "CRÈME candle", "Белая свеча"]),
        ("category=trees", vec!["Ёлка", "Елка искусственная"]),
        ("category=nothing", vec![]),
        ("title=candle", vec!["Candle, white"]),
        ("title=CREME+C", vec!["CRÈME candle"]),
        ("title=cr%C3%88me", vec!["CRÈME candle"]),
        ("title=%D0%B5%D0%BB%D0%BA%D0%B0", vec!["Ёлка", "Елка искусственная"]),
        ("title=%D0%81%D0%9B%D0%9A%D0%90%20%D0%98", vec!["Елка искусственная"]),
        ("title=%D0%B8", vec![]),
        ("title=white", vec![]),
        (
            "title=%CC%81",
            vec![
                "Candle, white",
                "CRÈME candle",
                "Белая свеча",
                "Ёлка",
                "Елка искусственная",
                "Йогурт",
            ],
        ),
        ("currency=EUR", vec!["Candle, white"]),
        ("currency=RUB", vec!["Ёлка"]),
        ("currency=GBP&min_price=255&max_price=900", vec!["CRÈME candle", "Белая свеча", "Ёлка"]),
        ("currency=GBP&min_price=256", vec!["CRÈME candle", "Ёлка", "Елка искусственная"]),
        ("currency=RUB&max_price=98999", vec![]),
        ("currency=GBP&max_price=0", vec![]),
        ("category=candles&currency=GBP&max_price=299", vec!["Белая свеча"]),
        (
            "category=trees&title=%D0%B5%D0%BB%D0%BA%D0%B0&currency=GBP&min_price=901",
            vec!["Елка искусственная"],
        ),
        ("category=candles&title=%D0%B5%D0%BB%D0%BA%D0%B0", vec![]),
    ] {
        assert_eq!(titles(&list(&stage, query)), expected, "{query}");
    }
}

#[test]
fn lists_follow_changes() {
    let stage = shop();
    let change = |title: &str, category: &str, published: bool| {
        let prices = json!([{ "amount_minor": 1, "currency": "GBP" }]);
        set(
            &stage,
            0,
            &json!({ "title": title, "category": category, "prices": prices, "published": published }),
        );
        let in_category = |category| titles(&list(&stage, &format!("category={category}"))).join(", ");
        (in_category("candles"), in_category("trees"), titles(&list(&stage, "")).len())
    };
    let others = "Candle, white, CRÈME candle";
    assert_eq!(
        change("A candle", "candles", true),
        (format!("A candle, {others}"), "Ёлка, Елка искусственная".into(), 6)
    );
    assert_eq!(change("A tree", "trees", true), (others.into(), "A tree, Ёлка, Елка искусственная".into(), 6));
    assert_eq!(change("A tree", "trees", false), (others.into(), "Ёлка, Елка искусственная".into(), 5));
}

#[test]
fn pages_have_as_many_as_asked_for_and_miss_and_repeat_nothing() {
    let stage = empty();
    for n in 0..53 {
        let mut thing = product(i64::try_from(n).unwrap());
        // Titles repeat: a place in the list is more than a title.
        thing["title"] = json!(format!("Thing {}", n % 5));
        thing["category"] = json!("things");
        set(&stage, n, &thing);
    }
    for query in [
        "limit=7",
        "limit=7&category=things",
        "limit=7&title=thing",
        "limit=1&title=Thing+3",
        "limit=100",
    ] {
        let (items, pages) = all(&stage, query);
        let skus: BTreeSet<&str> = items.iter().map(|item| item["sku"].as_str().unwrap()).collect();
        let expected = if query.contains('3') { 10 } else { 53 };
        assert_eq!((items.len(), skus.len()), (expected, expected), "{query}");
        let titles: Vec<_> = items.iter().map(|item| item["title"].as_str()).collect();
        assert!(titles.is_sorted(), "{query}");
        assert!(pages >= if query == "limit=100" { 1 } else { 8 }, "{query}");
    }
    assert_eq!(list(&stage, "")["items"].as_array().unwrap().len(), 20, "unless asked otherwise");
    let (items, pages) = all(&stage, "limit=3&currency=GBP&min_price=50");
    assert_eq!((items.len(), pages <= 3), (3, true), "one request looks through more than a page");
}

#[test]
fn the_longest_titles_are_listed_page_by_page() {
    let stage = empty();
    for n in 0..4 {
        let mut thing = product(255);
        thing["title"] = json!(format!("{}{n}", "🧣".repeat(199)));
        set(&stage, n, &thing);
        thing["title"] = json!("\"\\".repeat(100));
        set(&stage, n + 4, &thing);
    }
    assert_eq!(all(&stage, "limit=1").0.len(), 8);
    let query = format!("limit=1&title={}", "%F0%9F%A7%A3".repeat(100));
    assert_eq!(all(&stage, &query).0.len(), 4);
}

#[test]
fn one_request_looks_through_a_bounded_number_of_products() {
    let stage = empty();
    for n in 0..60 {
        set(&stage, n, &product(255));
    }
    stage.calls();
    let page = list(&stage, "limit=2&currency=EUR");
    assert_eq!(titles(&page), Vec::<&str>::new());
    assert!(page["next"].is_string(), "there is more to look through");
    let calls = stage.calls();
    assert_eq!(calls.len(), 20, "ten times keys and products");
    assert!(!calls.iter().any(writes));
    let (items, pages) = all(&stage, "limit=2&currency=EUR");
    assert_eq!((items.len(), pages), (0, 4), "the last one only says that there is no more");
}

#[test]
fn a_cursor_says_no_more_than_where_the_page_begins() {
    let stage = shop();
    let first = list(&stage, "limit=1&category=candles");
    let cursor = first["next"].as_str().unwrap();
    let other = list(&stage, &format!("category=trees&cursor={cursor}"));
    assert!(titles(&other).iter().all(|title| ["Ёлка", "Елка искусственная"].contains(title)), "{other}");
    for wrong in [
        "x",
        "bm90IGpzb24",
        "W10",
        "WyJhIl0",
        "WyJhIiwiYiIsImMiLCJkIl0",
        "WzEsMiwzXQ",
        &cursor[1..],
    ] {
        problem(&ask(&stage, &format!("category=candles&cursor={wrong}")), 400, "invalid-query");
    }
    for wrong in ["", "a%20b", "%D1%88", &"a".repeat(1025)] {
        problem(&ask(&stage, &format!("cursor={wrong}")), 400, "invalid-query");
    }
}

#[test]
fn queries_that_say_nothing_readable_are_refused() {
    let stage = empty();
    let mut long = "title=".to_owned();
    long.push_str(&"x".repeat(101));
    for query in [
        "colour=red",
        "category=Candles",
        "category=",
        "category=a&category=b",
        "title=",
        "title=%00",
        "currency=gbp",
        "currency=XXX",
        "currency=GBP&min_price=-1",
        "currency=GBP&min_price=2.55",
        "currency=GBP&max_price=1000000001",
        "limit=0",
        "limit=101",
        "limit=many",
        &long,
    ] {
        let answer = ask(&stage, query);
        assert_eq!(answer.status_code, 400, "{query}");
        problem(&answer, 400, "invalid-query");
    }
    problem(&ask(&stage, "min_price=1"), 400, "currency-missing");
    problem(&ask(&stage, "max_price=1"), 400, "currency-missing");
    problem(&ask(&stage, "currency=GBP&min_price=2&max_price=1"), 400, "price-range");
    assert!(stage.calls().is_empty());
}
