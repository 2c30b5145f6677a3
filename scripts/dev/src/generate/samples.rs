//! `events/samples/<function>.json`: for each function one event that Lambda could hand it, to try it by hand and for
//! a test that every function can read its own trigger.

use super::Described;
use kernel::{AccountId, Principal, Role, Timestamp};
use local::cloud::API;
use local::plane::{Message, StreamRecord};
use local::trigger::{HttpRequest, claims, queue_event, schedule_event, stream_event};
use platform::Function;
use platform::describe::{Caller, Description};
use platform::function::Trigger;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A sample for each function, by name.
pub fn samples(contexts: &[Described]) -> Result<BTreeMap<&'static str, Value>, String> {
    let functions = contexts.iter().flat_map(|context| &context.functions);
    functions
        .map(|(function, description)| Ok((function.name, sample(function, description)?)))
        .collect()
}

fn sample(function: &Function, description: &Description) -> Result<Value, String> {
    let bytes = match function.trigger {
        Trigger::Http { method, path } => http(function, method, path, description)?,
        Trigger::Events => events(function, description)?,
        Trigger::Foreign { .. } => queue_event(&[message(1, "{}".to_owned())]),
        Trigger::Stream => stream_event(&[removal(function)]),
        Trigger::Schedule(_) => schedule_event(Timestamp::from_millis(1_767_600_000_000)),
        Trigger::Direct => question(function, description)?,
    };
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", function.name))
}

fn http(function: &Function, method: &str, path: &str, description: &Description) -> Result<Vec<u8>, String> {
    let mut headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
    if description.idempotency_key {
        headers.insert("idempotency-key".to_owned(), "a-key-that-names-this-request".to_owned());
    }
    let body = match (&description.body, &description.body_example) {
        // Who sends it, signs it: a sample has no signature.
        (None, _) if description.raw_body => Some("{}".to_owned()),
        (Some(_), None) => return Err(format!("the body of {} has no example", function.name)),
        (_, example) => example.as_ref().map(Value::to_string),
    };
    let caller = Principal {
        account: AccountId::from_bits(2),
        roles: match description.caller {
            Some(Caller::Role(role)) => vec![role],
            Some(Caller::Overseer) => vec![Role::Auditor],
            Some(Caller::Inspector) => vec![Role::Quality],
            _ => Vec::new(),
        },
    };
    let parameter = path.split('/').find_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters = parameter.map(|name| (name.to_owned(), parameter_example(description)));
    // A token that never expires: the sample is for functions, which no network reaches without the gateway.
    let expires = Timestamp::from_millis(32_503_680_000_000);
    let request = HttpRequest {
        route: format!("{method} {path}"),
        path: parameters.into_iter().collect(),
        headers,
        source_ip: "192.0.2.1".to_owned(),
        claims: match description.caller {
            Some(Caller::Anyone) | None => serde_json::Map::new(),
            Some(_) => claims(&caller, "https://local/", API, expires),
        },
        query: query(description),
        body,
        is_base64: false,
    };
    Ok(request.event("sample-request"))
}

/// The parameters that a query string must have, with their examples.
fn query(description: &Description) -> String {
    let schema = description.query.as_ref().map(|schema| schema.as_value().clone()).unwrap_or_default();
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let pairs = required.map(|name| format!("{name}={}", example(description, &schema["properties"][name])));
    pairs.collect::<Vec<_>>().join("&")
}

/// The example in the parameter's schema.
fn parameter_example(description: &Description) -> String {
    let schema = description.path_parameter.as_ref().map(|schema| schema.as_value().clone()).unwrap_or_default();
    example(description, &schema).to_owned()
}

/// The example in a schema, or in the shared one that it names.
fn example<'d>(description: &'d Description, schema: &'d Value) -> &'d str {
    let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
    let shared = name.and_then(|name| description.generator.definitions().get(name));
    let mut schemas = [Some(schema), shared].into_iter().flatten();
    schemas.find_map(|schema| schema["examples"][0].as_str()).unwrap_or("sample")
}

fn events(function: &Function, description: &Description) -> Result<Vec<u8>, String> {
    let mut messages = Vec::new();
    for (id, (kind, schema)) in (1..).zip(&description.consumes) {
        let data = schema.as_value()["examples"][0].clone();
        if data.is_null() {
            return Err(format!("{kind}, which {} consumes, has no example", function.name));
        }
        let publisher = kind.split('.').next().unwrap_or_default();
        let event = json!({
            "specversion": "1.0",
            "id": format!("{publisher}/sample/1.1.0"),
            "source": format!("/contexts/{publisher}"),
            "type": kind,
            "subject": "sample",
            "time": Timestamp::from_millis(1_767_600_000_000),
            "datacontenttype": "application/json",
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "epoch": 1,
            "stateversion": 1,
            "data": data,
        });
        messages.push(message(id, event.to_string()));
    }
    Ok(queue_event(&messages))
}

fn message(id: u64, body: String) -> Message {
    Message { id, body, receives: 1, visible_at: Timestamp::from_millis(0) }
}

/// What a function is asked: the example of its question, or nothing in particular.
fn question(function: &Function, description: &Description) -> Result<Vec<u8>, String> {
    let Some(schema) = &description.question else {
        return Ok(b"{}".to_vec());
    };
    match &schema.as_value()["examples"][0] {
        Value::Null => Err(format!("the question that {} answers has no example", function.name)),
        example => Ok(example.to_string().into_bytes()),
    }
}

/// A relay sees removals too, and has nothing to say about them.
fn removal(function: &Function) -> StreamRecord {
    let name = "100000000000000000001".to_owned();
    let key = json!({ "pk": { "S": "sample" }, "sk": { "S": "sample" } });
    let record = json!({
        "eventID": "1",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "Keys": key,
            "OldImage": key,
            "SequenceNumber": name,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": format!("arn:aws:dynamodb:us-east-1:000000000000:table/{}/stream/sample", function.context),
    });
    StreamRecord { sequence: 1, name, record }
}
