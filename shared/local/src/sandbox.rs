//! Partners' sandboxes: they speak the real partners' protocols, keep their own state, and send webhooks.

pub mod biscuit;
pub mod golden_hat;
pub mod happy_cat_box;
pub mod stripe;

use crate::journal::Journal;
use crate::outside::{Answer, OutsideCall};
use biscuit::Biscuit;
use golden_hat::GoldenHat;
use happy_cat_box::HappyCatBox;
use kernel::Timestamp;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use stripe::Stripe;

/// A request to a partner: from a function, or from a person's device.
#[derive(Clone, Debug)]
pub struct Request {
    /// GET, POST, PUT or DELETE.
    pub method: String,
    /// Path and query, from the `/` on.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A webhook that a partner sends.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// The route it goes to: `POST /v1/webhooks/stripe`.
    pub route: &'static str,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
    /// Names this delivery to [`Sandbox::delivered`].
    pub delivery: u64,
}

/// A partner's sandbox. Its state is a set of named JSON values, stored one by one.
pub trait Sandbox: Send {
    /// Answers a request.
    fn answer(&mut self, request: &Request, now: Timestamp) -> Answer;

    /// A webhook that is due, if there is one. It is due again until it was delivered.
    fn due(&mut self, now: Timestamp) -> Option<Webhook>;

    /// When the next webhook is due.
    fn next_due(&self) -> Option<Timestamp>;

    /// A webhook was answered with this status (`None`: not at all).
    fn delivered(&mut self, delivery: u64, status: Option<u16>, now: Timestamp);

    /// From now on its webhooks bring events of these types only, as an endpoint there is set to.
    fn subscribe(&mut self, types: &'static [&'static str]);

    /// From now on each webhook comes at once and once: how it usually is, and never where something is to be proved.
    fn be_prompt(&mut self);

    /// What it holds for each order, invoice or top-up, or moved under each reference: less what was given back, in the
    /// currency's minor unit, or in pieces.
    fn kept(&self) -> BTreeMap<String, i64>;

    /// What changed since the last time this was asked: names and values (`None`: gone).
    fn changes(&mut self) -> Vec<(String, Option<Value>)>;

    /// Begins with this state.
    fn restore(&mut self, state: Vec<(String, Value)>) -> Result<(), String>;
}

/// All sandboxes by their partners' names.
pub struct Sandboxes {
    all: BTreeMap<&'static str, Box<dyn Sandbox>>,
    journal: Option<Arc<Mutex<Journal>>>,
}

impl Sandboxes {
    /// Every partner's, in the state that the journal remembers.
    pub fn of_all(journal: Option<Arc<Mutex<Journal>>>) -> Result<Self, String> {
        let mut sandboxes = Self { all: BTreeMap::new(), journal };
        sandboxes.add("biscuit", Box::new(Biscuit::default()))?;
        sandboxes.add("golden-hat", Box::new(GoldenHat::default()))?;
        sandboxes.add("stripe", Box::new(Stripe::default()))?;
        sandboxes.add("happy-cat-box", Box::new(HappyCatBox::default()))?;
        Ok(sandboxes)
    }

    fn add(&mut self, name: &'static str, mut sandbox: Box<dyn Sandbox>) -> Result<(), String> {
        if let Some(journal) = &self.journal {
            let state = journal.lock().unwrap_or_else(PoisonError::into_inner).partner(name)?;
            sandbox.restore(state)?;
        }
        self.all.insert(name, sandbox);
        Ok(())
    }

    /// From now on the webhooks of the partner `name` bring events of these types only.
    pub fn subscribe(&mut self, name: &str, types: &'static [&'static str]) {
        if let Some(sandbox) = self.all.get_mut(name) {
            sandbox.subscribe(types);
        }
    }

    /// From now on webhooks come at once and once.
    pub fn be_prompt(&mut self) {
        self.all.values_mut().for_each(|sandbox| sandbox.be_prompt());
    }

    /// Answers a function's call.
    pub fn answer(&mut self, call: &OutsideCall, now: Timestamp) -> Answer {
        let (name, path) = call.target.split_once('/').unwrap_or((&call.target, ""));
        let (method, headers) = (call.operation.clone(), call.headers.clone());
        let request = Request {
            method,
            path: format!("/{path}"),
            headers,
            body: call.body.clone(),
        };
        self.ask(name, &request, now)
    }

    /// Answers a request to the partner `name`.
    pub fn ask(&mut self, name: &str, request: &Request, now: Timestamp) -> Answer {
        let Some(sandbox) = self.all.get_mut(name) else {
            return Answer::new(404, format!("there is no sandbox of {name}"));
        };
        let answer = sandbox.answer(request, now);
        match self.store() {
            Ok(()) => answer,
            Err(reason) => Answer::new(500, reason),
        }
    }

    /// The webhooks that are due, with their partners.
    pub fn due(&mut self, now: Timestamp) -> Vec<(&'static str, Webhook)> {
        self.all.iter_mut().filter_map(|(name, sandbox)| Some((*name, sandbox.due(now)?))).collect()
    }

    /// When the next webhook is due.
    pub fn next_due(&self) -> Option<Timestamp> {
        self.all.values().filter_map(|sandbox| sandbox.next_due()).min()
    }

    /// A webhook was answered with this status (`None`: not at all).
    pub fn delivered(&mut self, name: &str, delivery: u64, status: Option<u16>, now: Timestamp) -> Result<(), String> {
        if let Some(sandbox) = self.all.get_mut(name) {
            sandbox.delivered(delivery, status, now);
        }
        self.store()
    }

    /// What the partner `name` holds for each order, invoice or top-up, or moved under each reference, in the currency's
    /// minor unit.
    pub fn kept(&self, name: &str) -> BTreeMap<String, i64> {
        self.all.get(name).map(|sandbox| sandbox.kept()).unwrap_or_default()
    }

    fn store(&mut self) -> Result<(), String> {
        for (name, sandbox) in &mut self.all {
            let changes = sandbox.changes();
            if let Some(journal) = &self.journal {
                journal.lock().unwrap_or_else(PoisonError::into_inner).keep_partner(name, &changes)?;
            }
        }
        Ok(())
    }
}
