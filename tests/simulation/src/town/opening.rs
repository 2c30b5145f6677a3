//! How a town begins: what was there and what was done before its history, without faults.

use super::{BEFORE_WORKERS, CLIENTS, Town, WORKERS, client, manager, person, worker};
use crate::commands::Command;
use crate::look;
use crate::people::{put, register, tell};
use contracts::hiring::WorkerHired;
use jobs::job::{Job, State};
use kernel::{AccountId, ApplicationId, Role, Text, Timestamp};
use local::sandbox::{Request, stripe};
use local::simulation::{Random, Simulation};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use supplies::draw::Draw;

/// What follows at once has followed by then.
const MINUTES: Duration = Duration::from_secs(10 * 60);
/// So long before a week is cut off a history begins that is about the week's end.
const BEFORE_THE_END: Duration = Duration::from_secs(1800);
/// How many sponges were counted.
pub const SPONGES: u32 = 5;
/// The list prices of the services: of the second's 60 % the provider fails the payout, of the third's it refuses it.
const PRICES: [i64; 3] = [10_000, 10_022, 10_028];

/// What a town's history is about, and by which clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chapter {
    /// What was done before it.
    pub done: Done,
    /// Which clock is on the wall, and in which week of the year.
    pub season: u64,
}

/// What was done before a history.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Done {
    /// Nothing.
    Nothing,
    /// Requests are matched, and the first job is about to begin.
    Matched,
    /// Jobs have ended, and the week is about to.
    Worked,
}

impl Chapter {
    /// What a seed makes of it: of every third one each in turn.
    pub fn of(seed: u64) -> Self {
        let done = match seed / 3 % 5 {
            0 => Done::Nothing,
            1 | 2 => Done::Matched,
            _ => Done::Worked,
        };
        Self { done, season: seed / 15 % 4 }
    }

    /// The time zone of the business. In Helsinki the hour of the run is skipped in spring, and comes twice in autumn.
    pub fn zone(self) -> &'static str {
        if self.season < 2 { "Europe/Moscow" } else { "Europe/Helsinki" }
    }

    /// A day within the week that ends when the clocks change, if they do.
    fn monday(self) -> Option<&'static str> {
        match self.season {
            2 => Some("2026-03-23T06:00:00.000Z"),
            3 => Some("2026-10-19T06:00:00.000Z"),
            _ => None,
        }
    }
}

impl Town {
    /// Everything that is there before the history begins.
    pub fn open(&mut self, simulation: &mut Simulation, random: &mut Random) {
        simulation.set("BUSINESS_ZONE", self.chapter.zone());
        let monday: Option<Timestamp> = self.chapter.monday().and_then(|monday| monday.parse().ok());
        if let Some(monday) = monday {
            let wait = monday.as_millis() - simulation.now().as_millis();
            simulation.pass(Duration::from_millis(u64::try_from(wait).unwrap_or_default()));
        }
        let people = (1..=CLIENTS).map(client).chain((1..=WORKERS).map(worker));
        for (n, person) in (0..).zip(people) {
            self.surprises.extend(register(&self.cloud, person.account, n == 2).err());
        }
        for (n, card) in [(1, "pm_card_visa"), (2, "pm_card_chargeCustomerFail")] {
            self.surprises.extend(self.save_card(client(n).account, card, simulation.now()).err());
        }
        self.offer(simulation);
        for n in 1..=WORKERS {
            self.surprises
                .extend(self.hire(AccountId::from_bits((BEFORE_WORKERS + n).into()), simulation.now()).err());
            let command = self.free(worker(n), [0, 5], simulation.now());
            self.ask(simulation, command);
        }
        if self.chapter.done != Done::Nothing {
            self.match_some(simulation, random);
        }
        if self.chapter.done == Done::Worked {
            self.end_jobs(simulation, random);
            self.eve(simulation);
        }
    }

    /// Asks for something, and waits for what follows within minutes.
    pub(super) fn ask(&mut self, simulation: &mut Simulation, command: Command) {
        let request = self.request(command, simulation.now());
        simulation.requests_within(MINUTES, self, vec![request]);
    }

    /// Managers offer services, and suppliers count sponges: jobs of the first service need two.
    fn offer(&mut self, simulation: &mut Simulation) {
        for (n, price) in PRICES.into_iter().enumerate() {
            let body = json!({
                "name": format!("Window cleaning {n}"), "description": "All windows of a flat.",
                "price": { "amount_minor": price, "currency": "RUB" },
                "skills": { "windows": 1 }, "duration_min": 60, "offered": true,
            });
            let command = self.command("create-service", "POST /v1/services", manager(0), body);
            self.ask(simulation, command);
        }
        let supplier = person(1002, Role::Supplier);
        let body = json!({ "name": "Sponge", "on_hand": SPONGES, "reorder_point": 4, "order_quantity": 6 });
        let command = self.command("set-supply", "PUT /v1/supplies/{sku}", supplier.clone(), body);
        self.ask(simulation, Command { path: Some(("sku", "SPONGE".to_owned())), ..command });
        let body = json!({ "lines": [{ "sku": "SPONGE", "quantity": 2 }] });
        let route = "PUT /v1/services/{service}/supplies";
        let command = self.command("set-service-supplies", route, supplier, body);
        let first = self.services.first().map(|service| ("service", service.to_string()));
        self.ask(simulation, Command { path: first, ..command });
    }

