//! Happy Cat Box's sandbox: its clients by its API, page by page, and signed webhooks when they change, which come
//! late, twice and in any order. Somebody who works there saves a client by `POST /v1/clients`.
//!
//! Its API: `GET /v1/clients?updated_after=&cursor=&limit=` with a bearer key lists clients by when they changed; its
//! webhooks are Standard Webhooks of the type `clients.updated`. Delays are derived, the time is given: the same
//! requests have the same answers.

use super::{Request, Sandbox, Webhook};
use crate::outside::Answer;
use kernel::{Digest, Timestamp};
use platform::standard_webhooks::{ID, SIGNATURE, TIMESTAMP, sign};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The key of functions: what [`crate::services::secrets`] gives them.
pub const API_KEY: &str = "development-happy-cat-box-key";
/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "development-happy-cat-box-webhook-secret";
/// Where webhooks go.
const ROUTE: &str = "POST /v1/webhooks/happy-cat-box";
/// The only type of event.
const UPDATED: &str = "clients.updated";
/// The most clients on a page.
const MAX_PAGE: usize = 100;
/// How often a webhook is tried.
const MAX_TRIES: u32 = 8;
/// How long an answer to a webhook may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The sandbox.
#[derive(Default)]
pub struct HappyCatBox {
    clients: BTreeMap<String, Value>,
    deliveries: BTreeMap<u64, Delivery>,
    count: u64,
    changed: BTreeSet<String>,
    unwanted: bool,
    is_prompt: bool,
}

/// A webhook on its way.
#[derive(Clone, Serialize, Deserialize)]
struct Delivery {
    at: Timestamp,
    id: String,
    body: String,
    tries: u32,
}

/// The headers of a webhook that is signed as Happy Cat Box signs.
pub fn signed(id: &str, body: &str, now: Timestamp) -> BTreeMap<String, String> {
    BTreeMap::from([
        ("content-type".to_owned(), "application/json".to_owned()),
        (ID.to_owned(), id.to_owned()),
        (TIMESTAMP.to_owned(), now.as_seconds().to_string()),
        (SIGNATURE.to_owned(), sign(WEBHOOK_SECRET.as_bytes(), id, now, body.as_bytes())),
    ])
}

/// The body of a webhook about clients.
pub fn updated(clients: &[Value], now: Timestamp) -> String {
    json!({ "type": UPDATED, "timestamp": now, "data": { "clients": clients } }).to_string()
}

impl Sandbox for HappyCatBox {
    fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        let key = request.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if key != Some(API_KEY) {
            return error(401, "The API key is missing or wrong.");
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        match (request.method.as_str(), path) {
            ("GET", "/v1/clients") => self.list(query),
            ("POST", "/v1/clients") => self.save(&request.body, now),
            _ => error(404, "There is nothing here."),
        }
    }

    fn due(&mut self, now: Timestamp) -> Option<Webhook> {
        let due = self.deliveries.iter().filter(|(_, delivery)| delivery.at <= now);
        let number = *due.min_by_key(|(number, delivery)| (delivery.at, **number))?.0;
        let delivery = self.deliveries.get_mut(&number)?;
        delivery.tries += 1;
        delivery.at = now.after(PATIENCE);
        self.changed.insert(delivery_name(number));
        let headers = signed(&delivery.id, &delivery.body, now);
        Some(Webhook {
            route: ROUTE,
            headers,
            body: delivery.body.clone(),
            delivery: number,
        })
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.deliveries.values().map(|delivery| delivery.at).min()
    }

    fn delivered(&mut self, delivery: u64, status: Option<u16>, now: Timestamp) {
        let Some(known) = self.deliveries.get_mut(&delivery) else {
            return;
        };
        self.changed.insert(delivery_name(delivery));
        if matches!(status, Some(200..300)) || known.tries >= MAX_TRIES {
            self.deliveries.remove(&delivery);
            return;
        }
        known.at = now.after(Duration::from_secs(5).saturating_mul(5u32.saturating_pow(known.tries.saturating_sub(1))));
    }

