//! Biscuit's sandbox: a vendor of cookies with a small REST API, no kinder than a real one.
//!
//! JSON bodies, bearer keys, idempotency keys (24 hours, the same body only; a repetition gets the first answer, however
//! old). The same reference without the same key is another order. An order is *pending* until the baker decides, some
//! minutes later; what is needed within the hour is rejected at once; what is confirmed cannot be cancelled. A new order
//! is not found by its reference for half a minute. There are no webhooks. Ids and delays are derived, the time is given:
//! the same requests have the same answers.

use super::{Request, Sandbox, Webhook};
use crate::outside::Answer;
use kernel::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The key of functions: what [`crate::services::secrets`] gives them.
pub const API_KEY: &str = "development-biscuit-key";
/// How long an idempotency key is remembered.
pub const KEY_LIFE: Duration = Duration::from_secs(86_400);
/// How long before it is needed an order must come.
pub const NOTICE: Duration = Duration::from_secs(3600);
/// How long a new order is not found by its reference.
pub const LAG: Duration = Duration::from_secs(30);
/// The longest idempotency key.
const MAX_KEY: usize = 100;

/// The sandbox.
#[derive(Default)]
pub struct Biscuit {
    values: BTreeMap<String, Value>,
    changed: BTreeSet<String>,
    is_prompt: bool,
}

/// An order.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Order {
    id: String,
    reference: String,
    needed_at: Timestamp,
    created_at: Timestamp,
    /// When the baker confirms it, unless something else comes first.
    decides_at: Timestamp,
    /// What came first.
    ended: Option<Ended>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Ended {
    TooLate,
    Cancelled,
}

/// What was answered under an idempotency key.
#[derive(Serialize, Deserialize)]
struct Remembered {
    body: Value,
    answer: Value,
    until: Timestamp,
}

/// What a customer asks for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    reference: String,
    product: String,
    quantity: u32,
    needed_at: Timestamp,
}

type Reply = Result<(u16, Value), (u16, &'static str)>;

impl Sandbox for Biscuit {
    fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        match self.route(request, now) {
            Ok((status, body)) => Answer::new(status, body.to_string()),
            Err((status, code)) => Answer::new(status, json!({ "error": { "code": code } }).to_string()),
        }
    }

    fn due(&mut self, _: Timestamp) -> Option<Webhook> {
        None
    }

    fn next_due(&self) -> Option<Timestamp> {
        None
    }

    fn delivered(&mut self, _: u64, _: Option<u16>, _: Timestamp) {}

    fn subscribe(&mut self, _: &'static [&'static str]) {}

    fn be_prompt(&mut self) {
        self.is_prompt = true;
    }

    /// How many were ordered under each reference, less those that will not be baked.
    fn kept(&self) -> BTreeMap<String, i64> {
        let mut kept = BTreeMap::new();
        for order in self.orders().filter(|order| order.ended.is_none()) {
            *kept.entry(order.reference).or_default() += 1;
        }
        kept
    }

    fn changes(&mut self) -> Vec<(String, Option<Value>)> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|name| (name.clone(), self.values.get(&name).cloned())).collect()
    }

    fn restore(&mut self, state: Vec<(String, Value)>) -> Result<(), String> {
        self.values = state.into_iter().collect();
        Ok(())
    }
}

