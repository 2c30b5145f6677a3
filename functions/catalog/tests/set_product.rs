//! `set-product`.

use crate::support::{announced, before_write, empty, first_write, manager, product, shelves, sku, writes};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn set(stage: &Stage, body: &Value) -> HttpResponse {
    stage.ask("set-product").by(&manager()).at(sku(0)).send(body)
}

fn set_at(stage: &Stage, tag: &str, body: &Value) -> HttpResponse {
    stage.ask("set-product").by(&manager()).at(sku(0)).header("if-match", tag).send(body)
}

#[test]
fn only_managers_set_products() {
    let stage = empty();
    only_for(Role::Manager, || stage.ask("set-product").at(sku(0)));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_product_is_created_then_changed_and_each_is_announced() {
    let stage = empty();
    for (version, pence) in [(1, 255), (2, 0), (3, 1_000_000_000)] {
        let answer = set(&stage, &product(pence));
        assert_eq!((answer.status_code, &answer.headers["etag"]), (200, &format!("\"{version}\"")), "{}", answer.body);
        let mut expected = product(pence);
        expected["sku"] = json!(sku(0));
        expected["tax_rate"] = json!(2000);
        assert_eq!(announced(&stage), [("catalog.product-changed.v1".to_owned(), expected.clone())]);
        expected["tax_class"] = json!("standard");
        assert_eq!(answer.json(), expected);
    }
}

/// All that can be said of a product.
fn described() -> Value {
    json!({
        "title": "Шарф",
        "description": "Тёплый.\n\nКрасный.",
        "product": "SCARF",
        "category": "scarves",
        "attributes": { "colour": "красный", "size": "M" },
        "media": ["https://cdn.example.com/1.jpg", "https://cdn.example.com/2.mp4"],
        "prices": [{ "amount_minor": 299, "currency": "EUR" }, { "amount_minor": 255, "currency": "GBP" }],
        "tax_class": "reduced",
        "published": true,
    })
}

#[test]
fn everything_that_is_said_of_a_product_is_kept_and_what_others_need_is_announced() {
    let stage = empty();
    let mut expected = described();
    expected["sku"] = json!(sku(0));
    expected["tax_rate"] = json!(500);
    assert_eq!(set(&stage, &described()).json(), expected);
    let event = json!({
        "sku": sku(0), "title": "Шарф", "prices": described()["prices"], "tax_rate": 500, "published": true,
        "category": "scarves",
    });
    assert_eq!(announced(&stage), [("catalog.product-changed.v1".to_owned(), event)]);
    assert_eq!(set(&stage, &described()).headers["etag"], "\"1\"", "it reads back as it was written");
}

#[test]
fn a_rate_that_the_law_changes_reaches_a_product_when_it_is_set_again() {
    let stage = empty();
    assert_eq!(set(&stage, &described()).json()["tax_rate"], 500);
    stage.set("TAX_RATES", "standard=2000 reduced=700 zero=0");
    announced(&stage);
    let again = set(&stage, &described());
    assert_eq!((again.json()["tax_rate"].clone(), &again.headers["etag"]), (json!(700), &"\"2\"".to_owned()));
    assert_eq!(announced(&stage)[0].1["tax_rate"], 700);
    for wrong in [
        "standard=2000",
        "standard=x reduced=1 zero=0",
        "standard=1 standard=2 reduced=1 zero=0",
    ] {
        stage.set("TAX_RATES", wrong);
        problem(&set(&stage, &described()), 500, "internal");
    }
}

#[test]
fn words_of_the_api_are_no_codes() {
    let stage = empty();
    for word in ["export", "import"] {
        let answer = stage.ask("set-product").by(&manager()).at(word).send(&product(255));
        assert_eq!(problem(&answer, 422, "code-taken")["sku"], word);
    }
    assert!(stage.calls().is_empty());
}

#[test]
fn setting_what_is_already_so_changes_and_announces_nothing() {
    let stage = empty();
    let first = set(&stage, &product(255));
    announced(&stage);
    for again in [
        set(&stage, &product(255)),
        set_at(&stage, "\"1\"", &product(255)),
        set_at(&stage, "\"0\"", &product(255)),
    ] {
        assert_eq!((again.status_code, &again.body), (200, &first.body));
        assert_eq!(again.headers["etag"], "\"1\"");
    }
    assert!(!stage.calls().iter().any(writes));
    assert!(announced(&stage).is_empty());
}

#[test]
fn a_change_of_another_version_than_was_seen_is_refused() {
    let stage = empty();
    // Of what is not there, nobody has seen a version.
    problem(&set_at(&stage, "\"1\"", &product(255)), 412, "version-changed");
    assert_eq!(set_at(&stage, "\"0\"", &product(255)).status_code, 200);
    assert_eq!(set_at(&stage, "\"1\"", &product(300)).headers["etag"], "\"2\"");
    for tag in [
        "\"1\"",
        "\"3\"",
        "2",
        "\"two\"",
        "W/\"2\"",
        "",
        "\"-2\"",
        "\"2\", \"3\"",
        "\"99999999999999999999\"",
    ] {
        problem(&set_at(&stage, tag, &product(400)), 412, "version-changed");
    }
    assert_eq!(set_at(&stage, " \"2\" ", &product(400)).headers["etag"], "\"3\"");
    assert_eq!(set_at(&stage, "*", &product(500)).headers["etag"], "\"4\"");
}

#[test]
fn of_two_changes_of_one_seen_version_one_is_made_and_the_other_refused() {
    let stage = Arc::new(shelves(1, 0));
    before_write(&stage, "set-product", 0, |stage| {
        assert_eq!(set_at(stage, "\"1\"", &product(300)).status_code, 200);
    });
    problem(&set_at(&stage, "\"1\"", &product(400)), 412, "version-changed");
    stage.calm();
    assert_eq!(announced(&stage).len(), 1);
}

#[test]
fn what_keeps_changing_in_between_is_given_up_with_advice() {
    let stage = Arc::new(shelves(1, 0));
    let (other, pence) = (stage.clone(), AtomicUsize::new(1000));
    let busy = std::sync::atomic::AtomicBool::new(false);
    stage.interfere(move |call| {
        if writes(call) && !busy.swap(true, Ordering::Relaxed) {
            let pence = pence.fetch_add(1, Ordering::Relaxed) as i64;
            assert_eq!(set(&other, &product(pence)).status_code, 200);
            busy.store(false, Ordering::Relaxed);
        }
        Fate::Answered
    });
    let answer = set(&stage, &product(300));
    problem(&answer, 503, "try-again");
    assert_eq!(answer.headers["retry-after"], "1");
    stage.calm();
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing_for_the_manager() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = empty();
        for pence in [255, 300] {
            first_write(&stage, fate.clone());
            assert_eq!(set(&stage, &product(pence)).status_code, 200);
        }
        stage.calm();
        assert_eq!(announced(&stage).len(), 2);
    }
}

