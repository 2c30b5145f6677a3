//! `list-notifications` and `mark-notification-read`.

use crate::support::*;
use contracts::orders::{OrderDelivered, OrderPaid, OrderShipped};
use kernel::MessageId;
use local::services::dynamodb;
use local::stage::Stage;
use local::testing::{problem, raw_item};
use notifications::feed::Entry;
use notifications::store::entry_key;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

fn list(stage: &Stage, query: &str) -> Value {
    let answer = stage.ask("list-notifications").by(&signed_in(MARIA)).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

fn read(stage: &Stage, who: kernel::AccountId, id: impl ToString) -> local::trigger::HttpResponse {
    stage.ask("mark-notification-read").by(&signed_in(who)).at(id).get()
}

#[test]
fn nobody_looks_into_a_feed_without_being_signed_in() {
    let stage = stage();
    problem(&stage.ask("list-notifications").get(), 401, "token-invalid");
    problem(&stage.ask("mark-notification-read").at(MessageId::from_bits(1)).get(), 401, "token-invalid");
    assert!(stage.calls().is_empty());
}

#[test]
fn the_feed_shows_the_newest_first_in_the_language_asked_for() {
    let stage = stage();
    tell(&stage, &reserved(&stage, MARIA, 1));
    stage.pass(Duration::from_secs(60));
    let at = stage.now();
    tell(&stage, &step(&stage, &OrderPaid { order: order(1), customer: MARIA, total: pounds(1299) }, 6));
    tell(&stage, &step(&stage, &OrderPaid { order: order(2), customer: JOHN, total: pounds(1299) }, 6));
    let shown = list(&stage, "locale=en");
    let first = &shown["items"][0];
    assert_eq!(first["kind"], "order-paid");
    assert_eq!(first["title"], "Order 000001 is paid: £12.99");
    assert_eq!(first["text"], "Order 000001 is paid: £12.99. Thank you!");
    assert_eq!(first["facts"]["order"], json!(order(1)));
    assert_eq!((&first["at"], &first["read_at"]), (&json!(at), &Value::Null));
    assert_eq!(shown["items"].as_array().unwrap().len(), 2, "John's is John's");
    assert_eq!((&shown["unread"], shown.get("next")), (&json!(2), None));
    assert!(
        list(&stage, "locale=ru")["items"][0]["title"]
            .as_str()
            .unwrap()
            .starts_with("Заказ № 000001 оплачен")
    );
    let body = json!({ "channels": { "orders": [], "payments": [] }, "locale": "ru", "time_zone": "Europe/Moscow" });
    assert_eq!(stage.ask("set-preferences").by(&signed_in(MARIA)).send(&body).status_code, 200);
    let by_preference = list(&stage, "");
    assert!(by_preference["items"][1]["text"].as_str().unwrap().contains("11:15 (UTC+3)"), "{by_preference}");
}

#[test]
fn what_is_read_stays_read_since_then() {
    let stage = stage();
    tell(&stage, &step(&stage, &OrderDelivered { order: order(1), customer: MARIA }, 8));
    let id = list(&stage, "")["items"][0]["id"].as_str().unwrap().to_owned();
    let first = read(&stage, MARIA, &id);
    assert_eq!(first.json(), json!({ "id": id, "read_at": stage.now() }));
    stage.pass(Duration::from_secs(60));
    let again = read(&stage, MARIA, &id);
    assert_eq!((again.status_code, &again.body), (200, &first.body));
    let shown = list(&stage, "");
    assert_eq!((&shown["unread"], &shown["items"][0]["read_at"]), (&json!(0), &first.json()["read_at"]));
    stage.settle().unwrap();
    assert!(local::testing::published(&stage).concat().iter().all(|event| event["data"]["message"] != json!(id)));
}

#[test]
fn what_is_in_another_feed_is_not_found() {
    let stage = stage();
    tell(&stage, &step(&stage, &OrderDelivered { order: order(1), customer: MARIA }, 8));
    let id = list(&stage, "")["items"][0]["id"].as_str().unwrap().to_owned();
    let theirs = read(&stage, JOHN, &id);
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), read(&stage, JOHN, MessageId::from_bits(1)).json());
    for path in ["", "1", "msg_7", "ord_00000000000000000000000001", "сообщение", "../x"] {
        problem(&read(&stage, MARIA, path), 404, "not-found");
    }
    assert_eq!(list(&stage, "")["unread"], 1);
}

#[test]
fn queries_that_are_not_as_described_are_refused() {
    let stage = stage();
    for query in [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=ten",
        "locale=de",
        "cursor=",
        "cursor=%20",
        "cursor=bm90IGEgY3Vyc29y",
        "page=2",
        "limit=1&limit=2",
    ] {
        let answer = stage.ask("list-notifications").by(&signed_in(MARIA)).query(query).get();
        problem(&answer, 400, "invalid-query");
    }
}

#[test]
fn an_empty_feed_is_a_page_without_entries() {
    assert_eq!(list(&stage(), ""), json!({ "items": [], "unread": 0 }));
}

#[test]
fn ten_thousand_notifications_come_page_by_page_each_once() {
    let stage = stage();
    let event = step(&stage, &OrderShipped { order: order(1), customer: MARIA, tracking: None }, 7);
    tell(&stage, &event);
    let first: MessageId = list(&stage, "")["items"][0]["id"].as_str().unwrap().parse().unwrap();
    let template = raw_item(&stage, "notifications", &entry_key(MARIA, first)).unwrap();
    for n in 1..10_000u128 {
        let (mut item, id) = (template.clone(), MessageId::from_bits(n));
        item["id"] = json!({ "S": id.to_string() });
        item["sk"] = json!({ "S": entry_key(MARIA, id).sk });
        let request = json!({ "TableName": "notifications", "Item": item }).to_string();
        let put = dynamodb::answer(stage.cloud.table("notifications").unwrap(), "PutItem", request.as_bytes());
        assert_eq!(put.status, 200);
    }
    stage.costs();
    let (mut seen, mut pages, mut query) = (BTreeSet::new(), 0, "limit=100".to_owned());
    loop {
        let page = list(&stage, &query);
        assert_eq!(page.get("unread").is_some(), pages == 0);
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 100);
        seen.extend(items.iter().map(|entry| entry["id"].as_str().unwrap().to_owned()));
        pages += 1;
        match page["next"].as_str() {
            Some(next) => query = format!("limit=100&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((seen.len(), (100..=101).contains(&pages)), (10_000, true), "{pages}");
    assert_eq!(list(&stage, "limit=1")["unread"], 100, "no more than the newest hundred are counted");
    let _: Entry = local::testing::item(&stage, "notifications", &entry_key(MARIA, first)).unwrap();
}

#[test]
fn a_cursor_of_one_person_shows_another_nothing() {
    let stage = stage();
    for n in 1..=3 {
        tell(&stage, &step(&stage, &OrderDelivered { order: order(n), customer: MARIA }, 8));
    }
    let next = list(&stage, "limit=1")["next"].as_str().unwrap().to_owned();
    let theirs = stage.ask("list-notifications").by(&signed_in(JOHN)).query(&format!("cursor={next}")).get();
    assert_eq!(theirs.json(), json!({ "items": [] }));
}
