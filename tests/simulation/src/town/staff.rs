//! What staff of a town do: supplies, matches by hand, credits and fines, payouts that failed, the pipeline.

use super::{CLIENTS, Town, WORKERS, client, manager, person, worker};
use crate::commands::Command;
use crate::look;
use billing::adjustment::{self, Adjustment};
use billing::payout::{Payout, Standing};
use kernel::{RequestId, Role, Timestamp};
use local::simulation::Random;
use serde_json::{Value, json};
use supplies::draw::{Draw, State};
use supplies::purchase::{self, Purchase};

/// What one manager may not give or take alone, in minor units.
const MUCH: i64 = 600_000;

impl Town {
    /// Staff hand supplies over, or refuse them, or take in what was bought.
    pub(super) fn supply(&mut self, random: &mut Random) -> Option<Command> {
        let draws: Vec<Draw> = look::all(&self.cloud, "supplies");
        let open: Vec<&Draw> = draws.iter().filter(|draw| draw.state == State::Requested).collect();
        if let Some(draw) = random.pick(&open) {
            return Some(self.decide_draw(draw, random.chance(80)));
        }
        let purchases: Vec<Purchase> = look::all(&self.cloud, "supplies");
        let open: Vec<_> = purchases.iter().filter(|one| one.state() == purchase::State::Open).collect();
        let purchase = random.pick(&open)?;
        let body = json!({ "quantity": 1 + random.below(4) });
        let route = "POST /v1/purchases/{purchase}/receipts";
        let command = self.command("receive-purchase", route, person(1002, Role::Supplier), body);
        Some(Command { path: Some(("purchase", purchase.id.to_string())), ..command })
    }

    pub(super) fn decide_draw(&mut self, draw: &Draw, grants: bool) -> Command {
        let supplier = person(1002, Role::Supplier);
        let command = match grants {
            true => self.command("issue-supplies", "POST /v1/draws/{draw}/issue", supplier, Value::Null),
            false => {
                let body = json!({ "reason": "Take what is left" });
                self.command("refuse-supplies", "POST /v1/draws/{draw}/refuse", supplier, body)
            }
        };
        Command { path: Some(("draw", draw.id.to_string())), ..command }
    }

    /// A manager gives a request to somebody else.
    pub(super) fn rematch(&mut self, random: &mut Random) -> Option<Command> {
        let known: Vec<RequestId> = self.known.keys().copied().collect();
        let request = *random.pick(&known)?;
        let body = match random.chance(50) {
            true => json!({}),
            false => json!({ "worker": worker(random.between(1, WORKERS)).account }),
        };
        let route = "POST /v1/matching/requests/{request}/rematch";
        let command = self.command("rematch-request", route, manager(random.between(0, 1)), body);
        Some(Command { path: Some(("request", request.to_string())), ..command })
    }

    /// A manager credits or fines somebody, or decides about what another one proposed, or what the same one did.
    pub(super) fn adjust(&mut self, random: &mut Random) -> Command {
        let manager = manager(random.between(0, 1));
        let all: Vec<Adjustment> = look::all(&self.cloud, "billing");
        let open: Vec<_> = all.iter().filter(|one| matches!(one.state, adjustment::State::Proposed { .. })).collect();
        if let Some(proposed) = random.pick(&open).filter(|_| random.chance(70)) {
            let (route, body) = ("POST /v1/adjustments/{adjustment}/decision", json!({ "approve": random.chance(60) }));
            let command = self.command("decide-adjustment", route, manager, body);
            return Command {
                path: Some(("adjustment", proposed.id.to_string())),
                ..command
            };
        }
        let (side, account) = match random.chance(70) {
            true => ("worker", worker(random.between(1, WORKERS)).account),
            false => ("client", client(random.between(1, CLIENTS)).account),
        };
        let minor = *random.pick(&[100, -100, 2_000, -4_000, MUCH, -MUCH]).unwrap_or(&100);
        let body = json!({
            "account": account, "side": side, "reason": "Left the site unlocked",
            "amount": { "amount_minor": minor, "currency": "RUB" },
        });
        self.command("adjust-account", "POST /v1/adjustments", manager, body)
    }

    /// A manager changes how workers are chosen: at once, by offers, or a batch at a time.
    pub(super) fn set_pipeline(&mut self, random: &mut Random) -> Command {
        let policy = match random.below(3) {
            0 => json!({ "tick_s": 60 }),
            1 => json!({ "tick_s": 60, "offer_timeout_s": 300 }),
            _ => json!({ "tick_s": 60, "hold_s": 600 }),
        };
        let weight = random.between(1, 9);
        let body = json!({ "steps": [{ "step": "rating", "weight": weight }], "policy": policy });
        self.command("set-pipeline", "PUT /v1/matching/pipeline", manager(0), body)
    }

    /// Somebody sees to money: a payout that failed, a run that was not begun, an invoice, a top-up.
    pub(super) fn see_to_money(&mut self, random: &mut Random, now: Timestamp) -> Option<Command> {
        if random.chance(50) {
            return self.pay(random);
        }
        let payouts: Vec<Payout> = look::all(&self.cloud, "billing");
        let failed: Vec<&Payout> = payouts.iter().filter(|payout| payout.standing() == Standing::Failed).collect();
        if let Some(payout) = random.pick(&failed).filter(|_| random.chance(80)) {
            let command = self.command("retry-payout", "POST /v1/payouts/{payout}/retry", manager(1), Value::Null);
            return Some(Command { path: Some(("payout", payout.id.to_string())), ..command });
        }
        let period = self.calendar.due_at(now);
        Some(self.start_run(&period.to_string()))
    }

    pub(super) fn start_run(&mut self, period: &str) -> Command {
        let command = self.command("start-run", "PUT /v1/runs/{period}", manager(0), Value::Null);
        Command { path: Some(("period", period.to_owned())), ..command }
    }
}
