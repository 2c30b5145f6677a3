//! What tests of use cases share: callers, events as they arrive, a look into tables and topics, what becomes of calls,
//! and what holds for every HTTP function.

use crate::ask::Ask;
use crate::faults::Fate;
use crate::outside::{OutsideCall, Service};
use crate::plane::Message;
use crate::services::{dynamodb, sns};
use crate::stage::Stage;
use crate::trigger::{HttpResponse, failures, queue_event};
use contracts::{CloudEvent, Event};
use kernel::{AccountId, Principal, Role};
use platform::{Item, Key};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Account number `n` with one role.
pub fn caller(n: u128, role: Role) -> Principal {
    Principal { account: AccountId::from_bits(n), roles: vec![role] }
}

/// The event as its consumers get it. Like a relay's, its id names the subject and the stamp.
pub fn event<E: Event>(stage: &Stage, data: &E, epoch: u32, version: u64) -> Value {
    let publisher = E::TYPE.split('.').next().unwrap_or_default();
    let event = CloudEvent {
        specversion: contracts::envelope::SPEC_VERSION.to_owned(),
        id: format!("{publisher}/{}/{epoch}.{version}.0", data.subject()),
        source: format!("/contexts/{publisher}"),
        kind: E::TYPE.to_owned(),
        subject: data.subject(),
        time: stage.now(),
        datacontenttype: "application/json".to_owned(),
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        epoch,
        stateversion: version,
        data,
    };
    serde_json::to_value(&event).unwrap_or_default()
}

/// An item as it stands in a context's table, in DynamoDB's JSON.
pub fn raw_item(stage: &Stage, context: &str, key: &Key) -> Option<Value> {
    let request = json!({
        "TableName": context,
        "Key": { "pk": { "S": key.pk }, "sk": { "S": key.sk } },
        "ConsistentRead": true,
    });
    let answer = dynamodb::answer(stage.cloud.table(context)?, "GetItem", request.to_string().as_bytes());
    let answer: Value = serde_json::from_slice(&answer.body).ok()?;
    answer.get("Item").cloned()
}

/// An item as it stands in a context's table.
pub fn item<T: Item>(stage: &Stage, context: &str, key: &Key) -> Option<T> {
    platform::table::read_item(&raw_item(stage, context, key)?).ok()
}

/// The events that relays sent since calls were last taken, request by request.
pub fn published(stage: &Stage) -> Vec<Vec<Value>> {
    let requests = stage
        .calls()
        .into_iter()
        .filter(|call| call.service == Service::Sns && call.operation == "PublishBatch");
    let batches = requests.filter_map(|call| sns::read(&call.operation, &call.body).ok());
    batches
        .map(|batch| {
            let events = batch.entries.iter().map(|entry| serde_json::from_str(&entry.message).unwrap_or_default());
            events.collect()
        })
        .collect()
}

/// Publishes what waits; every event since calls were last taken.
pub fn announced(stage: &Stage) -> Vec<Value> {
    let settled = stage.settle();
    assert_eq!(settled, Ok(()), "without faults everything settles");
    published(stage).concat()
}

/// Their types, in their order.
pub fn kinds(stage: &Stage) -> Vec<String> {
    announced(stage).iter().map(kind).collect()
}

/// Their types and data.
pub fn told(stage: &Stage) -> Vec<(String, Value)> {
    announced(stage).iter().map(|event| (kind(event), event["data"].clone())).collect()
}

fn kind(event: &Value) -> String {
    event["type"].as_str().unwrap_or_default().to_owned()
}

/// Whether a call writes to a table.
pub fn writes(call: &OutsideCall) -> bool {
    puts(call) || call.service == Service::DynamoDb && call.operation == "UpdateItem"
}

/// Whether a call writes whole items: no counter alone, such as that of a rate limit.
pub fn puts(call: &OutsideCall) -> bool {
    call.service == Service::DynamoDb && ["PutItem", "TransactWriteItems"].contains(&call.operation.as_str())
}

/// The first `times` calls that match have this fate. To be ended by `calm`.
pub fn interfere(
    stage: &Stage,
    times: usize,
    fate: Fate,
    matches: impl Fn(&OutsideCall) -> bool + Send + Sync + 'static,
) {
    let seen = AtomicUsize::new(0);
    stage.interfere(move |call| match matches(call) && seen.fetch_add(1, Ordering::Relaxed) < times {
        true => fate.clone(),
        false => Fate::Answered,
    });
}

/// The first write of items from now on has this fate. To be ended by `calm`.
pub fn first_write(stage: &Stage, fate: Fate) {
    interfere(stage, 1, fate, puts);
}

