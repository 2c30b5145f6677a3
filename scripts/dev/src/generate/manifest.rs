//! `infra/manifest.json`: what the deployment needs to know of each context and function.

use super::Described;
use platform::Function;
use platform::describe::{Access, Description};
use platform::function::Trigger;
use serde_json::{Value, json};

/// How often a message is received before it becomes a dead letter. Transactions of many orders on one SKU conflict
/// as a matter of course.
const MAX_RECEIVE_COUNT: u32 = 20;

/// The manifest.
pub fn manifest(contexts: &[Described]) -> Value {
    let functions = contexts.iter().flat_map(|context| &context.functions);
    json!({
        "contexts": contexts.iter().map(context).collect::<Vec<_>>(),
        "functions": functions.map(|(function, description)| entry(function, description)).collect::<Vec<_>>(),
    })
}

fn context(context: &Described) -> Value {
    let mut publishes: Vec<&str> = context
        .functions
        .iter()
        .flat_map(|(_, description)| description.publishes.iter().map(|(kind, _)| *kind))
        .collect();
    publishes.sort_unstable();
    let indexes: Vec<Value> = context
        .indexes
        .iter()
        .map(|index| {
            json!({
                "name": index.name,
                "partition_key": index.partition,
                "sort_key": index.sort,
                "projection": "keys-only",
            })
        })
        .collect();
    json!({ "name": context.name, "indexes": indexes, "publishes": publishes })
}

fn entry(function: &Function, description: &Description) -> Value {
    let settings: &[&str] = if description.caller.is_some() { &["issuer", "audience"] } else { &[] };
    json!({
        "name": function.name,
        "context": function.context,
        "memory_mb": function.memory_mb,
        "timeout_s": function.timeout.as_secs(),
        "trigger": trigger(function, description),
        "table": match description.table {
            Access::None => "none",
            Access::Read => "read",
            Access::ReadWrite => "read-write",
        },
        "publishes": !description.publishes.is_empty(),
        "reads_settings": settings,
    })
}

fn trigger(function: &Function, description: &Description) -> Value {
    match function.trigger {
        Trigger::Http { method, path } => json!({
            "kind": "http",
            "method": method,
            "path": path,
            "caller": description.caller.map_or("anyone", |role| role.name()),
        }),
        Trigger::Events => json!({
            "kind": "events",
            "types": description.consumes.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            "batch_size": 10,
            "max_receive_count": MAX_RECEIVE_COUNT,
            "max_concurrency": 10,
        }),
        Trigger::Stream => json!({ "kind": "stream", "batch_size": 100, "parallelization": 4 }),
    }
}
