//! `set-product`.

use crate::support::{announced, manager, product, shelves, sku, writes};
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
    let stage = shelves(0, 0);
    only_for(Role::Manager, || stage.ask("set-product").at(sku(0)));
    assert!(stage.calls().is_empty());
}

#[test]
fn a_product_is_created_then_changed_and_each_is_announced_whole() {
    let stage = shelves(0, 0);
    for (version, pence) in [(1, 255), (2, 0), (3, 10_000_000)] {
        let answer = set(&stage, &product(pence));
        assert_eq!((answer.status_code, &answer.headers["etag"]), (200, &format!("\"{version}\"")), "{}", answer.body);
        let mut expected = product(pence);
        expected["sku"] = json!(sku(0));
        assert_eq!(answer.json(), expected);
        assert_eq!(announced(&stage), [("catalog.product-changed.v1".to_owned(), expected)]);
    }
}

#[test]
fn setting_what_is_already_so_changes_and_announces_nothing() {
    let stage = shelves(0, 0);
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
    let stage = shelves(0, 0);
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
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(set_at(&other, "\"1\"", &product(300)).status_code, 200);
        }
        Fate::Answered
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
        let stage = shelves(0, 0);
        for pence in [255, 300] {
            let (broken, fate) = (AtomicUsize::new(0), fate.clone());
            stage.interfere(move |call| match writes(call) && broken.fetch_add(1, Ordering::Relaxed) == 0 {
                true => fate.clone(),
                false => Fate::Answered,
            });
            assert_eq!(set(&stage, &product(pence)).status_code, 200);
        }
        stage.calm();
        assert_eq!(announced(&stage).len(), 2);
    }
}

#[test]
fn a_path_that_is_no_sku_is_not_found() {
    let stage = shelves(0, 0);
    for path in ["", "a b", "шарф", "a/b", "a#b", &"x".repeat(41)] {
        let answer = stage.ask("set-product").by(&manager()).at(path).send(&product(255));
        problem(&answer, 404, "not-found");
    }
    let longest = "Az09._-".repeat(6)[..40].to_owned();
    assert_eq!(stage.ask("set-product").by(&manager()).at(longest).send(&product(255)).status_code, 200);
}

#[test]
fn bodies_that_are_not_as_described_are_refused_by_the_name_of_the_field() {
    let stage = shelves(0, 0);
    for (field, value, named) in [
        ("/title", json!(""), "title"),
        ("/title", json!("я".repeat(201)), "title"),
        ("/title", json!("a\u{0}"), "title"),
        ("/title", json!(null), "title"),
        ("/price/amount_minor", json!(-1), "price.amount_minor"),
        ("/price/amount_minor", json!(2.55), "price.amount_minor"),
        ("/price/amount_minor", json!(10_000_001), "price.amount_minor"),
        ("/price/amount_minor", json!("255"), "price.amount_minor"),
        ("/price/currency", json!("gbp"), "price.currency"),
        ("/price/currency", json!("££"), "price.currency"),
        ("/price", json!(255), "price"),
        ("/tax_rate", json!(10_001), "tax_rate"),
        ("/tax_rate", json!(-1), "tax_rate"),
        ("/tax_rate", json!(0.2), "tax_rate"),
        ("/published", json!("yes"), "published"),
        ("/published", json!(1), "published"),
    ] {
        let mut body = product(255);
        *body.pointer_mut(field).unwrap() = value.clone();
        let refused = problem(&set(&stage, &body), 400, "invalid-body");
        assert_eq!(refused["field"], named, "{field} = {value}: {refused}");
    }
    for place in ["", "/price"] {
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
    let stage = shelves(0, 0);
    for title in ["Шарф", "围巾", "وشاح", "👩‍👩‍👧‍👦🧣", "  trimmed  ", &"🧣".repeat(200)]
    {
        let mut body = product(255);
        body["title"] = json!(title);
        assert_eq!(set(&stage, &body).json()["title"], title.trim());
        assert_eq!(announced(&stage)[0].1["title"], title.trim());
    }
}
