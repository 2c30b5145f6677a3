//! `relay-catalog`.

use crate::support::{
    COMMITTED, RELEASED, RESERVED, cancelled, empty, one_of_each, order, paid, product, reserve, set, shelves,
};
use local::outside::Service;
use local::plane::StreamRecord;
use local::stage::Stage;
use local::testing::published;
use local::trigger::{failures, stream_event};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The changes that wait for the relay.
fn waiting(stage: &Stage) -> Vec<StreamRecord> {
    stage.cloud.read_stream("catalog").unwrap();
    let records = stage.cloud.plane().records("catalog", 0, 10_000);
    stage.calls();
    records
}

/// Hands records to the relay; which it reports as failed.
fn relay(stage: &Stage, records: &[StreamRecord]) -> BTreeSet<String> {
    failures(&stage.invoke("relay-catalog", stream_event(records)).unwrap()).unwrap()
}

#[test]
fn only_products_and_ended_reservations_are_announced() {
    let stage = shelves(150, 10);
    reserve(&stage, 1, &one_of_each(150));
    assert!(stage.deliver("commit-stock", &paid(&stage, 1)));
    assert!(stage.deliver("release-stock", &cancelled(&stage, 1)));
    let records = waiting(&stage);
    assert!(relay(&stage, &records).is_empty());
    let events = published(&stage).concat();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event["type"].as_str().unwrap(), event["id"].as_str().unwrap()))
        .collect();
    let id = |version: u64| format!("catalog/{}/reservation/1.{version}.0", order(1));
    // Two chunks taken are versions 1 and 2, two sold 3 and 4, two given back 5 and 6.
    assert_eq!(
        seen,
        [
            (RESERVED, id(2).as_str()),
            (COMMITTED, id(4).as_str()),
            (RELEASED, id(6).as_str())
        ]
    );
}

#[test]
fn a_products_event_is_the_snapshot_of_its_version() {
    let stage = empty();
    for pence in [255, 300] {
        set(&stage, 0, &product(pence));
    }
    let records = waiting(&stage);
    assert!(relay(&stage, &records).is_empty());
    let events = published(&stage).concat();
    for ((event, version), pence) in events.iter().zip(1..).zip([255, 300]) {
        assert_eq!(event["id"], format!("catalog/SKU-0000/product/1.{version}.0"));
        assert_eq!((&event["subject"], &event["stateversion"]), (&json!("SKU-0000"), &json!(version)));
        assert_eq!(event["data"]["prices"], json!([{ "amount_minor": pence, "currency": "GBP" }]));
    }
    assert_eq!(events.len(), 2);
    assert!(relay(&stage, &records).is_empty());
    assert_eq!(published(&stage).concat(), events, "repeated, it is the same event to the letter");
}

#[test]
fn changes_without_news_are_passed_over() {
    let stage = empty();
    set(&stage, 0, &product(255));
    let record = waiting(&stage).remove(0);
    let changes: [fn(&mut Value); 4] = [
        |record| drop(record.as_object_mut().unwrap().remove("NewImage")),
        |record| record["OldImage"] = record["NewImage"].clone(),
        |record| record["NewImage"]["v"] = json!({ "N": "2" }),
        |record| drop(record["NewImage"].as_object_mut().unwrap().remove("outbox")),
    ];
    for change in changes {
        let mut record = record.clone();
        change(&mut record.record["dynamodb"]);
        assert!(relay(&stage, std::slice::from_ref(&record)).is_empty());
        assert!(stage.calls().is_empty(), "{}", record.record);
    }
}

#[test]
fn a_change_that_can_never_be_announced_is_parked_and_holds_up_no_other() {
    let stage = empty();
    for n in 0..4 {
        set(&stage, n, &product(255));
    }
    let mut records = waiting(&stage);
    records[1].record["dynamodb"]["NewImage"]["sk"] = json!({ "S": "stock" });
    records[3].record["dynamodb"]["NewImage"]["prices"] = json!({ "N": "2.55" });
    assert!(relay(&stage, &records).is_empty());
    let calls = stage.calls();
    let made = |service| calls.iter().filter(|call| call.service == service).count();
    assert_eq!((made(Service::S3), made(Service::Sns)), (2, 1));
}
