//! What a developer sees and does beside the API: `/__local/…`, on this machine only.
//!
//! | request | what it does |
//! | --- | --- |
//! | `GET /__local/status` | what is under way |
//! | `GET /__local/messages[?to=address]` | e-mails and text messages that were sent, newest first |
//! | `GET /__local/dead-letters` | what could not be dealt with, by function |
//! | `POST /__local/dead-letters/<function>/redrive` | puts them back into the function's queue |
//! | `GET /__local/parked` | changes that could not be announced |
//! | `POST /__local/schedules/<function>/run` | starts a scheduled function now |
//! | `POST /__local/republish/<context>` | announces the whole table of a context again |

use crate::gateway::Gateway;
use crate::server::as_json;
use crate::trigger::schedule_event;
use bytes::Bytes;
use http_body_util::Full;
use hyper::Response;
use platform::function::Trigger;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many messages are shown.
const SHOWN: usize = 200;

impl Gateway {
    /// Answers `method /__local/path`.
    pub(crate) async fn local(&self, method: &str, path: &str, query: &str) -> Response<Full<Bytes>> {
        let parts: Vec<&str> = path.split('/').collect();
        let done = match (method, &parts[..]) {
            ("GET", ["status"]) => Ok(self.status()),
            ("GET", ["messages"]) => Ok(self.messages(query)),
            ("GET", ["dead-letters"]) => Ok(self.dead_letters()),
            ("POST", ["dead-letters", function, "redrive"]) => self.redrive(function),
            ("GET", ["parked"]) => Ok(self.parked()),
            ("POST", ["schedules", function, "run"]) => self.run(function).await,
            ("POST", ["republish", context]) => self.republish(context).await,
            _ => return as_json(404, &json!({ "detail": "there is no such thing under /__local" })),
        };
        match done {
            Ok(value) => as_json(200, &value),
            Err(reason) => as_json(400, &json!({ "detail": reason })),
        }
    }

    /// What is under way: for scripts that wait until everything is quiet.
    fn status(&self) -> Value {
        let cloud = &self.running.cloud;
        let (sandboxes, plane) = (cloud.sandboxes().next_due(), cloud.plane());
        let dead: BTreeMap<_, _> =
            plane.consumers().into_iter().map(|function| (function, plane.dead(function).len())).collect();
        let shards = cloud.contexts.iter().flat_map(|context| plane.filled_shards(context));
        let unread: usize = shards.map(|(_, records)| records).sum();
        let soon = self.running.host.now().after(std::time::Duration::from_secs(60));
        json!({
            "messages_waiting": plane.waiting_until(soon),
            "messages_delayed": plane.waiting() - plane.waiting_until(soon),
            "changes_unpublished": unread,
            "webhooks_waiting": sandboxes.is_some_and(|due| due <= soon),
            "dead_letters": dead,
            "sent": self.sent(),
        })
    }

    fn messages(&self, query: &str) -> Value {
        let to = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "to").map(|(_, to)| to);
        let sent = self.running.cloud.sent();
        let messages = sent.messages().iter().rev().filter(|message| to.as_ref().is_none_or(|to| message.to == **to));
        json!(messages.take(SHOWN).collect::<Vec<_>>())
    }

    /// How many messages went each way, and how many of them a person got twice.
    fn sent(&self) -> Value {
        let sent = self.running.cloud.sent();
        let count = |channel: &str| sent.messages().iter().filter(|message| message.channel == channel).count();
        let references = sent.messages().iter().filter(|message| !message.reference.is_empty());
        let distinct: BTreeSet<&str> = references.clone().map(|message| message.reference.as_str()).collect();
        json!({ "email": count("email"), "sms": count("sms"), "repeated": references.count() - distinct.len() })
    }

    fn dead_letters(&self) -> Value {
        let plane = self.running.cloud.plane();
        let dead = |function: &str| -> Vec<Value> {
            let messages = plane.dead(function).iter().take(SHOWN);
            messages.map(|message| serde_json::from_str(&message.body).unwrap_or(json!(message.body))).collect()
        };
        let all: BTreeMap<_, _> = plane.consumers().into_iter().map(|function| (function, dead(function))).collect();
        json!(all.into_iter().filter(|(_, dead)| !dead.is_empty()).collect::<BTreeMap<_, _>>())
    }

    fn redrive(&self, function: &str) -> Result<Value, String> {
        let count = self.running.cloud.plane().redrive(function, self.running.host.now())?;
        self.running.wake();
        Ok(json!({ "redriven": count }))
    }

    fn parked(&self) -> Value {
        let objects = self.running.cloud.objects();
        json!(objects.parked.keys().take(SHOWN).collect::<Vec<_>>())
    }

    async fn run(&self, function: &str) -> Result<Value, String> {
        let found = self.running.cloud.function(function).map(|function| &function.trigger);
        if !matches!(found, Some(Trigger::Schedule(_))) {
            return Err(format!("{function} is no scheduled function"));
        }
        let (id, event) = (self.running.invocation_id(), schedule_event(self.running.host.now()));
        let answer = self.running.invoke(function, &id, event).await;
        answer
            .map(|_| json!({ "ran": function }))
            .ok_or_else(|| format!("{function} failed: see functions.log"))
    }

    async fn republish(&self, context: &str) -> Result<Value, String> {
        let function = format!("republish-{context}");
        let (mut events, mut ask) = (0, json!({}));
        loop {
            let id = self.running.invocation_id();
            let answer = self.running.invoke(&function, &id, ask.to_string().into_bytes()).await;
            let answer: Value = answer
                .and_then(|answer| serde_json::from_slice(&answer).ok())
                .ok_or_else(|| format!("{function} failed, or there is none"))?;
            events += answer["events"].as_u64().unwrap_or_default();
            if answer["next"].is_null() {
                return Ok(json!({ "events": events }));
            }
            ask = json!({ "from": answer["next"] });
        }
    }
}
