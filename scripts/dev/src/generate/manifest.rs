//! `infra/manifest.json`: what the deployment needs to know of each context and function.

use super::Described;
use platform::Function;
use platform::describe::{Access, Caller, Description};
use platform::function::{Schedule, Trigger};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut settings = description.settings.clone();
    let figures: BTreeMap<&str, &str> = description.figures.iter().copied().collect();
    if description.caller.is_some_and(|caller| caller != Caller::Anyone) {
        settings.extend(["issuer", "audience"]);
    }
    settings.sort_unstable();
    settings.dedup();
    let mut entry = json!({
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
    });
    // What few functions need is left out of the others.
    for (name, wanted) in [
        ("parks", description.parks),
        ("signs", description.signs),
        ("walks", description.walks),
    ] {
        if wanted {
            entry[name] = json!(true);
        }
    }
    let lists = [
        ("asks", &description.asks),
        ("looks_into", &description.looks_into),
        ("partners", &description.partners),
        ("puts_into", &description.puts_into),
        ("secrets", &description.secrets),
        ("sends", &description.sends),
    ];
    for (name, list) in lists {
        let list: BTreeSet<&str> = list.iter().copied().collect();
        if !list.is_empty() {
            entry[name] = json!(list);
        }
    }
    if !figures.is_empty() {
        let figures = figures.into_iter().map(|(name, default)| json!({ "name": name, "default": default }));
        entry["figures"] = figures.collect();
    }
    entry
}

fn trigger(function: &Function, description: &Description) -> Value {
    match function.trigger {
        Trigger::Http { method, path } => json!({
            "kind": "http",
            "method": method,
            "path": path,
            "caller": description.caller.unwrap_or(Caller::Anyone).name(),
        }),
        Trigger::Events => json!({
            "kind": "events",
            "types": description.consumes.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            "delay_s": function.delay.as_secs(),
            "batch_size": 10,
            "max_receive_count": MAX_RECEIVE_COUNT,
            "max_concurrency": 10,
        }),
        Trigger::Foreign { topic } => json!({ "kind": "foreign", "topic": topic }),
        Trigger::Stream => json!({ "kind": "stream", "batch_size": 100, "parallelization": 4 }),
        Trigger::Schedule(schedule) => json!({
            "kind": "schedule",
            "expression": expression(schedule),
            "zone": "UTC",
        }),
        Trigger::Direct => json!({ "kind": "direct" }),
    }
}

/// A schedule as EventBridge Scheduler writes it.
fn expression(schedule: Schedule) -> String {
    match schedule {
        Schedule::Every(period) => match period.as_secs() / 60 {
            1 => "rate(1 minute)".to_owned(),
            minutes => format!("rate({minutes} minutes)"),
        },
        Schedule::Daily { hour, minute } => format!("cron({minute} {hour} * * ? *)"),
    }
}