impl Biscuit {
    fn route(&mut self, request: &Request, now: Timestamp) -> Reply {
        let bearer = request.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
        if bearer != Some(API_KEY) {
            return Err((401, "unauthorized"));
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (request.method.as_str(), &parts[..]) {
            ("POST", ["v1", "orders"]) => self.place(request, now),
            ("GET", ["v1", "orders"]) => self.find(query, now),
            ("GET", ["v1", "orders", id]) => Ok((200, self.order(id)?.view(now))),
            ("POST", ["v1", "orders", id, "cancel"]) => self.cancel(id, now),
            _ => Err((404, "no_such_resource")),
        }
    }

    fn place(&mut self, request: &Request, now: Timestamp) -> Reply {
        let body: Value = serde_json::from_slice(&request.body).map_err(|_| (400, "not_json"))?;
        let wish: Wish = serde_json::from_value(body.clone()).map_err(|_| (400, "not_an_order"))?;
        if wish.product != "cookie" || !(1..=12).contains(&wish.quantity) || wish.reference.len() > 64 {
            return Err((422, "not_for_sale"));
        }
        let key = request.headers.get("idempotency-key").filter(|key| !key.is_empty() && key.len() <= MAX_KEY);
        let name = format!("key/{}", key.ok_or((400, "idempotency_key_missing"))?);
        if let Some(known) = self.get::<Remembered>(&name).filter(|known| now < known.until) {
            return match known.body == body {
                true => Ok((201, known.answer)),
                false => Err((422, "idempotency_key_reused")),
            };
        }
        let order = self.bake(wish, now);
        self.put(&format!("order/{}", order.id), &order);
        let answer = order.view(now);
        let until = now.after(KEY_LIFE);
        self.put(&name, &Remembered { body, answer: answer.clone(), until });
        Ok((201, answer))
    }

    fn bake(&mut self, wish: Wish, now: Timestamp) -> Order {
        let number = self.get::<u64>("counter").unwrap_or(0) + 1;
        self.put("counter", &number);
        let digest = Digest::of(["biscuit", &number.to_string(), &wish.reference]);
        let thinks = match self.is_prompt {
            true => Duration::ZERO,
            false => Duration::from_secs(60 + u64::try_from(digest.high_bits() % 840).unwrap_or(0)),
        };
        let too_late = wish.needed_at < now.after(NOTICE);
        Order {
            id: format!("bsc_{}", digest.short(20)),
            reference: wish.reference,
            needed_at: wish.needed_at,
            created_at: now,
            decides_at: now.after(thinks),
            ended: too_late.then_some(Ended::TooLate),
        }
    }

    fn find(&self, query: &str, now: Timestamp) -> Reply {
        let reference = query.strip_prefix("reference=").ok_or((400, "reference_missing"))?;
        let found: Vec<Value> = self
            .orders()
            .filter(|order| order.reference == reference && order.created_at.after(LAG) <= now)
            .map(|order| order.view(now))
            .collect();
        Ok((200, json!({ "orders": found })))
    }

    fn cancel(&mut self, id: &str, now: Timestamp) -> Reply {
        let order = self.order(id)?;
        match order.status(now) {
            "confirmed" => Err((409, "already_confirmed")),
            "rejected" => Err((409, "already_rejected")),
            _ => {
                let order = Order { ended: Some(Ended::Cancelled), ..order };
                self.put(&format!("order/{id}"), &order);
                Ok((200, order.view(now)))
            }
        }
    }

    fn order(&self, id: &str) -> Result<Order, (u16, &'static str)> {
        self.get(&format!("order/{id}")).ok_or((404, "no_such_order"))
    }

    fn orders(&self) -> impl Iterator<Item = Order> {
        let from = self.values.range("order/".to_owned()..);
        let orders = from.take_while(|(name, _)| name.starts_with("order/"));
        orders.filter_map(|(_, value)| serde_json::from_value(value.clone()).ok())
    }

    fn get<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.values.get(name)?.clone()).ok()
    }

    fn put<T: Serialize>(&mut self, name: &str, value: &T) {
        // Plain data always serializes.
        self.values.insert(name.to_owned(), serde_json::to_value(value).unwrap_or_default());
        self.changed.insert(name.to_owned());
    }
}

impl Order {
    fn status(&self, now: Timestamp) -> &'static str {
        match self.ended {
            Some(Ended::TooLate) => "rejected",
            Some(Ended::Cancelled) => "cancelled",
            None if self.decides_at <= now => "confirmed",
            None => "pending",
        }
    }

    fn view(&self, now: Timestamp) -> Value {
        let reason = (self.ended == Some(Ended::TooLate)).then_some("too_late");
        json!({
            "id": self.id, "reference": self.reference, "status": self.status(now), "reason": reason,
            "needed_at": self.needed_at, "created_at": self.created_at,
        })
    }
}
