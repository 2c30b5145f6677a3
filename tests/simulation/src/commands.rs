//! What clients send.

use kernel::{AccountId, OrderId, Principal, Role, Timestamp};
use local::cloud::API;
use local::trigger::{HttpRequest, claims};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The steps of staff.
pub const FULFILMENT: [(&str, &str); 3] = [
    ("pack-order", "POST /v1/orders/{order}/pack"),
    ("ship-order", "POST /v1/orders/{order}/ship"),
    ("deliver-order", "POST /v1/orders/{order}/deliver"),
];
/// A command that a client sends, and sends again until it is answered.
#[derive(Clone, Debug)]
pub struct Command {
    pub function: &'static str,
    pub route: &'static str,
    pub path: Option<(&'static str, String)>,
    pub caller: Principal,
    pub key: Option<String>,
    pub body: Value,
}

impl Command {
    /// The order that it is about, if it names one.
    pub fn order(&self) -> Option<OrderId> {
        self.path.as_ref().and_then(|(_, value)| value.parse().ok())
    }

    /// As it is sent now.
    pub fn request(&self, now: Timestamp) -> HttpRequest {
        let mut headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        headers.extend(self.key.clone().map(|key| ("idempotency-key".to_owned(), key)));
        HttpRequest {
            route: self.route.to_owned(),
            path: self.path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            headers,
            query: String::new(),
            source_ip: "192.0.2.1".to_owned(),
            claims: claims(&self.caller, "https://local/", API, now.after(Duration::from_secs(600))),
            body: (!self.body.is_null()).then(|| self.body.to_string()),
            is_base64: false,
        }
    }
}

/// Staff take an order one step further.
pub fn fulfilment(order: OrderId, (function, route): (&'static str, &'static str)) -> Command {
    let body = if function == "ship-order" { json!({}) } else { Value::Null };
    let path = Some(("order", order.to_string()));
    Command { function, route, path, caller: manager(), key: None, body }
}

/// A customer.
pub fn customer(n: u32) -> Principal {
    Principal {
        account: AccountId::from_bits(n.into()),
        roles: vec![Role::Customer],
    }
}

/// Who runs the shop.
pub fn manager() -> Principal {
    Principal {
        account: AccountId::from_bits(1000),
        roles: vec![Role::Manager],
    }
}
