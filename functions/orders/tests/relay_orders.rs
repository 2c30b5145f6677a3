//! `relay-orders`.

use crate::support::{KEY, announced, basket, customer, order_in, place, shop, sku};
use kernel::OrderId;
use local::faults::Fate;
use local::outside::Service;
use local::plane::StreamRecord;
use local::services::sns;
use local::stage::Stage;
use local::testing::published;
use local::trigger::{failures, stream_event};
use orders::order::State;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Places `count` orders of `lines` lines and returns their changes as the stream has them.
fn changes(stage: &Stage, count: usize, lines: usize) -> Vec<StreamRecord> {
    for n in 0..count {
        let key = format!("the-key-of-order-{n:03}");
        let answer = stage.ask("place-order").by(&customer()).key(&key).send(&basket(lines));
        assert_eq!(answer.status_code, 201, "{}", answer.body);
    }
    stage.cloud.read_stream("orders").unwrap();
    let records = stage.cloud.plane().records("orders", 0, 10_000);
    assert_eq!(records.len(), count);
    stage.calls();
    records
}

/// Hands records to the relay; which it reports as failed.
fn relay(stage: &Stage, records: &[StreamRecord]) -> BTreeSet<String> {
    failures(&stage.invoke("relay-orders", stream_event(records)).unwrap()).unwrap()
}

/// The order that a record is about.
fn subject(record: &StreamRecord) -> String {
    record.record["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap().to_owned()
}

/// A record like this one, changed.
fn with(record: &StreamRecord, change: impl FnOnce(&mut Value)) -> StreamRecord {
    let mut record = record.clone();
    change(&mut record.record);
    record
}

#[test]
fn an_event_names_its_item_epoch_version_and_place_and_is_the_same_each_time() {
    let stage = shop(1);
    let id = place(&stage, 1);
    stage.pass(std::time::Duration::from_secs(1));
    stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    stage.cloud.read_stream("orders").unwrap();
    let records = stage.cloud.plane().records("orders", 0, 100);
    stage.calls();
    assert!(relay(&stage, &records).is_empty());
    let first = published(&stage).concat();
    let ids: Vec<_> = first.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, [format!("orders/{id}/order/1.1.0"), format!("orders/{id}/order/1.2.0")]);
    assert_eq!(first[1]["data"], json!({ "order": id, "customer": customer().account }));
    for (event, version) in first.iter().zip(1..) {
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["source"], "/contexts/orders");
        assert_eq!(event["subject"], json!(id));
        assert_eq!(event["datacontenttype"], "application/json");
        assert_eq!((&event["epoch"], &event["stateversion"]), (&json!(1), &json!(version)));
    }
    stage.pass(std::time::Duration::from_secs(86_400));
    assert!(relay(&stage, &records).is_empty());
    assert_eq!(published(&stage).concat(), first, "a day later it is the same event to the letter");
}

#[test]
fn an_event_continues_the_trace_of_the_request_that_caused_it() {
    let stage = shop(1);
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let ask = stage.ask("place-order").by(&customer()).key(KEY).header("traceparent", trace);
    assert_eq!(ask.send(&basket(1)).status_code, 201);
    stage.settle().unwrap();
    assert_eq!(published(&stage).concat()[0]["traceparent"], trace);
}

#[test]
fn changes_without_news_are_passed_over() {
    let stage = shop(1);
    let record = changes(&stage, 1, 1).remove(0);
    let quiet = [
        with(&record, |record| {
            record["eventName"] = json!("REMOVE");
            let removed = record["dynamodb"]["NewImage"].take();
            record["dynamodb"]["OldImage"] = removed;
            record["dynamodb"].as_object_mut().unwrap().remove("NewImage");
        }),
        with(&record, |record| {
            record["eventName"] = json!("MODIFY");
            record["dynamodb"]["OldImage"] = record["dynamodb"]["NewImage"].clone();
        }),
        with(&record, |record| record["dynamodb"]["NewImage"]["v"] = json!({ "N": "2" })),
        with(&record, |record| record["dynamodb"]["NewImage"]["outbox"]["M"]["v"] = json!({ "N": "0" })),
        with(&record, |record| {
            record["dynamodb"]["NewImage"].as_object_mut().unwrap().remove("outbox");
        }),
    ];
    for record in quiet {
        assert!(relay(&stage, std::slice::from_ref(&record)).is_empty());
        assert!(stage.calls().is_empty(), "{}", record.record);
    }
    let modified = with(&record, |record| {
        record["dynamodb"]["OldImage"] = record["dynamodb"]["NewImage"].clone();
        record["dynamodb"]["OldImage"]["v"] = json!({ "N": "7" });
    });
    assert!(relay(&stage, &[modified]).is_empty());
    assert_eq!(published(&stage).concat().len(), 1, "after a restore the old version may be a later one");
}

