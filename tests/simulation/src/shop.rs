//! The clients of a simulated shop: customers and a manager, and what they were told.

use crate::invariants;
use kernel::{AccountId, Money, OrderId, Principal, Role, Timestamp};
use local::cloud::{API, Cloud};
use local::sandbox::stripe::confirmation;
use local::simulation::{Random, Request, Simulation, Workload};
use local::trigger::{HttpRequest, HttpResponse, claims};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How many customers there are.
const CUSTOMERS: u32 = 3;

/// A command that a client sends, and sends again until it is answered.
#[derive(Clone, Debug)]
struct Command {
    function: &'static str,
    route: &'static str,
    path: Option<(&'static str, String)>,
    caller: Principal,
    key: Option<String>,
    body: Value,
}

/// The shop's clients.
pub struct Shop {
    /// Units on hand of each SKU, as last counted.
    pub on_hand: BTreeMap<String, u32>,
    /// The first reply that each key of a placed order got.
    pub replies: BTreeMap<String, HttpResponse>,
    /// Orders that customers know of, with whose they are.
    pub known: BTreeMap<OrderId, AccountId>,
    /// Orders whose cancellation was confirmed.
    pub cancelled: Vec<OrderId>,
    /// Keys with which an order may have been placed.
    pub placing: u64,
    /// What was wrong with replies.
    pub surprises: Vec<String>,
    prices: BTreeMap<String, i64>,
    /// Client secrets of payments that customers can confirm at the provider.
    secrets: Vec<String>,
    cloud: Option<Arc<Cloud>>,
    under_way: BTreeMap<u64, Command>,
    again: Vec<Command>,
    next_tag: u64,
    large: bool,
}

impl Shop {
    /// A shop that sells a few SKUs, or so many that its largest orders are reserved in chunks.
    pub fn new(large: bool) -> Self {
        Self {
            on_hand: BTreeMap::new(),
            replies: BTreeMap::new(),
            known: BTreeMap::new(),
            cancelled: Vec::new(),
            placing: 0,
            surprises: Vec::new(),
            prices: BTreeMap::new(),
            secrets: Vec::new(),
            cloud: None,
            under_way: BTreeMap::new(),
            again: Vec::new(),
            next_tag: 1,
            large,
        }
    }

    /// Sets every product and its stock, without faults.
    pub fn open(&mut self, simulation: &mut Simulation, random: &mut Random) {
        self.cloud = Some(simulation.cloud.clone());
        let skus = if self.large { 110 } else { 5 };
        for n in 0..skus {
            let sku = format!("SKU{n}");
            // The first SKU is the one that everybody wants.
            let stock = if self.large { random.between(15, 60) } else { random.between(3, 25) };
            let (price, count) = (self.set_product(&sku, 100 + n), self.set_stock(&sku, stock));
            for command in [price, count] {
                let request = self.request(command, simulation.now());
                simulation.request(self, request);
            }
        }
    }

    fn place(&mut self, random: &mut Random) -> Command {
        let skus: Vec<String> = self.prices.keys().cloned().collect();
        let lines = match self.large && random.chance(25) {
            true => 105,
            false => random.between(1, 4),
        };
        let hot = "SKU0".to_owned();
        let mut total = 0;
        let lines: Vec<Value> = (0..lines)
            .map(|n| {
                // Large orders want many SKUs; small ones mostly the hot one, and sometimes the same one twice.
                let sku = match lines > 100 {
                    true => skus.get(n as usize),
                    false if random.chance(50) => Some(&hot),
                    false => random.pick(&skus),
                };
                let sku = sku.unwrap_or(&hot);
                let quantity = random.between(1, 3);
                total += self.prices.get(sku).copied().unwrap_or_default() * i64::from(quantity);
                json!({ "sku": sku, "quantity": quantity })
            })
            .collect();
        self.placing += 1;
        Command {
            function: "place-order",
            route: "POST /v1/orders",
            path: None,
            caller: customer(random.between(1, CUSTOMERS)),
            key: Some(format!("simulated-key-{:06}", self.placing)),
            body: json!({
                "lines": lines,
                "address": { "name": "N", "street": "S", "city": "C", "postcode": "P", "country": "GB" },
                "expected_total": { "amount_minor": total, "currency": "GBP" },
            }),
        }
    }

