//! What a shop's clients make of answers.

use super::Shop;
use crate::commands::{Command, FULFILMENT};
use kernel::{Money, OrderId};
use local::trigger::HttpResponse;

/// How the SKUs of products begin that nobody orders, and how many pieces there are of each.
pub(super) const INTRODUCED: &str = "NEW";
const PIECES: u32 = 7;

impl Shop {
    /// A command was answered.
    pub(super) fn heard(&mut self, command: Command, answer: HttpResponse) {
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
