//! `events/asyncapi.json` and `events/schemas`: the events that contexts publish, and who consumes them.

use super::{Described, schema_path};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schema of every published event, by type.
pub fn schemas(contexts: &[Described]) -> BTreeMap<String, Value> {
    let functions = contexts.iter().flat_map(|context| &context.functions);
    let published = functions.flat_map(|(_, description)| &description.publishes);
    published.map(|(kind, schema)| ((*kind).to_owned(), schema.clone().to_value())).collect()
}

/// The AsyncAPI document.
pub fn asyncapi(contexts: &[Described]) -> Value {
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for context in contexts {
        let mut in_channel = Map::new();
        for (function, description) in &context.functions {
            for (kind, _) in &description.publishes {
                messages.insert((*kind).to_owned(), message(kind));
                in_channel.insert((*kind).to_owned(), reference("components/messages", kind));
            }
            if !description.publishes.is_empty() {
                operations.insert(function.name.to_owned(), operation("send", context.name, &description.publishes));
            }
        }
        channels.insert(context.name.to_owned(), json!({ "address": context.name, "messages": in_channel }));
    }
    for (function, description) in contexts.iter().flat_map(|context| &context.functions) {
        let mut by_publisher: BTreeMap<&str, Vec<(&'static str, ())>> = BTreeMap::new();
        for (kind, _) in &description.consumes {
            by_publisher.entry(kind.split('.').next().unwrap_or_default()).or_default().push((*kind, ()));
        }
        // An operation has one channel: who listens to several contexts has an operation for each.
        let alone = by_publisher.len() == 1;
        for (publisher, kinds) in by_publisher {
            let name = if alone {
                function.name.to_owned()
            } else {
                format!("{}-from-{publisher}", function.name)
            };
            operations.insert(name, operation("receive", publisher, &kinds));
        }
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Yarmarka's events",
            "version": "1",
            "description": "CloudEvents 1.0 in JSON, at least once, in no order. A channel is a context's topic.",
        },
        "channels": channels,
        "operations": operations,
        "components": { "messages": messages },
    })
}

fn operation<S>(action: &str, channel: &str, kinds: &[(&'static str, S)]) -> Value {
    let messages: Vec<Value> =
        kinds.iter().map(|(kind, _)| reference(&format!("channels/{channel}/messages"), kind)).collect();
    json!({ "action": action, "channel": reference("channels", channel), "messages": messages })
}

fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{name}") })
}

fn message(kind: &str) -> Value {
    let file = schema_path(kind);
    let file = file.strip_prefix("events/").unwrap_or(&file);
    json!({
        "name": kind,
        "contentType": "application/cloudevents+json",
        "payload": {
            "type": "object",
            "required": [
                "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "traceparent", "epoch",
                "stateversion", "data",
            ],
            "properties": { "type": { "const": kind }, "data": { "$ref": format!("./{file}") } },
        },
    })
}
