//! The clients of a simulated shop: customers and a manager, and what they were told.

mod answers;
mod wishes;

use crate::commands::{Command, customer};
use crate::invariants;
use crate::people::register;
use kernel::{AccountId, OrderId, Timestamp};
use local::cloud::Cloud;
use local::simulation::{Random, Request, Simulation, Workload};
use local::trigger::HttpResponse;
use orders::order::State;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How many customers there are.
const CUSTOMERS: u32 = 3;

/// The lines of an order that is too large for one transaction.
pub(crate) const LARGE: u32 = 105;

/// After so many orders there are few new ones.
const WANTED: usize = 3;

/// Of so many percent of requests another one is sent before the first is answered.
const TWICE: u32 = 15;

/// The customer who wants text messages, at any hour.
const BY_PHONE: u32 = 2;

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
            self.surprises.extend(register(&simulation.cloud, customer(n).account, n == BY_PHONE).err());
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

    pub(crate) fn request(&mut self, command: Command, now: Timestamp) -> Request {
        let tag = self.next_tag;
        self.next_tag += 1;
        let (function, request) = (command.function, command.request(now));
        self.under_way.insert(tag, command);
        Request { tag, function, request }
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
        self.heard(command, answer);
    }

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        invariants::shop::violations(self, simulation)
    }
}
