//! `events/openapi.json`: the public API.

use super::Described;
use platform::describe::{Caller, Description};
use platform::function::Trigger;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The OpenAPI document. An error if two schemas share a name: one of them would be lost.
pub fn openapi(contexts: &[Described]) -> Result<Value, String> {
    let (mut paths, mut schemas, mut collisions) = (Map::new(), Map::new(), Vec::new());
    schemas.insert("Problem".to_owned(), problem_schema());
    schemas.insert("GatewayMessage".to_owned(), gateway_schema());
    for (function, description) in contexts.iter().flat_map(|context| &context.functions) {
        let Trigger::Http { method, path } = function.trigger else {
            continue;
        };
        for (name, schema) in description.generator.definitions() {
            let other = schemas.insert(name.clone(), schema.clone());
            if other.is_some_and(|other| other != *schema) {
                collisions.push(format!("{}: another schema is called {name} too; rename one of them", function.name));
            }
        }
        let operation = operation(function.name, function.context, path, description);
        let item = paths.entry(path).or_insert_with(|| json!({}));
        item[method.to_lowercase()] = operation;
    }
    if !collisions.is_empty() {
        return Err(collisions.join("\n"));
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Yarmarka",
            "version": "1",
            "description": "The back office of a marketplace. Bodies are in snake_case, money is in minor units, times are RFC 3339 in UTC.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" },
            },
        },
    }))
}

fn operation(name: &str, context: &str, path: &str, description: &Description) -> Value {
    let mut operation = json!({
        "operationId": name,
        "tags": [context],
        "parameters": parameters(path, description),
        "responses": responses(description),
    });
    if let Some(caller) = description.caller {
        operation["x-caller"] = json!(caller.name());
        if caller != Caller::Anyone {
            operation["security"] = json!([{ "token": [] }]);
        }
    }
    if description.raw_body {
        let content = json!({ "schema": { "type": "string", "contentMediaType": "application/json" } });
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    if let Some(body) = &description.body {
        let mut content = json!({ "schema": body });
        if let Some(example) = &description.body_example {
            content["example"] = example.clone();
        }
        operation["requestBody"] = json!({ "required": true, "content": { "application/json": content } });
    }
    operation
}

fn parameters(path: &str, description: &Description) -> Vec<Value> {
    let mut parameters = Vec::new();
    let name = path.split('/').find_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    if let (Some(schema), Some(name)) = (&description.path_parameter, name) {
        parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }
    let query = description.query.as_ref().map(|schema| schema.as_value().clone()).unwrap_or_default();
    for (name, schema) in query["properties"].as_object().into_iter().flatten() {
        let required = query["required"].as_array().is_some_and(|names| names.contains(&json!(name)));
        parameters.push(json!({ "name": name, "in": "query", "required": required, "schema": schema }));
    }
    if description.idempotency_key {
        let shortest = if description.caller == Some(Caller::Anyone) { 22 } else { 16 };
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "required": true,
            "description": "Names this request: send the same key when you repeat it, a new one for another request.",
            "schema": { "type": "string", "pattern": format!("^[!-~]{{{shortest},200}}$") },
        }));
    }
    if description.if_match {
        parameters.push(json!({
            "name": "If-Match",
            "in": "header",
            "required": false,
            "description": "The ETag that the caller saw: the change is made to that version or not at all.",
            "schema": { "type": "string", "pattern": "^(\\*|\"[0-9]{1,18}\")$" },
        }));
    }
    parameters
}

fn responses(description: &Description) -> Map<String, Value> {
    let mut responses = Map::new();
    if let Some((status, schema)) = &description.reply {
        let mut response = json!({ "description": "Done." });
        if let Some(schema) = schema {
            response["content"] = json!({ "application/json": { "schema": schema } });
        }
        responses.insert(status.to_string(), response);
    }
    let mut problems: BTreeMap<u16, Vec<(&str, &str)>> = BTreeMap::new();
    for problem in &description.problems {
        problems.entry(problem.status).or_default().push((problem.code, problem.title));
    }
    for (status, mut entries) in problems {
        entries.sort_unstable();
        entries.dedup();
        let text: Vec<String> = entries.iter().map(|(code, title)| format!("`{code}`: {title}.")).collect();
        let mut content = json!({ "application/problem+json": { "schema": reference("Problem") } });
        if status == 401 {
            // The gateway refuses most of these tokens before a function sees them, in words of its own.
            content["application/json"] = json!({ "schema": reference("GatewayMessage") });
        }
        responses.insert(status.to_string(), json!({ "description": text.join(" "), "content": content }));
    }
    responses
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

/// How the gateway itself refuses.
fn gateway_schema() -> Value {
    json!({
        "type": "object",
        "description": "The gateway's own refusal.",
        "required": ["message"],
        "properties": { "message": { "type": "string" } },
    })
}

/// RFC 9457. Facts of the occurrence stand beside the standard members.
fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "A problem detail (RFC 9457).",
        "required": ["status", "type", "code", "title", "detail"],
        "properties": {
            "status": { "type": "integer" },
            "type": { "type": "string", "description": "A stable URI of the kind of problem." },
            "code": { "type": "string", "description": "The same as a short word." },
            "title": { "type": "string" },
            "detail": { "type": "string" },
        },
    })
}
