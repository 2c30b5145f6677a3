//! What Lambda hands to functions: HTTP requests (payload 2.0), queue batches, stream batches; and what it reads back.

use crate::plane::{Message, StreamRecord};
use kernel::{Principal, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// An HTTP request to a function.
#[derive(Clone, Debug, Default)]
pub struct HttpRequest {
    /// Method and route: `GET /v1/orders/{order}`.
    pub route: String,
    /// The path's parameters.
    pub path: BTreeMap<String, String>,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// As it was sent, without the `?`.
    pub query: String,
    /// The address that it came from.
    pub source_ip: String,
    /// The token's claims, if there was a good one.
    pub claims: Map<String, Value>,
    /// The body: text, or anything else in base64.
    pub body: Option<String>,
    /// Whether it is in base64.
    pub is_base64: bool,
}

impl HttpRequest {
    /// As API Gateway hands it over.
    pub fn event(&self, id: &str) -> Vec<u8> {
        let mut context = json!({
            "requestId": id,
            "stage": "$default",
            "http": { "sourceIp": self.source_ip },
        });
        if !self.claims.is_empty() {
            context["authorizer"] = json!({ "jwt": { "claims": self.claims, "scopes": null } });
        }
        let event = json!({
            "version": "2.0",
            "routeKey": self.route,
            "rawQueryString": self.query,
            "headers": self.headers,
            "pathParameters": self.path,
            "requestContext": context,
            "body": self.body,
            "isBase64Encoded": self.is_base64,
        });
        event.to_string().into_bytes()
    }
}

/// The claims of an access token as the gateway passes them on: every value as text.
pub fn claims(principal: &Principal, issuer: &str, audience: &str, expires: Timestamp) -> Map<String, Value> {
    let roles: Vec<&str> = principal.roles.iter().map(|role| role.name()).collect();
    let claims = [
        ("iss", issuer.to_owned()),
        ("aud", audience.to_owned()),
        ("sub", principal.account.to_string()),
        ("roles", roles.join(" ")),
        ("token_use", "access".to_owned()),
        ("exp", expires.as_seconds().to_string()),
    ];
    claims.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))).collect()
}

/// A function's answer to an HTTP request.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HttpResponse {
    /// Status code.
    pub status_code: u16,
    /// By lower-case name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: String,
}

impl HttpResponse {
    /// Reads a function's answer. One that the gateway could not read is a 500, as on AWS.
    pub fn of(answer: &[u8]) -> Self {
        serde_json::from_slice(answer).unwrap_or_else(|_| Self::internal())
    }

    /// What API Gateway says when a function fails.
    pub fn internal() -> Self {
        let body = r#"{"message":"Internal Server Error"}"#.to_owned();
        Self { status_code: 500, headers: BTreeMap::new(), body }
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// A batch of a function's queue.
pub fn queue_event(messages: &[Message]) -> Vec<u8> {
    let records: Vec<Value> = messages
        .iter()
        .map(|message| {
            json!({
                "messageId": message.id.to_string(),
                "receiptHandle": message.id.to_string(),
                "body": message.body,
                "attributes": { "ApproximateReceiveCount": message.receives.to_string() },
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "awsRegion": "us-east-1",
            })
        })
        .collect();
    json!({ "Records": records }).to_string().into_bytes()
}

/// A start by the clock, planned for `at`.
pub fn schedule_event(at: Timestamp) -> Vec<u8> {
    json!({ "scheduled_at": at }).to_string().into_bytes()
}

/// A batch of a table's stream.
pub fn stream_event(records: &[StreamRecord]) -> Vec<u8> {
    let records: Vec<&Value> = records.iter().map(|record| &record.record).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

/// The identifiers that a function reported as failed; `None` if its answer says nothing readable, which Lambda
/// takes for a failure of the whole batch.
pub fn failures(answer: &[u8]) -> Option<BTreeSet<String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        batch_item_failures: Vec<Failure>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Failure {
        item_identifier: String,
    }
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    Some(answer.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect())
}
