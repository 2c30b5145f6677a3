//! The clients of a simulated shop: customers and a manager, and what they were told.

use crate::commands::{Command, FULFILMENT, customer, fulfilment, manager};
use crate::invariants;
use kernel::{AccountId, Money, OrderId, Principal, Role, Timestamp};
use local::cloud::{API, Cloud};
use local::sandbox::stripe::confirmation;
use local::services::dynamodb;
use local::simulation::{Random, Request, Simulation, Workload};
use local::trigger::{HttpRequest, HttpResponse, claims};
use orders::order::State;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// How many customers there are.
const CUSTOMERS: u32 = 3;

/// The lines of an order that is too large for one transaction.
pub(crate) const LARGE: u32 = 105;

/// After so many orders there are few new ones.
const WANTED: usize = 3;

/// Of so many percent of requests another one is sent before the first is answered.
const TWICE: u32 = 15;

/// How the SKUs of products begin that nobody orders, and how many pieces there are of each.
const INTRODUCED: &str = "NEW";
const PIECES: u32 = 7;

/// The customer who wants text messages, at any hour.
const BY_PHONE: u32 = 2;
/// When customers registered.
const LONG_AGO: &str = "2026-01-01T00:00:00Z";

/// A card that pays.
pub(crate) const GOOD_CARD: &str = "pm_card_visa";

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
    /// Commands that clients sent; repetitions are not counted.
    pub commands: u64,
    /// Orders that were delivered.
    pub delivered: BTreeSet<OrderId>,
    /// Where every order must be in the end, if that is known.
    pub goal: Option<State>,
    /// What was wrong with replies.
    pub surprises: Vec<String>,
    prices: BTreeMap<String, i64>,
    /// Client secrets of payments that customers can confirm at the provider, with the orders they are for.
    pub(crate) secrets: Vec<(OrderId, String)>,
    /// What is in an order, at least.
    bought: BTreeMap<OrderId, String>,
    /// Orders for which a payment was started.
    asked: BTreeSet<OrderId>,
    /// Orders whose payment was confirmed, with what staff have done for them.
    pub(crate) confirmed: BTreeMap<OrderId, usize>,
    cloud: Option<Arc<Cloud>>,
    under_way: BTreeMap<u64, Command>,
    pub(crate) again: Vec<Command>,
    next_tag: u64,
    skus: u32,
    introduced: u32,
}

impl Shop {
    /// A shop that sells so many SKUs. With more than [`LARGE`], some orders are reserved in chunks.
    pub fn new(skus: u32) -> Self {
        Self {
            on_hand: BTreeMap::new(),
            replies: BTreeMap::new(),
            known: BTreeMap::new(),
            cancelled: Vec::new(),
            placing: 0,
            commands: 0,
            delivered: BTreeSet::new(),
            goal: None,
            surprises: Vec::new(),
            prices: BTreeMap::new(),
            secrets: Vec::new(),
            bought: BTreeMap::new(),
            asked: BTreeSet::new(),
            confirmed: BTreeMap::new(),
            cloud: None,
            under_way: BTreeMap::new(),
            again: Vec::new(),
            next_tag: 1,
            skus,
            introduced: 0,
        }
    }

    /// Sets every product and its stock, without faults. All customers but one can be
    /// reached: one by text message, the others by e-mail.
    pub fn open(&mut self, simulation: &mut Simulation, random: &mut Random) {
        self.cloud = Some(simulation.cloud.clone());
        for n in 1..CUSTOMERS {
            self.surprises.extend(register(&simulation.cloud, n).err());
        }
        for n in 0..self.skus {
            let sku = format!("SKU{n}");
            // The first SKU is the one that everybody wants.
            let stock = if self.skus > LARGE { random.between(15, 60) } else { random.between(3, 25) };
            let (price, count) = (self.set_product(&sku, 100 + i64::from(n)), self.set_stock(&sku, stock));
            for command in [price, count] {
                let request = self.request(command, simulation.now());
                simulation.requests(self, vec![request]);
            }
        }
    }