/// What can never be announced.
const SPOILT: [fn(&mut Value); 7] = [
    |record| record["dynamodb"]["NewImage"]["sk"] = json!({ "S": "wish" }),
    |record| record["dynamodb"]["NewImage"]["total_minor"] = json!({ "S": "2.55" }),
    |record| record["dynamodb"]["NewImage"]["outbox"] = json!({ "S": "none" }),
    |record| record["dynamodb"]["NewImage"]["outbox"]["M"]["events"] = json!({ "L": [{ "S": "vanished" }] }),
    |record| record["dynamodb"]["NewImage"]["outbox"]["M"]["events"] = json!({ "L": [{ "S": "reserved" }] }),
    |record| record["dynamodb"]["NewImage"]["v"] = json!({ "S": "one" }),
    |record| record["dynamodb"]["NewImage"]["parts"] = json!({ "N": "3" }),
];

#[test]
fn a_change_that_can_never_be_announced_is_parked_and_holds_up_no_other() {
    for spoil in SPOILT {
        let stage = shop(1);
        let mut records = changes(&stage, 5, 1);
        for place in [2, 4] {
            records[place] = with(&records[place], spoil);
        }
        assert!(relay(&stage, &records).is_empty(), "{}", records[2].record);
        let expected = [0, 1, 3].map(|place| subject(&records[place]));
        let subjects: Vec<Value> =
            published(&stage).concat().into_iter().map(|mut event| event["subject"].take()).collect();
        assert_eq!(subjects, expected, "all others are published");
        let parked = stage.cloud.objects().parked.clone();
        assert_eq!(parked.len(), 2);
        for place in [2, 4] {
            let whole = parked.iter().find(|(key, _)| key.ends_with(&format!("/orders/{}.json", records[place].name)));
            let whole: Value = serde_json::from_slice(whole.expect("it is parked under its number").1).unwrap();
            assert_eq!(whole, records[place].record, "nothing of it is lost");
        }
        assert_eq!(
            stage.log().iter().filter(|line| line.contains("a change was parked")).count(),
            2,
            "people are told"
        );
        assert!(!stage.log().iter().any(|line| line.contains("Петрова")), "logs hold no personal data");
    }
}

#[test]
fn a_change_that_cannot_even_be_parked_holds_up_the_stream() {
    let stage = shop(1);
    let mut records = changes(&stage, 5, 1);
    for place in [2, 4] {
        records[place] = with(&records[place], SPOILT[0]);
    }
    stage.interfere(|call| if call.service == Service::S3 { Fate::NeverSent } else { Fate::Answered });
    assert_eq!(relay(&stage, &records), BTreeSet::from([records[2].name.clone()]));
    assert_eq!(published(&stage).concat().len(), 3, "all others are published");
    stage.calm();
    assert!(relay(&stage, &records[2..]).is_empty());
    assert_eq!(stage.cloud.objects().parked.len(), 2);
}

#[test]
fn a_change_that_cannot_be_announced_now_holds_up_the_stream_and_is_not_parked() {
    let stage = shop(51);
    let records = changes(&stage, 2, 51);
    stage.interfere(|call| if call.operation == "Query" { Fate::NeverSent } else { Fate::Answered });
    assert_eq!(relay(&stage, &records), BTreeSet::from([records[0].name.clone()]));
    assert!(stage.cloud.objects().parked.is_empty());
    stage.calm();
    assert!(relay(&stage, &records).is_empty());
    assert_eq!(published(&stage).concat().len(), 2);
}

