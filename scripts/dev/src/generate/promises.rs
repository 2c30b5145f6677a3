//! `events/promises.txt`: what clients and consumers rely on, one line each. A change of it reads as a diff, and what
//! breaks them is refused.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Schemas that lead deeper than this lead in circles.
const DEPTH: usize = 12;

/// Everything that is promised by the OpenAPI document and the events' schemas.
pub fn promises(openapi: &Value, events: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (path, item) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let route = format!("{} {path}", method.to_uppercase());
            lines.insert(format!("{route} by {}", operation["x-caller"].as_str().unwrap_or("anyone")));
            operation_lines(&route, operation, openapi, &mut lines);
        }
    }
    for (kind, schema) in events {
        let mut walk = Walk { of: kind, root: schema, lines: &mut lines };
        walk.schema("", schema, true, 0);
    }
    lines
}

fn operation_lines(route: &str, operation: &Value, openapi: &Value, lines: &mut BTreeSet<String>) {
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        let place = parameter["in"].as_str().unwrap_or_default();
        // What stands in the path is in the route.
        if place != "path" {
            let of = format!("{route} request");
            let mut walk = Walk { of: &of, root: openapi, lines };
            let name = format!("{place} {}", parameter["name"].as_str().unwrap_or_default());
            walk.schema(&name, &parameter["schema"], parameter["required"] == true, 0);
        }
    }
    let of = format!("{route} request");
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    Walk { of: &of, root: openapi, lines }.schema("", body, true, 0);
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let of = format!("{route} {status}");
        match &response["content"]["application/json"]["schema"] {
            Value::Null if status.starts_with('2') => drop(lines.insert(of)),
            schema if status.starts_with('2') => Walk { of: &of, root: openapi, lines }.schema("", schema, true, 0),
            // Codes stand in the description, between backticks.
            _ => {
                let codes = response["description"].as_str().unwrap_or_default().split('`').skip(1).step_by(2);
                lines.extend(codes.map(|code| format!("{of} {code}")));
            }
        }
    }
}

/// A walk through one schema.
struct Walk<'w> {
    of: &'w str,
    /// What references are relative to.
    root: &'w Value,
    lines: &'w mut BTreeSet<String>,
}

impl Walk<'_> {
    fn schema(&mut self, path: &str, schema: &Value, required: bool, depth: usize) {
        if depth > DEPTH || !schema.is_object() {
            return;
        }
        if let Some(reference) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
            let target = self.root.pointer(reference).cloned().unwrap_or_default();
            return self.schema(path, &target, required, depth + 1);
        }
        let values = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
        for value in values {
            self.lines.insert(format!("{} {path} = {value}", self.of));
        }
        for variant in ["oneOf", "anyOf", "allOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
            self.schema(path, variant, required, depth + 1);
        }
        let kinds: Vec<&str> = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
            kind => kind.as_str().into_iter().collect(),
        };
        if !kinds.is_empty() && !path.is_empty() {
            let presence = if required { "required" } else { "optional" };
            self.lines.insert(format!("{} {path}: {} {presence}", self.of, kinds.join("|")));
        }
        let always: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            self.schema(&path, member, always.contains(&name.as_str()), depth + 1);
        }
        self.schema(&format!("{path}[]"), &schema["items"], true, depth + 1);
        self.schema(&format!("{path}{{}}"), &schema["additionalProperties"], true, depth + 1);
    }
}

/// What of `before` does not hold in `now`, and what is asked for that was not, in words.
pub fn broken(before: &BTreeSet<String>, now: &BTreeSet<String>) -> Vec<String> {
    let gone = before.difference(now).map(|line| format!("no more: {line}"));
    let asked = now.difference(before).filter(|line| is_demand(line) && is_old(line, before));
    gone.chain(asked.map(|line| format!("asked for now: {line}"))).collect()
}

/// Whether a client must send this.
fn is_demand(line: &str) -> bool {
    line.contains(" request ") && line.ends_with(" required")
}

/// Whether the route was there before, and with it the object that the member belongs to.
fn is_old(line: &str, before: &BTreeSet<String>) -> bool {
    let member = line.split(": ").next().unwrap_or(line);
    let route = line.split(" request ").next().unwrap_or(line);
    let known = |start: &str| before.range(start.to_owned()..).next().is_some_and(|found| found.starts_with(start));
    match member.rsplit_once('.') {
        Some((object, _)) => known(object),
        None => known(&format!("{route} ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{broken, promises};
    use serde_json::{Value, json};
    use std::collections::{BTreeMap, BTreeSet};

    fn api(request: &Value, reply: &Value) -> BTreeSet<String> {
        let content = |schema: &Value| json!({ "application/json": { "schema": schema } });
        let operation = json!({
            "x-caller": "customer",
            "requestBody": { "content": content(request) },
            "responses": {
                "201": { "content": content(reply) },
                "409": { "description": "`total-changed`: The total has changed." },
            },
        });
        promises(&json!({ "paths": { "/v1/orders": { "post": operation } } }), &BTreeMap::new())
    }

    fn object(members: &Value, required: &[&str]) -> Value {
        json!({ "type": "object", "properties": members, "required": required })
    }

    #[test]
    fn what_is_promised_is_said_in_lines() {
        let sku = object(&json!({ "sku": { "type": "string" } }), &["sku"]);
        let lines = api(
            &object(&json!({ "lines": { "type": "array", "items": sku } }), &["lines"]),
            &object(&json!({ "state": { "enum": ["placed", "paid"] }, "note": { "type": ["string", "null"] } }), &[]),
        );
        let expected = [
            "POST /v1/orders 201 note: string|null optional",
            "POST /v1/orders 201 state = \"paid\"",
            "POST /v1/orders 201 state = \"placed\"",
            "POST /v1/orders 409 total-changed",
            "POST /v1/orders by customer",
            "POST /v1/orders request lines: array required",
            "POST /v1/orders request lines[].sku: string required",
            "POST /v1/orders request lines[]: object required",
        ];
        assert_eq!(lines.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn more_is_no_breach_less_is_and_a_new_demand_is() {
        let text = json!({ "type": "string" });
        let before = api(&object(&json!({ "a": text }), &["a"]), &object(&json!({ "id": text, "b": text }), &["id"]));
        let more = api(
            &object(&json!({ "a": text, "c": object(&json!({ "d": text }), &["d"]) }), &["a"]),
            &object(&json!({ "id": text, "b": text, "e": text }), &["id", "e"]),
        );
        assert_eq!(broken(&before, &more), [] as [String; 0]);
        let less = api(&object(&json!({ "a": text }), &["a"]), &object(&json!({ "id": text }), &["id"]));
        assert_eq!(broken(&before, &less), ["no more: POST /v1/orders 201 b: string optional"]);
        let demand = api(
            &object(&json!({ "a": text, "f": text }), &["a", "f"]),
            &object(&json!({ "id": text, "b": text }), &["id"]),
        );
        assert_eq!(broken(&before, &demand), ["asked for now: POST /v1/orders request f: string required"]);
        let number = json!({ "type": "integer" });
        let other = api(&object(&json!({ "a": number }), &["a"]), &object(&json!({ "id": text, "b": text }), &["id"]));
        assert_eq!(broken(&before, &other).len(), 2, "{:?}", broken(&before, &other));
    }

    #[test]
    fn a_new_route_may_ask_for_anything() {
        let text = json!({ "type": "string" });
        let now = api(&object(&json!({ "a": text }), &["a"]), &object(&json!({}), &[]));
        assert_eq!(broken(&BTreeSet::new(), &now), [] as [String; 0]);
    }
}