    fn cancel(&mut self, random: &mut Random) -> Option<Command> {
        let known: Vec<(OrderId, AccountId)> = self.known.iter().map(|(order, account)| (*order, *account)).collect();
        let (order, account) = *random.pick(&known)?;
        self.next_tag += 1;
        Some(Command {
            function: "cancel-order",
            route: "POST /v1/orders/{order}/cancel",
            path: Some(("order", order.to_string())),
            caller: Principal { account, roles: vec![Role::Customer] },
            key: Some(format!("simulated-cancel-{:06}", self.next_tag)),
            body: json!({}),
        })
    }

    /// A customer wants to pay for an order of theirs.
    fn pay(&mut self, random: &mut Random) -> Option<Command> {
        let mut command = self.cancel(random)?;
        command.function = "start-payment";
        command.route = "POST /v1/orders/{order}/payments";
        Some(command)
    }

    /// A customer confirms a payment at the provider, with a card that works or not.
    fn confirm(&mut self, random: &mut Random, now: Timestamp) {
        let (Some(cloud), false) = (&self.cloud, self.secrets.is_empty()) else {
            return;
        };
        let secret = self.secrets.remove(random.below(self.secrets.len()));
        let card = if random.chance(80) { "pm_card_visa" } else { "pm_card_chargeDeclined" };
        let answer = cloud.sandboxes().ask("stripe", &confirmation(&secret, card), now);
        if answer.status == 402 && random.chance(70) {
            // Declined: the same payment can be tried with another card.
            self.secrets.push(secret);
        }
    }

    /// Staff take an order a step further, whether it is its time or not.
    fn fulfil(&self, random: &mut Random) -> Option<Command> {
        let known: Vec<OrderId> = self.known.keys().copied().collect();
        let order = *random.pick(&known)?;
        let (function, route) = *random.pick(&[
            ("pack-order", "POST /v1/orders/{order}/pack"),
            ("ship-order", "POST /v1/orders/{order}/ship"),
            ("deliver-order", "POST /v1/orders/{order}/deliver"),
        ])?;
        let body = if function == "ship-order" { json!({}) } else { Value::Null };
        let path = Some(("order", order.to_string()));
        Some(Command { function, route, path, caller: manager(), key: None, body })
    }

    /// A customer returns what is left of an order.
    fn give_back(&mut self, random: &mut Random) -> Option<Command> {
        let mut command = self.cancel(random)?;
        command.function = "return-order";
        command.route = "POST /v1/orders/{order}/returns";
        Some(command)
    }

    fn look(&self, random: &mut Random) -> Option<Command> {
        let known: Vec<(OrderId, AccountId)> = self.known.iter().map(|(order, account)| (*order, *account)).collect();
        let (order, account) = *random.pick(&known)?;
        Some(Command {
            function: "get-order",
            route: "GET /v1/orders/{order}",
            path: Some(("order", order.to_string())),
            caller: Principal { account, roles: vec![Role::Customer] },
            key: None,
            body: Value::Null,
        })
    }

    fn set_product(&mut self, sku: &str, price: i64) -> Command {
        self.prices.insert(sku.to_owned(), price);
        Command {
            function: "set-product",
            route: "PUT /v1/products/{sku}",
            path: Some(("sku", sku.to_owned())),
            caller: manager(),
            key: None,
            body: json!({
                "title": format!("Thing {sku}"),
                "prices": [{ "amount_minor": price, "currency": "GBP" }],
                "published": true,
            }),
        }
    }

    fn set_stock(&mut self, sku: &str, on_hand: u32) -> Command {
        self.on_hand.insert(sku.to_owned(), on_hand);
        Command {
            function: "set-stock",
            route: "PUT /v1/products/{sku}/stock",
            path: Some(("sku", sku.to_owned())),
            caller: manager(),
            key: None,
            body: json!({ "on_hand": on_hand }),
        }
    }