#[test]
fn a_path_that_is_no_sku_is_not_found() {
    let stage = empty();
    for path in ["", "a b", "шарф", "a/b", "a#b", &"x".repeat(41)] {
        let answer = stage.ask("set-product").by(&manager()).at(path).send(&product(255));
        problem(&answer, 404, "not-found");
    }
    let longest = "Az09._-".repeat(6)[..40].to_owned();
    assert_eq!(stage.ask("set-product").by(&manager()).at(longest).send(&product(255)).status_code, 200);
}

#[test]
fn bodies_that_are_not_as_described_are_refused_by_the_name_of_the_field() {
    let stage = empty();
    for (field, value, named) in [
        ("/title", json!(""), "title"),
        ("/title", json!("я".repeat(201)), "title"),
        ("/title", json!("a\u{0}"), "title"),
        ("/title", json!(null), "title"),
        ("/description", json!(""), "description"),
        ("/description", json!("x".repeat(5001)), "description"),
        ("/product", json!("a b"), "product"),
        ("/category", json!("Шарфы"), "category"),
        ("/category", json!("scarves/red"), "category"),
        ("/attributes/Colour", json!("red"), "attributes.Colour"),
        ("/attributes/colour", json!(7), "attributes.colour"),
        ("/media/0", json!("http://cdn.example.com/1.jpg"), "media[0]"),
        ("/media/0", json!("data:image/png;base64,AAAA"), "media[0]"),
        ("/prices", json!([]), "prices"),
        ("/prices", json!({ "GBP": 255 }), "prices"),
        ("/prices/0", json!(255), "prices[0]"),
        ("/prices/1/currency", json!("EUR"), "prices"),
        ("/prices/0/amount_minor", json!(-1), "prices[0].amount_minor"),
        ("/prices/0/amount_minor", json!(2.55), "prices[0].amount_minor"),
        ("/prices/0/amount_minor", json!(1_000_000_001), "prices[0].amount_minor"),
        ("/prices/0/amount_minor", json!("255"), "prices[0].amount_minor"),
        ("/prices/0/currency", json!("gbp"), "prices[0].currency"),
        ("/prices/0/currency", json!("££"), "prices[0].currency"),
        ("/tax_class", json!("luxury"), "tax_class"),
        ("/tax_class", json!(2000), "tax_class"),
        ("/published", json!("yes"), "published"),
        ("/published", json!(1), "published"),
    ] {
        let mut body = described();
        match field.strip_prefix("/attributes/") {
            Some(name) => body["attributes"][name] = value.clone(),
            None => *body.pointer_mut(field).unwrap() = value.clone(),
        }
        let refused = problem(&set(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], named, "{field} = {value}: {refused}");
    }
    for place in ["", "/prices/0"] {
        let mut body = product(255);
        body.pointer_mut(place).unwrap()["stock"] = json!(1);
        let refused = problem(&set(&stage, &body), 400, "invalid-body");
        assert!(refused["reason"].as_str().unwrap().contains("`stock`"), "{refused}");
    }
    let text = stage.ask("set-product").by(&manager()).at(sku(0)).header("content-type", "text/csv");
    problem(&text.send(&product(255)), 415, "media-type");
    let huge = json!({ "title": "x".repeat(300_000) });
    problem(&set(&stage, &huge), 400, "invalid-body");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn titles_in_any_script_are_kept() {
    let stage = empty();
    for title in ["Шарф", "围巾", "وشاح", "👩‍👩‍👧‍👦🧣", "  trimmed  ", &"🧣".repeat(200)]
    {
        let mut body = product(255);
        body["title"] = json!(title);
        assert_eq!(set(&stage, &body).json()["title"], title.trim());
        assert_eq!(announced(&stage)[0].1["title"], title.trim());
    }
}
