//! The people of a simulated town: clients who request services, workers who do them, staff who see to both, and the
//! clock that ends their weeks.

mod answers;
mod clients;
mod clock;
mod deeds;
mod ending;
mod opening;
mod staff;
mod workers;

use crate::commands::Command;
use crate::invariants;
use billing::calendar::Calendar;
use kernel::{AccountId, Principal, RequestId, Role, ServiceId, Timestamp};
use local::cloud::Cloud;
use local::sandbox::stripe::confirmation;
use local::simulation::{Random, Request, Simulation, Strike, Workload};
use local::trigger::HttpResponse;
use platform::Figure;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use deeds::{Deed, UNTIL_DONE};
pub use opening::{Chapter, Done, SPONGES};

/// How many clients there are. The first has a saved card that pays, the second one that is declined, the third none.
const CLIENTS: u32 = 3;
/// How many workers there are, and the account before the first one's.
const WORKERS: u32 = 3;
const BEFORE_WORKERS: u32 = 100;
/// After so many requests there are few new ones.
const WANTED: usize = 4;
/// Of so many percent of requests another one is sent before the first is answered.
const TWICE: u32 = 15;

/// The people of a town.
pub struct Town {
    /// Requests that clients know of, with whose they are.
    pub known: BTreeMap<RequestId, AccountId>,
    /// Requests whose cancellation was confirmed: whether that was at once.
    pub cancelled: BTreeMap<RequestId, bool>,
    /// Commands that were sent; repetitions are not counted.
    pub commands: u64,
    /// What was wrong with replies.
    pub surprises: Vec<String>,
    /// The wall clock of the business.
    pub calendar: Calendar,
    chapter: Chapter,
    services: Vec<ServiceId>,
    /// Client secrets of payments that clients can confirm at the provider.
    secrets: Vec<String>,
    /// The first good reply to each key.
    replies: BTreeMap<String, Value>,
    cloud: Arc<Cloud>,
    under_way: BTreeMap<u64, Command>,
    again: Vec<Command>,
    next_tag: u64,
}

/// Somebody with one role.
fn person(n: u32, role: Role) -> Principal {
    Principal { account: AccountId::from_bits(n.into()), roles: vec![role] }
}

fn client(n: u32) -> Principal {
    person(n, Role::Customer)
}

fn worker(n: u32) -> Principal {
    person(BEFORE_WORKERS + n, Role::Worker)
}

/// One of two managers.
fn manager(n: u32) -> Principal {
    person(1000 + n, Role::Manager)
}

impl Town {
    /// A town in which nothing has happened yet, by the clock that its chapter has on the wall.
    pub fn new(chapter: Chapter, cloud: Arc<Cloud>) -> Result<Self, String> {
        Ok(Self {
            known: BTreeMap::new(),
            cancelled: BTreeMap::new(),
            commands: 0,
            surprises: Vec::new(),
            calendar: Calendar::read(chapter.zone())?,
            chapter,
            services: Vec::new(),
            secrets: Vec::new(),
            replies: BTreeMap::new(),
            cloud,
            under_way: BTreeMap::new(),
            again: Vec::new(),
            next_tag: 1,
        })
    }

    /// How many payouts the provider made.
    pub fn paid(&self) -> u64 {
        self.cloud.sandboxes().kept("golden-hat").len() as u64
    }

    /// A command of somebody's, under a key of its own.
    fn command(&mut self, function: &'static str, route: &'static str, caller: Principal, body: Value) -> Command {
        self.next_tag += 1;
        let key = Some(format!("a-key-of-the-town-{:06}", self.next_tag));
        Command { function, route, path: None, caller, key, body }
    }

    fn request(&mut self, command: Command, now: Timestamp) -> Request {
        let tag = self.next_tag;
        self.next_tag += 1;
        let (function, request) = (command.function, command.request(now));
        self.under_way.insert(tag, command);
        Request { tag, function, request }
    }

    /// A client confirms a payment at the provider, with a card that works or not.
    fn confirm(&mut self, random: &mut Random, now: Timestamp) {
        if self.secrets.is_empty() {
            return;
        }
        let secret = self.secrets.remove(random.below(self.secrets.len()));
        let card = if random.chance(80) { "pm_card_visa" } else { "pm_card_chargeDeclined" };
        self.cloud.sandboxes().ask("stripe", &confirmation(&secret, card), now);
    }

    /// What somebody does next.
    fn wish(&mut self, random: &mut Random, now: Timestamp) -> Option<Command> {
        let requesting = if self.known.len() < WANTED { 30 } else { 4 };
        let confirming = if self.secrets.is_empty() { 0 } else { 15 };
        match random.weighted(&[requesting, 4, 36, 8, 4, 12, 3, 7, 2, 10, confirming, 2]) {
            0 => self.want(random, now),
            1 => self.cancel(random),
            2 => self.work(random, now),
            3 => self.answer_offer(random),
            4 => Some(self.set_availability(random, now)),
            5 => self.supply(random),
            6 => self.rematch(random),
            7 => Some(self.adjust(random)),
            8 => Some(self.set_pipeline(random)),
            9 => self.see_to_money(random, now),
            10 => {
                self.confirm(random, now);
                None
            }
            _ => self.look(random),
        }
    }
}

impl Workload for Town {
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request> {
        let command = if !self.again.is_empty() && random.chance(60) {
            self.again.remove(random.below(self.again.len()))
        } else {
            self.commands += 1;
            self.wish(random, now)?
        };
        // Some click twice.
        if random.chance(TWICE) {
            self.again.push(command.clone());
        }
        Some(self.request(command, now))
    }

    fn answered(&mut self, tag: u64, answer: Option<HttpResponse>) {
        let Some(command) = self.under_way.remove(&tag) else {
            return;
        };
        match answer {
            Some(answer) => self.heard(command, &answer),
            // Who heard nothing sends the very same request again, with the same key.
            None => self.again.push(command),
        }
    }

    fn clock(&mut self, random: &mut Random, now: Timestamp) -> Option<Strike> {
        self.next_strike(random, now)
    }

    fn conclude(&mut self, simulation: &mut Simulation) {
        self.come_to_an_end(simulation);
    }

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        invariants::town::violations(self, simulation)
    }
}