    fn request(&mut self, command: Command, now: Timestamp) -> Request {
        let tag = self.next_tag;
        self.next_tag += 1;
        let mut headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        headers.extend(command.key.clone().map(|key| ("idempotency-key".to_owned(), key)));
        let request = HttpRequest {
            route: command.route.to_owned(),
            path: command.path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            headers,
            query: String::new(),
            claims: claims(&command.caller, "https://local/", API, now.after(Duration::from_secs(600))),
            body: (!command.body.is_null()).then(|| command.body.to_string()),
            is_base64: false,
        };
        let function = command.function;
        self.under_way.insert(tag, command);
        Request { tag, function, request }
    }

    fn placed(&mut self, command: &Command, answer: HttpResponse) {
        let key = command.key.clone().unwrap_or_default();
        let body = answer.json();
        match answer.status_code {
            201 => {
                match body["id"].as_str().and_then(|id| id.parse().ok()) {
                    Some(order) => drop(self.known.insert(order, command.caller.account)),
                    None => self.surprises.push(format!("an order without an id: {}", answer.body)),
                }
                let first = self.replies.entry(key.clone()).or_insert_with(|| answer.clone());
                if first.body != answer.body {
                    self.surprises.push(format!("{key} was answered {} and then {}", first.body, answer.body));
                }
            }
            // The price changed. Customers agree to the new one, with a new key; the simulated ones just buy again.
            409 => {
                let total: Option<Money> = serde_json::from_value(body["total"].clone()).ok();
                if total.is_none() {
                    self.surprises.push(format!("no new total in {}", answer.body));
                }
            }
            503 => self.again.push(command.clone()),
            status => self.surprises.push(format!("placing an order came to {status}: {}", answer.body)),
        }
    }
}

impl Workload for Shop {
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request> {
        let command = if !self.again.is_empty() && random.chance(60) {
            self.again.remove(random.below(self.again.len()))
        } else {
            match random.below(100) {
                0..30 => self.place(random),
                30..38 => self.cancel(random)?,
                38..60 => self.pay(random)?,
                60..74 => {
                    self.confirm(random, now);
                    return None;
                }
                74..86 => self.fulfil(random)?,
                86..90 => self.give_back(random)?,
                90..94 => self.look(random)?,
                _ => {
                    let sku = format!("SKU{}", random.below(self.prices.len()));
                    let price = i64::from(random.between(50, 150));
                    self.set_product(&sku, price)
                }
            }
        };
        Some(self.request(command, now))
    }

    fn answered(&mut self, tag: u64, answer: Option<HttpResponse>) {
        let Some(command) = self.under_way.remove(&tag) else {
            return;
        };
        let Some(answer) = answer else {
            // A client that heard nothing sends the very same request again, with the same key.
            self.again.push(command);
            return;
        };
        match command.function {
            "place-order" => self.placed(&command, answer),
            "start-payment" => match answer.status_code {
                201 => self.secrets.extend(answer.json()["client_secret"].as_str().map(str::to_owned)),
                409 => {}
                503 => self.again.push(command),
                status => self.surprises.push(format!("a payment came to {status}: {}", answer.body)),
            },
            "pack-order" | "ship-order" | "deliver-order" | "return-order" => match answer.status_code {
                200 | 201 | 409 | 422 => {}
                503 => self.again.push(command),
                status => self.surprises.push(format!("{} came to {status}: {}", command.function, answer.body)),
            },
            "cancel-order" => match answer.status_code {
                200 => self.cancelled.extend(answer.json()["id"].as_str().and_then(|id| id.parse::<OrderId>().ok())),
                409 => {}
                503 => self.again.push(command),
                status => self.surprises.push(format!("a cancellation came to {status}: {}", answer.body)),
            },
            _ if answer.status_code == 503 => self.again.push(command),
            _ if answer.status_code == 200 => {}
            function => self.surprises.push(format!("{function} came to {}: {}", answer.status_code, answer.body)),
        }
    }

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        invariants::violations(self, simulation)
    }
}

fn customer(n: u32) -> Principal {
    Principal {
        account: AccountId::from_bits(n.into()),
        roles: vec![Role::Customer],
    }
}

fn manager() -> Principal {
    Principal {
        account: AccountId::from_bits(1000),
        roles: vec![Role::Manager],
    }
}
