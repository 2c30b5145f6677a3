//! `get-service-request`, `list-service-requests`.

use crate::support::{
    KEY, NO_REQUESTS, PRIVATE, client, nothing_private_is_logged, price, request, request_in, stranger, town, wish,
    writes,
};
use kernel::{RequestId, Role};
use local::testing::{only_for, problem};
use serde_json::{Value, json};
use services::request::State;
use std::time::Duration;

#[test]
fn only_customers_look_at_requests() {
    let (stage, id) = request_in(State::Requested);
    only_for(Role::Customer, || stage.ask("get-service-request").at(id));
    only_for(Role::Customer, || stage.ask("list-service-requests"));
}

#[test]
fn a_client_sees_the_whole_request() {
    let (stage, service) = town();
    let body = wish(&stage, service);
    let id = request(&stage, KEY, &body);
    stage.calls();
    let answer = stage.ask("get-service-request").by(&client()).at(id).get();
    let expected = json!({
        "id": id, "state": "requested", "requested_at": stage.now(), "service": service, "name": "Window cleaning",
        "price": price(), "duration_min": 60, "description": PRIVATE[0], "address": PRIVATE[1], "contact": PRIVATE[2],
        "place": body["place"], "from": body["from"], "until": body["until"], "timeline": [],
    });
    assert_eq!((answer.status_code, answer.json()), (200, expected));
    assert_eq!(answer.headers["etag"], "\"1\"");
    assert!(!stage.calls().iter().any(writes));
    nothing_private_is_logged(&stage);
}

#[test]
fn what_is_not_the_callers_is_not_found() {
    let (stage, id) = request_in(State::Matched);
    let theirs = stage.ask("get-service-request").by(&stranger()).at(id).get();
    let nobodys = stage.ask("get-service-request").by(&client()).at(RequestId::from_bits(7)).get();
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), nobodys.json());
    for path in NO_REQUESTS {
        problem(&stage.ask("get-service-request").by(&client()).at(path).get(), 404, "not-found");
    }
    let list = stage.ask("list-service-requests").by(&stranger()).get().json();
    assert_eq!(list, json!({ "items": [] }));
}

#[test]
fn requests_are_listed_newest_first_in_pages() {
    let (stage, service) = town();
    let mut made: Vec<RequestId> = (0..5)
        .map(|n| {
            stage.pass(Duration::from_secs(60));
            request(&stage, &format!("the-key-of-request-{n}"), &wish(&stage, service))
        })
        .collect();
    made.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let query = cursor.map_or_else(|| "limit=2".to_owned(), |cursor| format!("limit=2&cursor={cursor}"));
        let page = stage.ask("list-service-requests").by(&client()).query(&query).get().json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        assert!(items.iter().all(|item| item.get("address").is_none()));
        seen.extend(items.iter().map(|item| item["id"].clone()));
        cursor = page["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, made.iter().map(|id| json!(id)).collect::<Vec<Value>>());
    let first = stage.ask("list-service-requests").by(&client()).query("limit=1").get().json();
    assert_eq!(first["items"][0]["name"], "Window cleaning");
    problem(&stage.ask("list-service-requests").by(&client()).query("limit=0").get(), 400, "invalid-query");
    problem(&stage.ask("list-service-requests").by(&client()).query("client=1").get(), 400, "invalid-query");
}