    pub(crate) fn place(&mut self, random: &mut Random) -> Command {
        let skus: Vec<String> = self.prices.keys().cloned().collect();
        let lines = match self.skus > LARGE && random.chance(25) {
            true => LARGE,
            false => random.between(1, 4),
        };
        let hot = "SKU0".to_owned();
        let mut total = 0;
        let lines: Vec<Value> = (0..lines)
            .map(|n| {
                // Large orders want many SKUs; small ones mostly the hot one, and sometimes the same one twice.
                let sku = match lines == LARGE {
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

    pub(crate) fn cancel(&mut self, random: &mut Random) -> Option<Command> {
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

    /// A customer wants to pay for an order of theirs: mostly one that nobody paid for yet.
    pub(crate) fn pay(&mut self, random: &mut Random) -> Option<Command> {
        let mut command = self.cancel(random)?;
        let unpaid = |order: &OrderId| !self.asked.contains(order);
        let unpaid: Vec<_> = self.known.iter().filter(|(order, _)| unpaid(order)).collect();
        if let Some((order, account)) = random.pick(&unpaid).filter(|_| random.chance(80)) {
            command.path = Some(("order", order.to_string()));
            command.caller.account = **account;
        }
        command.function = "start-payment";
        command.route = "POST /v1/orders/{order}/payments";
        Some(command)
    }

    /// A customer confirms a payment at the provider, with a card that works or not.
    fn confirm(&mut self, random: &mut Random, now: Timestamp) {
        let (Some(cloud), false) = (&self.cloud, self.secrets.is_empty()) else {
            return;
        };
        let (order, secret) = self.secrets.remove(random.below(self.secrets.len()));
        let card = if random.chance(80) { GOOD_CARD } else { "pm_card_chargeDeclined" };
        let answer = cloud.sandboxes().ask("stripe", &confirmation(&secret, card), now);
        match answer.status {
            200 => drop(self.confirmed.insert(order, 0)),
            // Declined: the same payment can be tried with another card.
            402 if random.chance(70) => self.secrets.push((order, secret)),
            _ => {}
        }
    }

    /// Staff take an order a step further: mostly one whose time it is.
    fn fulfil(&self, random: &mut Random) -> Option<Command> {
        let confirmed: Vec<(OrderId, usize)> = self.confirmed.iter().map(|(order, done)| (*order, *done)).collect();
        if let Some((order, done)) = random.pick(&confirmed).filter(|_| random.chance(80)) {
            return Some(fulfilment(*order, *FULFILMENT.get(*done)?));
        }
        let known: Vec<OrderId> = self.known.keys().copied().collect();
        let order = *random.pick(&known)?;
        Some(fulfilment(order, *random.pick(&FULFILMENT)?))
    }

    /// A customer returns something of an order: mostly of one that was delivered.
    fn give_something_back(&mut self, random: &mut Random) -> Option<Command> {
        let mut command = self.give_back(random)?;
        let delivered: Vec<OrderId> = self.delivered.iter().copied().collect();
        if let Some(order) = random.pick(&delivered).filter(|_| random.chance(80)) {
            command.path = Some(("order", order.to_string()));
            command.caller.account = *self.known.get(order)?;
        }
        let bought = command.order().and_then(|order| self.bought.get(&order));
        if let Some(sku) = bought.filter(|_| random.chance(60)) {
            command.body = json!({ "lines": [{ "sku": sku, "quantity": 1 }] });
        }
        Some(command)
    }

    /// A customer returns what is left of an order.
    pub(crate) fn give_back(&mut self, random: &mut Random) -> Option<Command> {
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

    /// A manager takes up a product that nobody orders yet; once it is there, its pieces are counted.
    fn introduce(&mut self, random: &mut Random) -> Command {
        self.introduced += 1;
        self.product(&format!("{INTRODUCED}{}", self.introduced), i64::from(random.between(50, 150)))
    }

    fn set_product(&mut self, sku: &str, price: i64) -> Command {
        self.prices.insert(sku.to_owned(), price);
        self.product(sku, price)
    }

    fn product(&self, sku: &str, price: i64) -> Command {
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

    pub(crate) fn request(&mut self, command: Command, now: Timestamp) -> Request {
        let tag = self.next_tag;
        self.next_tag += 1;
        let mut headers = BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]);
        headers.extend(command.key.clone().map(|key| ("idempotency-key".to_owned(), key)));
        let request = HttpRequest {
            route: command.route.to_owned(),
            path: command.path.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
            headers,
            query: String::new(),
            source_ip: "192.0.2.1".to_owned(),
            claims: claims(&command.caller, "https://local/", API, now.after(Duration::from_secs(600))),
            body: (!command.body.is_null()).then(|| command.body.to_string()),
            is_base64: false,
        };
        let function = command.function;
        self.under_way.insert(tag, command);
        Request { tag, function, request }
    }

    /// Staff did this for an order.
    fn fulfilled(&mut self, command: &Command) {
        let done = FULFILMENT.iter().position(|(function, _)| *function == command.function).map_or(0, |step| step + 1);
        let Some(order) = command.order() else {
            return;
        };
        if done < FULFILMENT.len() {
            self.confirmed.insert(order, done);
        } else {
            self.confirmed.remove(&order);
            self.delivered.insert(order);
        }
    }

    fn placed(&mut self, command: &Command, answer: HttpResponse) {
        let key = command.key.clone().unwrap_or_default();
        let body = answer.json();
        match answer.status_code {
            201 => {
                match body["id"].as_str().and_then(|id| id.parse().ok()) {
                    Some(order) => {
                        self.known.insert(order, command.caller.account);
                        self.bought.extend(command.body["lines"][0]["sku"].as_str().map(|sku| (order, sku.to_owned())));
                    }
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

/// Writes down a customer as identity does.
fn register(cloud: &Cloud, n: u32) -> Result<(), String> {
    let id = customer(n).account.to_string();
    let verified = |value: &str| json!({ "M": { "value": { "S": value }, "verified_at": { "S": LONG_AGO } } });
    let mut account = json!({
        "pk": { "S": id }, "sk": { "S": "account" }, "v": { "N": "1" }, "by": { "S": "simulation" },
        "id": { "S": id },
        "email": verified(&format!("customer-{n}@example.com")),
        "password": { "S": "none" }, "locale": { "S": "en" }, "time_zone": { "S": "Europe/London" },
        "roles": { "L": [{ "S": "customer" }] },
        "registered_at": { "S": LONG_AGO }, "request": { "S": "none" },
    });
    if n == BY_PHONE {
        account["phone"] = verified("+447700900123");
        let by_sms = json!({ "L": [{ "S": "sms" }] });
        let preferences = json!({
            "pk": { "S": id }, "sk": { "S": "preferences" }, "v": { "N": "1" }, "by": { "S": "simulation" },
            "account": { "S": id }, "orders": by_sms, "payments": by_sms,
        });
        put(cloud, "notifications", preferences)?;
    }
    put(cloud, "identity", account)
}

/// Puts an item in DynamoDB's JSON into a context's table.
fn put(cloud: &Cloud, context: &str, item: Value) -> Result<(), String> {
    let table = cloud.table(context).ok_or_else(|| format!("there is no {context}"))?;
    let put = json!({ "TableName": context, "Item": item });
    let answer = dynamodb::answer(table, "PutItem", put.to_string().as_bytes());
    match answer.status {
        200 => Ok(()),
        _ => Err(String::from_utf8_lossy(&answer.body).into_owned()),
    }
}

impl Workload for Shop {
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request> {
        let command = if !self.again.is_empty() && random.chance(60) {
            self.again.remove(random.below(self.again.len()))
        } else {
            self.commands += 1;
            // Few orders, so that some of them go all the way within a history.
            let placing = if self.known.len() < WANTED { 30 } else { 5 };
            let confirming = if self.secrets.is_empty() { 0 } else { 30 };
            let fulfilling = if self.confirmed.is_empty() { 3 } else { 40 };
            let returning = if self.delivered.is_empty() { 3 } else { 15 };
            let weights = [placing, 4, 20, confirming, fulfilling, returning, 3, 2, 4];
            match random.weighted(&weights) {
                0 => self.place(random),
                1 => self.cancel(random)?,
                2 => self.pay(random)?,
                3 => {
                    self.confirm(random, now);
                    return None;
                }
                4 => self.fulfil(random)?,
                5 => self.give_something_back(random)?,
                6 => self.look(random)?,
                7 => self.introduce(random),
                _ => {
                    let sku = format!("SKU{}", random.below(self.prices.len()));
                    let price = i64::from(random.between(50, 150));
                    self.set_product(&sku, price)
                }
            }
        };
        // Some click twice.
        if command.function != "get-order" && random.chance(TWICE) {
            self.again.push(command.clone());
        }
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
                201 => {
                    let secret = answer.json()["client_secret"].as_str().map(str::to_owned);
                    self.asked.extend(command.order());
                    self.secrets.extend(command.order().zip(secret));
                }
                409 => {}
                503 => self.again.push(command),
                status => self.surprises.push(format!("a payment came to {status}: {}", answer.body)),
            },
            "pack-order" | "ship-order" | "deliver-order" | "return-order" => match answer.status_code {
                200 if command.function != "return-order" => self.fulfilled(&command),
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
            "set-product" if answer.status_code == 200 => {
                let sku = command.path.map(|(_, sku)| sku).filter(|sku| sku.starts_with(INTRODUCED));
                let counted = sku.map(|sku| self.set_stock(&sku, PIECES));
                self.again.extend(counted);
            }
            _ if answer.status_code == 200 => {}
            function => self.surprises.push(format!("{function} came to {}: {}", answer.status_code, answer.body)),
        }
    }

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        invariants::violations(self, simulation)
    }
}
