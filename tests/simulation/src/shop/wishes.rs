//! What a shop's clients wish for: the next command of each of them.

use super::answers::INTRODUCED;
use super::{CUSTOMERS, GOOD_CARD, LARGE, Shop};
use crate::commands::{Command, FULFILMENT, customer, fulfilment, manager};
use kernel::{AccountId, OrderId, Principal, Role, Timestamp};
use local::sandbox::stripe::confirmation;
use local::simulation::Random;
use serde_json::{Value, json};

impl Shop {
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
    pub(super) fn confirm(&mut self, random: &mut Random, now: Timestamp) {
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
    pub(super) fn fulfil(&self, random: &mut Random) -> Option<Command> {
        let confirmed: Vec<(OrderId, usize)> = self.confirmed.iter().map(|(order, done)| (*order, *done)).collect();
        if let Some((order, done)) = random.pick(&confirmed).filter(|_| random.chance(80)) {
            return Some(fulfilment(*order, *FULFILMENT.get(*done)?));
        }
        let known: Vec<OrderId> = self.known.keys().copied().collect();
        let order = *random.pick(&known)?;
        Some(fulfilment(order, *random.pick(&FULFILMENT)?))
    }

    /// A customer returns something of an order: mostly of one that was delivered.
    pub(super) fn give_something_back(&mut self, random: &mut Random) -> Option<Command> {
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

    pub(super) fn look(&self, random: &mut Random) -> Option<Command> {
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
    pub(super) fn introduce(&mut self, random: &mut Random) -> Command {
        self.introduced += 1;
        self.product(&format!("{INTRODUCED}{}", self.introduced), i64::from(random.between(50, 150)))
    }

    pub(super) fn set_product(&mut self, sku: &str, price: i64) -> Command {
        self.prices.insert(sku.to_owned(), price);
        self.product(sku, price)
    }

    pub(super) fn product(&self, sku: &str, price: i64) -> Command {
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

    pub(super) fn set_stock(&mut self, sku: &str, on_hand: u32) -> Command {
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
}