/// Just before the first write of items from now on, `act` happens. To be ended by `calm`.
pub fn meanwhile(stage: &Arc<Stage>, act: impl Fn(&Stage) + Send + Sync + 'static) {
    let (other, entered) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if puts(call) && entered.fetch_add(1, Ordering::Relaxed) == 0 {
            act(&other);
        }
        Fate::Answered
    });
}

/// Hands a batch of messages to a consumer; the places in the batch that it reported as failed.
pub fn deliver_batch(stage: &Stage, function: &str, bodies: &[String]) -> Vec<usize> {
    let messages: Vec<Message> = (0..)
        .zip(bodies)
        .map(|(id, body)| Message { id, body: body.clone(), receives: 1, visible_at: stage.now() })
        .collect();
    let answer = stage.invoke(function, queue_event(&messages)).unwrap_or_default();
    let failed = failures(&answer).into_iter().flatten();
    failed.filter_map(|id| id.parse().ok()).collect()
}

/// Checks that a consumer reports exactly the messages of a batch that it cannot read, whatever stands beside them.
pub fn reports_only_what_it_cannot_read(stage: &Stage, function: &str, good: &Value) {
    let with = |field: &str, value: Value| {
        let mut event = good.clone();
        event[field] = value;
        event.to_string()
    };
    let bodies = [
        String::new(),
        good.to_string(),
        "{".to_owned(),
        with("type", json!("catalog.something-else.v1")),
        with("type", json!(good["type"].as_str().unwrap_or_default().replace(".v1", ".v2"))),
        good.to_string(),
        with("data", json!({})),
        with("data", json!(null)),
        with("epoch", json!(-1)),
        with("extension", json!("that nobody knows")),
        with("traceparent", json!("not a trace")),
    ];
    assert_eq!(deliver_batch(stage, function, &bodies), [0, 2, 3, 4, 6, 7, 8]);
}

/// What a good answer says; nothing where it is empty.
#[track_caller]
pub fn good(answer: &HttpResponse) -> Value {
    assert!((200..300).contains(&answer.status_code), "{}: {}", answer.status_code, answer.body);
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

/// Checks that an answer is a problem (RFC 9457) of this status and code, and returns it.
pub fn problem(answer: &HttpResponse, status: u16, code: &str) -> Value {
    let problem = answer.json();
    assert_eq!((answer.status_code, problem["code"].as_str()), (status, Some(code)), "{}", answer.body);
    assert_eq!(answer.headers.get("content-type").map(String::as_str), Some("application/problem+json"));
    assert!(answer.headers.contains_key("x-request-id"), "a person can ask about it");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], format!("urn:yarmarka:problem:{code}"));
    for member in ["title", "detail"] {
        assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", answer.body);
    }
    problem
}

/// Checks that callers with one of `roles` get past the caller's check of a function, and nobody else.
pub fn only_for_either<'s>(roles: [Role; 2], ask: impl Fn() -> Ask<'s>) {
    problem(&ask().get(), 401, "token-invalid");
    let called = roles.map(Role::name).join(" or ");
    for role in Role::ALL {
        let answer = ask().by(&caller(1, role)).get();
        match roles.contains(&role) {
            true => assert!(![401, 403].contains(&answer.status_code), "{role:?}"),
            false => assert_eq!(problem(&answer, 403, "role-missing")["role"], called),
        }
    }
}

/// Checks that only callers with `role` and a good access token get past the caller's check of a function.
pub fn only_for<'s>(role: Role, ask: impl Fn() -> Ask<'s>) {
    problem(&ask().get(), 401, "token-invalid");
    for other in Role::ALL.into_iter().filter(|other| *other != role) {
        let refused = problem(&ask().by(&caller(1, other)).get(), 403, "role-missing");
        assert_eq!(refused["role"], role.name());
    }
    for roles in [
        "",
        "superuser",
        &role.name().to_uppercase(),
        &format!("{},admin", role.name()),
    ] {
        problem(&ask().by(&caller(1, role)).claim("roles", Some(roles)).get(), 403, "role-missing");
    }
    let now = ask().stage().now().as_seconds();
    let (just_expired, long_ago) = (now.to_string(), (now - 86_400).to_string());
    for (claim, values) in [
        ("iss", [None, Some("https://elsewhere/"), Some("https://local")]),
        ("aud", [None, Some("another-api"), Some("")]),
        ("token_use", [None, Some("id"), Some("refresh")]),
        ("exp", [None, Some(just_expired.as_str()), Some(long_ago.as_str())]),
        ("sub", [None, Some("acc_1"), Some("ord_00000000000000000000000001")]),
    ] {
        for value in values {
            problem(&ask().by(&caller(1, role)).claim(claim, value).get(), 401, "token-invalid");
        }
    }
    let allowed = ask().by(&caller(1, role)).get().status_code;
    assert!(![401, 403].contains(&allowed), "the right caller is let in, whatever it is told then");
}
