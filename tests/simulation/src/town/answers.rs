//! What people of a town make of answers.

use super::Town;
use crate::commands::Command;
use kernel::ServiceId;
use local::trigger::HttpResponse;
use serde_json::Value;

/// What people are told when something cannot be, and what the provider's bank says.
const REFUSALS: [u16; 5] = [402, 404, 409, 412, 422];

impl Town {
    /// A command was answered.
    pub(super) fn heard(&mut self, command: Command, answer: &HttpResponse) {
        let body = answer.json();
        match answer.status_code {
            200 | 201 | 202 | 204 => self.taken(&command, body),
            503 => self.again.push(command),
            status if REFUSALS.contains(&status) => {}
            status => self.surprises.push(format!("{} came to {status}: {}", command.function, answer.body)),
        }
    }

    fn taken(&mut self, command: &Command, body: Value) {
        let secret = body["client_secret"].as_str().map(str::to_owned);
        let id = || body["id"].as_str().and_then(|id| id.parse().ok());
        match command.function {
            "request-service" => match id() {
                Some(request) => drop(self.known.insert(request, command.caller.account)),
                None => self.surprises.push(format!("a request without an id: {body}")),
            },
            "cancel-service-request" => {
                self.cancelled.extend(id().map(|request| (request, body["state"] == "cancelled")));
            }
            "create-service" => self.services.extend(body["id"].as_str().and_then(|id| id.parse::<ServiceId>().ok())),
            // How far a payment is changes from one reply to the next.
            "top-up-balance" | "pay-invoice" => {
                self.secrets.extend(secret);
                return;
            }
            _ => {}
        }
        let replayed = command.key.clone().filter(|_| command.route.starts_with("POST") && !command.body.is_null());
        if let Some(key) = replayed {
            let first = self.replies.entry(key.clone()).or_insert_with(|| body.clone());
            if *first != body {
                let first = first.clone();
                self.surprises.push(format!("{} {key} was answered {first} and then {body}", command.function));
            }
        }
    }
}