#[test]
fn a_return_is_announced_with_its_lines_and_the_order_is_silent() {
    let (stage, id) = order_in(State::Delivered, 2);
    let body = json!({ "lines": [{ "sku": sku(1), "quantity": 1 }] });
    let back = stage.ask("return-order").by(&customer()).at(id).key(KEY).send(&body).json();
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["id"], format!("orders/{id}/return#{}/1.1.0", back["id"].as_str().unwrap()));
    assert_eq!(events[0]["subject"], json!(id));
    let expected = json!({
        "return_id": back["id"],
        "order": id,
        "customer": customer().account,
        "lines": [{ "sku": sku(1), "quantity": 1 }],
        "refund": { "amount_minor": 255, "currency": "GBP" },
    });
    assert_eq!(events[0]["data"], expected);
}

#[test]
fn of_entries_that_the_topic_refuses_the_earliest_is_reported() {
    let stage = shop(1);
    let records = changes(&stage, 25, 1);
    // The second request of three: entries 10 to 19.
    let tenth = subject(&records[10]);
    stage.interfere(move |call| {
        let Ok(batch) = sns::read(&call.operation, &call.body) else {
            return Fate::Answered;
        };
        match batch.entries[0].message.contains(&tenth) {
            true => Fate::Instead(sns::published(&batch, &[7, 3])),
            false => Fate::Answered,
        }
    });
    assert_eq!(relay(&stage, &records), BTreeSet::from([records[13].name.clone()]));
    let sizes: Vec<usize> = published(&stage).iter().map(Vec::len).collect();
    assert_eq!(sizes, [10, 10, 5], "all requests are attempted");
}

#[test]
fn a_topic_without_an_answer_fails_what_was_in_that_request_only() {
    let stage = shop(1);
    let records = changes(&stage, 12, 1);
    let last = subject(&records[11]);
    stage.interfere(move |call| match String::from_utf8_lossy(&call.body).contains(&last) {
        true => Fate::NeverSent,
        false => Fate::Answered,
    });
    assert_eq!(relay(&stage, &records), BTreeSet::from([records[10].name.clone()]));
}

#[test]
fn a_lost_reply_of_the_topic_publishes_again_under_the_same_ids() {
    let stage = shop(1);
    let records = changes(&stage, 1, 1);
    let lost = std::sync::atomic::AtomicBool::new(false);
    stage.interfere(move |_| match lost.swap(true, std::sync::atomic::Ordering::Relaxed) {
        false => Fate::ReplyLost,
        true => Fate::Answered,
    });
    assert!(relay(&stage, &records).is_empty());
    let requests = published(&stage);
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1]);
}

#[test]
fn many_large_events_are_split_into_requests_that_the_topic_takes() {
    let stage = shop(1000);
    let records = changes(&stage, 12, 1000);
    assert!(relay(&stage, &records).is_empty());
    let requests = published(&stage);
    assert!(requests.len() > 1, "12 events of 33 kB do not fit one request");
    let mut subjects = Vec::new();
    for request in &requests {
        let bytes: usize = request.iter().map(|event| event.to_string().len()).sum();
        assert!(request.len() <= 10 && bytes <= 256 * 1024, "{} entries, {bytes} bytes", request.len());
        subjects.extend(request.iter().map(|event| event["subject"].as_str().unwrap().to_owned()));
    }
    assert_eq!(subjects, records.iter().map(subject).collect::<Vec<_>>(), "all of them, in the order of the stream");
}

#[test]
fn a_customers_order_is_found_in_the_event_and_nothing_personal_beside_it() {
    let stage = shop(1);
    let id: OrderId = place(&stage, 1);
    stage.settle().unwrap();
    let events = published(&stage).concat();
    assert_eq!(events[0]["data"]["order"], json!(id));
    assert!(!events[0].to_string().contains("Петрова"), "addresses are read at the owner");
}