    /// Hiring says that somebody is a worker.
    fn hire(&self, worker: AccountId, now: Timestamp) -> Result<(), String> {
        let skill = Text::new("windows").map_err(|_| "no skill".to_owned())?;
        let data = WorkerHired {
            application: ApplicationId::from_bits(18),
            worker,
            skills: [(skill, 3)].into(),
            strengths: Vec::new(),
            weaknesses: Vec::new(),
        };
        tell(&self.cloud, data, now)
    }

    /// A client saves a card at the provider, which says so by a webhook.
    fn save_card(&self, account: AccountId, card: &str, now: Timestamp) -> Result<(), String> {
        let ask = |path: String, body: String| {
            let headers = BTreeMap::from([("authorization".to_owned(), format!("Bearer {}", stripe::SECRET_KEY))]);
            let request = Request {
                method: "POST".to_owned(),
                path,
                headers,
                body: body.into_bytes(),
            };
            let answer = self.cloud.sandboxes().ask("stripe", &request, now);
            let text = String::from_utf8_lossy(&answer.body).into_owned();
            match answer.status {
                200 => serde_json::from_str::<Value>(&text).map_err(|error| error.to_string()),
                _ => Err(text),
            }
        };
        let customer = ask("/v1/customers".to_owned(), format!("metadata[account]={account}"))?;
        let payer = customer["id"].as_str().unwrap_or_default().to_owned();
        let kept = json!({
            "pk": { "S": account.to_string() }, "sk": { "S": "payer" }, "v": { "N": "1" }, "by": { "S": "simulation" },
            "account": { "S": account.to_string() }, "payer": { "S": payer },
        });
        put(&self.cloud, "payments", kept)?;
        ask(format!("/v1/payment_methods/{card}/attach"), format!("customer={payer}")).map(drop)
    }

    /// Clients request something, and workers are found.
    fn match_some(&mut self, simulation: &mut Simulation, random: &mut Random) {
        // A week that is about to end has enough in it to pay all workers.
        let requests = if self.chapter.done == Done::Worked { 4 } else { 2 };
        for _ in 0..requests {
            if let Some(command) = self.want(random, simulation.now()) {
                self.ask(simulation, command);
            }
        }
        self.wait_for_job(simulation);
    }

    /// Until shortly before the next job begins.
    pub(super) fn wait_for_job(&self, simulation: &mut Simulation) {
        let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
        let assigned = jobs.iter().filter(|job| job.state == State::Assigned);
        let wait = assigned.map(|job| job.from.as_millis() - simulation.now().as_millis() - 300_000).min();
        let wait = wait.and_then(|wait| u64::try_from(wait).ok());
        simulation.pass(Duration::from_millis(wait.unwrap_or_default()));
    }

    /// Workers do what they have to do, mostly well.
    fn end_jobs(&mut self, simulation: &mut Simulation, random: &mut Random) {
        for _ in 0..4 {
            self.wait_for_job(simulation);
            let soon = simulation.now().after(Duration::from_secs(1800));
            let jobs: Vec<Job> = look::all(&self.cloud, "jobs");
            for job in jobs.iter().filter(|job| job.state == State::Assigned && job.from <= soon) {
                if !job.supplied {
                    let command = self.step(job, "request-supplies");
                    self.ask(simulation, command);
                    let draws: Vec<Draw> = look::all(&self.cloud, "supplies");
                    for draw in draws.iter().filter(|draw| draw.job == job.id) {
                        let command = self.decide_draw(draw, true);
                        self.ask(simulation, command);
                    }
                }
                let last = if random.chance(80) { "finish-job" } else { "fail-job" };
                for step in ["start-job", last] {
                    let command = self.step(job, step);
                    self.ask(simulation, command);
                }
            }
        }
    }

    /// Until the week is about to end; workers are free the day after.
    fn eve(&mut self, simulation: &mut Simulation) {
        let now = simulation.now();
        let cut_off = self.calendar.cut_off(self.calendar.period_of(now));
        let before = i64::try_from(BEFORE_THE_END.as_millis()).unwrap_or_default();
        let wait = u64::try_from(cut_off.as_millis() - before - now.as_millis());
        simulation.pass(Duration::from_millis(wait.unwrap_or_default()));
        for n in 1..WORKERS {
            let command = self.free(worker(n), [0, 5], simulation.now());
            self.ask(simulation, command);
        }
    }
}
