//! `reorder-supplies` and `list-purchases`.

use crate::support::{
    KEY, LOW, ORDERED, announced, created, depot, empty, interfere, issue, kinds, meanwhile, need, requested, shelve,
    sku, supplier, supply, writes,
};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use supplies::purchase::id_of;

const DAY: Duration = Duration::from_secs(86_400);

fn purchases(stage: &Stage) -> Vec<Value> {
    let answer = stage.ask("list-purchases").by(&supplier()).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["items"].as_array().unwrap().clone()
}

fn receive(stage: &Stage, number: u32, quantity: u32) {
    let ask = stage.ask("receive-purchase").by(&supplier()).at(id_of(&sku(0), number)).key(KEY);
    let answer = ask.send(&json!({ "quantity": quantity }));
    assert_eq!(answer.status_code, 201, "{}", answer.body);
}

#[test]
fn only_suppliers_see_purchases() {
    let stage = empty();
    only_for(Role::Supplier, || stage.ask("list-purchases"));
    problem(&stage.ask("list-purchases").by(&supplier()).query("limit=0").get(), 400, "invalid-query");
}

#[test]
fn what_is_low_is_bought_once() {
    let stage = empty();
    shelve(&stage, 0, 19);
    shelve(&stage, 1, 20);
    assert!(stage.start("reorder-supplies"));
    let id = id_of(&sku(0), 1);
    let low = json!({ "sku": sku(0), "on_hand": 19, "reorder_point": 20 });
    let ordered = json!({ "purchase": id, "lines": [{ "sku": sku(0), "quantity": 50 }] });
    assert_eq!(announced(&stage), [(LOW.to_owned(), low), (ORDERED.to_owned(), ordered)]);
    let view = json!({
        "id": id, "sku": sku(0), "quantity": 50, "received": 0, "state": "open", "ordered_at": stage.now(),
    });
    assert_eq!(purchases(&stage), [view]);
    for _ in 0..3 {
        stage.pass(DAY);
        assert!(stage.start("reorder-supplies"));
    }
    assert_eq!(purchases(&stage).len(), 1, "it is on its way");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn as_many_lots_are_bought_as_bring_it_back_to_its_reorder_point() {
    let stage = empty();
    let wish = json!({ "name": "Губка", "on_hand": 1, "reorder_point": 101, "order_quantity": 30 });
    assert_eq!(stage.ask("set-supply").by(&supplier()).at(sku(0)).send(&wish).status_code, 200);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(purchases(&stage)[0]["quantity"], 120);
}

#[test]
fn what_is_complete_or_closed_makes_room_for_the_next() {
    let stage = empty();
    shelve(&stage, 0, 0);
    need(&stage, &[45]);
    assert!(stage.start("reorder-supplies"));
    receive(&stage, 1, 50);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(purchases(&stage).len(), 1, "there are enough");
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    let id = requested(&stage, 1, KEY);
    assert_eq!(issue(&stage, id).status_code, 200);
    stage.pass(DAY);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(purchases(&stage).len(), 2);
    let closed = stage.ask("close-purchase").by(&supplier()).at(id_of(&sku(0), 2)).get();
    assert_eq!(closed.status_code, 200, "{}", closed.body);
    stage.pass(DAY);
    assert!(stage.start("reorder-supplies"));
    let states: Vec<Value> = purchases(&stage).iter().map(|purchase| purchase["state"].clone()).collect();
    assert_eq!(states, ["open", "closed", "complete"], "the newest first");
    assert_eq!(supply(&stage, 0).purchases, 3);
}

#[test]
fn two_runs_at_once_and_lost_replies_buy_once() {
    let stage = Arc::new(empty());
    shelve(&stage, 0, 0);
    meanwhile(&stage, |stage| assert!(stage.start("reorder-supplies")));
    assert!(stage.start("reorder-supplies"));
    assert_eq!(purchases(&stage).len(), 1);
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = empty();
        shelve(&stage, 0, 0);
        interfere(&stage, usize::MAX, fate, writes);
        assert!(!stage.start("reorder-supplies"));
        stage.calm();
        assert!(stage.start("reorder-supplies"));
        assert_eq!(purchases(&stage).len(), 1);
        assert_eq!(kinds(&stage), [LOW, ORDERED]);
    }
}

#[test]
fn what_is_issued_at_that_moment_counts() {
    let stage = Arc::new(depot());
    let id = requested(&stage, 1, KEY);
    meanwhile(&stage, move |stage| assert_eq!(issue(stage, id).status_code, 200));
    assert!(stage.start("reorder-supplies"));
    stage.calm();
    let events = announced(&stage);
    let first = events.iter().find(|(kind, data)| kind == LOW && data["sku"] == json!(sku(0))).unwrap();
    assert_eq!(first.1["on_hand"], 8, "as it was when it was bought");
    assert_eq!((supply(&stage, 0).on_hand, supply(&stage, 0).purchases), (8, 1));
}

#[test]
fn one_that_cannot_be_bought_holds_up_no_other() {
    let stage = empty();
    for n in 0..60 {
        shelve(&stage, n, 0);
    }
    interfere(&stage, 8, Fate::NeverSent, writes);
    assert!(!stage.start("reorder-supplies"), "it reports what failed");
    stage.calm();
    let bought = (0..60).filter(|n| supply(&stage, *n).purchases == 1).count();
    assert!((50..60).contains(&bought), "{bought} were bought");
    assert!(stage.start("reorder-supplies"));
    assert!((0..60).all(|n| supply(&stage, n).purchases == 1));
}

#[test]
fn a_purchase_that_does_not_come_is_logged() {
    let stage = empty();
    shelve(&stage, 0, 0);
    assert!(stage.start("reorder-supplies"));
    let late = || stage.log().iter().filter(|line| line.contains("a purchase has not come")).count();
    stage.pass(13 * DAY);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(late(), 0);
    stage.pass(DAY);
    assert!(stage.start("reorder-supplies"));
    assert_eq!(late(), 1);
    stage.set("PURCHASE_DAYS", "30");
    assert!(stage.start("reorder-supplies"));
    assert_eq!(late(), 1);
    for text in ["0", "366", "x", "-1"] {
        stage.set("PURCHASE_DAYS", text);
        assert!(!stage.start("reorder-supplies"), "{text}");
    }
}