    fn subscribe(&mut self, types: &'static [&'static str]) {
        self.unwanted = !types.contains(&UPDATED);
    }

    fn be_prompt(&mut self) {
        self.is_prompt = true;
    }

    fn kept(&self) -> BTreeMap<String, i64> {
        BTreeMap::new()
    }

    fn changes(&mut self) -> Vec<(String, Option<Value>)> {
        let changed = std::mem::take(&mut self.changed);
        changed
            .into_iter()
            .map(|name| {
                let value = match name.split_once('/') {
                    Some(("client", id)) => self.clients.get(id).cloned(),
                    Some((_, number)) => {
                        let delivery = number.parse().ok().and_then(|number: u64| self.deliveries.get(&number));
                        // Plain data always serializes.
                        delivery.map(|delivery| serde_json::to_value(delivery).unwrap_or_default())
                    }
                    None => Some(json!(self.count)),
                };
                (name, value)
            })
            .collect()
    }

    fn restore(&mut self, state: Vec<(String, Value)>) -> Result<(), String> {
        for (name, value) in state {
            match name.split_once('/') {
                Some(("client", id)) => drop(self.clients.insert(id.to_owned(), value)),
                Some((_, number)) => {
                    let number = number.parse().map_err(|_| format!("{name} is no delivery"))?;
                    let delivery = serde_json::from_value(value).map_err(|error| error.to_string())?;
                    self.deliveries.insert(number, delivery);
                }
                None => self.count = value.as_u64().ok_or_else(|| format!("{name} is no number"))?,
            }
        }
        Ok(())
    }
}

impl HappyCatBox {
    /// A page of clients, by when they changed.
    fn list(&self, query: &str) -> Answer {
        let parameters: BTreeMap<String, String> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let limit = parameters.get("limit").map_or(Ok(MAX_PAGE), |limit| limit.parse());
        let after = parameters.get("updated_after").map(|time| time.parse::<Timestamp>()).transpose();
        let (Ok(limit @ 1..=MAX_PAGE), Ok(after)) = (limit, after) else {
            return error(400, "limit is 1 to 100, updated_after a time.");
        };
        let cursor = parameters.get("cursor").map(|cursor| place(cursor));
        if cursor == Some(None) {
            return error(410, "The cursor is no longer good.");
        }
        let mut found: Vec<((i64, &str), &Value)> =
            self.clients.iter().map(|(id, client)| ((changed_at(client), id.as_str()), client)).collect();
        found.sort_by_key(|(place, _)| *place);
        found.retain(|(place, _)| match (&cursor, after) {
            (Some(Some((at, id))), _) => *place > (*at, id.as_str()),
            (_, Some(after)) => place.0 > after.as_millis(),
            _ => true,
        });
        let page = &found[..limit.min(found.len())];
        let next = page.last().filter(|_| found.len() > limit).map(|((at, id), _)| format!("{at}-{id}"));
        let clients: Vec<&Value> = page.iter().map(|(_, client)| *client).collect();
        Answer::json(&json!({ "clients": clients, "next": next }))
    }

    /// Somebody there saves a client, which is told to us.
    fn save(&mut self, body: &[u8], now: Timestamp) -> Answer {
        let Ok(mut client) = serde_json::from_slice::<Value>(body) else {
            return error(400, "A client is a JSON object.");
        };
        let Some(id) = client["id"].as_str().map(str::to_owned) else {
            return error(400, "A client has an id.");
        };
        client["updated_at"] = json!(now);
        self.clients.insert(id.clone(), client.clone());
        self.changed.insert(format!("client/{id}"));
        if !self.unwanted {
            self.tell(&client, now);
        }
        Answer::json(&client)
    }

    fn tell(&mut self, client: &Value, now: Timestamp) {
        let number = self.number();
        let chance = Digest::of([format!("hcb {number}")]).high_bits();
        let late = [0, 0, 2_000, 60_000][usize::from((chance % 4) as u8)];
        let again = (chance >> 8).is_multiple_of(3).then_some(late + 30_000);
        let (late, again) = if self.is_prompt { (0, None) } else { (late, again) };
        let body = updated(std::slice::from_ref(client), now);
        for delay in std::iter::once(late).chain(again) {
            let number = self.number();
            let at = now.after(Duration::from_millis(delay));
            let id = format!("hcb_{}", Digest::of([&body]).short(20));
            self.deliveries.insert(number, Delivery { at, id, body: body.clone(), tries: 0 });
            self.changed.insert(delivery_name(number));
        }
    }

    fn number(&mut self) -> u64 {
        self.count += 1;
        self.changed.insert("count".to_owned());
        self.count
    }
}

fn delivery_name(number: u64) -> String {
    format!("delivery/{number}")
}

fn changed_at(client: &Value) -> i64 {
    let at = client["updated_at"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    at.map_or(0, Timestamp::as_millis)
}

fn place(cursor: &str) -> Option<(i64, String)> {
    let (at, id) = cursor.split_once('-')?;
    Some((at.parse().ok()?, id.to_owned()))
}

fn error(status: u16, message: &str) -> Answer {
    Answer::new(status, json!({ "error": message }).to_string())
}
