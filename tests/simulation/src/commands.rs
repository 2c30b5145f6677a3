//! What clients send.

use kernel::{AccountId, OrderId, Principal, Role};
use serde_json::{Value, json};

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
