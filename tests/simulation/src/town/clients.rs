//! What clients of a town do: they request services, cancel, look, pay.

use super::{CLIENTS, Town, client};
use crate::commands::Command;
use crate::look;
use billing::invoice::Invoice;
use kernel::{AccountId, Principal, RequestId, Role, Timestamp};
use local::simulation::Random;
use serde_json::{Value, json};
use std::time::Duration;

const MINUTE: u64 = 60;

impl Town {
    /// A client wants something done within the next hours.
    pub(super) fn want(&mut self, random: &mut Random, now: Timestamp) -> Option<Command> {
        let service = *random.pick(&self.services)?;
        let from = now.after(Duration::from_secs(MINUTE * u64::from(random.between(40, 240))));
        let until = from.after(Duration::from_secs(MINUTE * u64::from(random.between(45, 120))));
        let body = json!({
            "service": service,
            "description": "Four windows",
            "address": "Tverskaya 1, flat 5",
            "contact": "Maria",
            "place": { "latitude_e7": 557_520_000, "longitude_e7": 376_175_000 },
            "from": from,
            "until": until,
        });
        let caller = client(random.between(1, CLIENTS));
        Some(self.command("request-service", "POST /v1/service-requests", caller, body))
    }

    /// A request, and whose it is.
    fn somebodys(&self, random: &mut Random) -> Option<(RequestId, Principal)> {
        let known: Vec<(RequestId, AccountId)> = self.known.iter().map(|(id, account)| (*id, *account)).collect();
        let (request, account) = *random.pick(&known)?;
        Some((request, Principal { account, roles: vec![Role::Customer] }))
    }

    pub(super) fn cancel(&mut self, random: &mut Random) -> Option<Command> {
        let (request, caller) = self.somebodys(random)?;
        Some(self.cancellation(request, caller))
    }

    pub(super) fn cancellation(&mut self, request: RequestId, caller: Principal) -> Command {
        let route = "POST /v1/service-requests/{request}/cancel";
        let command = self.command("cancel-service-request", route, caller, json!({ "reason": "Not needed" }));
        Command { path: Some(("request", request.to_string())), ..command }
    }

    pub(super) fn look(&mut self, random: &mut Random) -> Option<Command> {
        let (request, caller) = self.somebodys(random)?;
        let command = self.command("get-service-request", "GET /v1/service-requests/{request}", caller, Value::Null);
        Some(Command { path: Some(("request", request.to_string())), ..command })
    }

    /// A client pays an invoice that no saved method paid, or something onto the balance.
    pub(super) fn pay(&mut self, random: &mut Random) -> Option<Command> {
        if random.chance(40) {
            let body = json!({ "amount": { "amount_minor": 50_000, "currency": "RUB" } });
            return Some(self.command("top-up-balance", "POST /v1/top-ups", client(random.between(1, CLIENTS)), body));
        }
        let invoices: Vec<Invoice> = look::all(&self.cloud, "billing");
        let invoice = random.pick(&invoices)?;
        let caller = Principal { account: invoice.client, roles: vec![Role::Customer] };
        let command = self.command("pay-invoice", "POST /v1/invoices/{invoice}/payments", caller, json!({}));
        Some(Command { path: Some(("invoice", invoice.id.to_string())), ..command })
    }
}
