//! Stripe's sandbox: its API as far as shops use it, and its webhooks, no kinder than the real ones.
//!
//! Form bodies, bearer keys, idempotency keys (24 hours, the same parameters only, refusals are remembered too),
//! intents that are created, confirmed and cancelled, refunds that fail later, customers with saved methods, searches
//! that lag behind, and signed events that come twice, late and in any order. Objects are stored one by one. Ids, delays
//! and secrets are derived, the time is given: the same requests have the same answers.
//!
//! References: <https://docs.stripe.com/api>, <https://docs.stripe.com/testing>, <https://docs.stripe.com/webhooks>.

mod cards;
mod charging;
mod customers;
pub mod events;
mod form;
mod intents;
mod listing;
mod refunds;
mod refusal;
mod store;
#[cfg(test)]
mod tests;

use super::{Request, Sandbox, Webhook};
use crate::outside::Answer;
use form::Form;
use kernel::{Digest, Timestamp};
use refusal::{Refusal, Reply};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Duration;
use store::Store;

/// The key of functions: what [`crate::services::secrets`] gives them.
pub const SECRET_KEY: &str = "development-stripe-key";
/// The key of apps and web pages.
pub const PUBLISHABLE_KEY: &str = "pk_test_development";
/// What events are signed with.
pub const WEBHOOK_SECRET: &str = "development-stripe-webhook-secret";
/// How long an idempotency key is remembered.
pub const KEY_LIFE: Duration = Duration::from_secs(86_400);
/// The longest idempotency key.
const MAX_KEY: usize = 255;

/// An app's request to confirm a payment with a test card.
pub fn confirmation(client_secret: &str, card: &str) -> Request {
    let intent = client_secret.split("_secret").next().unwrap_or_default();
    Request {
        method: "POST".to_owned(),
        path: format!("/v1/payment_intents/{intent}/confirm"),
        headers: BTreeMap::from([("authorization".to_owned(), format!("Bearer {PUBLISHABLE_KEY}"))]),
        body: format!("payment_method={card}&client_secret={client_secret}").into_bytes(),
    }
}

/// The sandbox.
#[derive(Default)]
pub struct Stripe {
    store: Store,
    /// The types of events that the endpoint subscribed to; `None`: all.
    wanted: Option<&'static [&'static str]>,
    is_prompt: bool,
}

/// Who asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Caller {
    /// A server with the secret key.
    Server,
    /// An app with the publishable key and an intent's client secret.
    App,
}

/// What was answered under an idempotency key.
#[derive(Serialize, Deserialize)]
struct Remembered {
    path: String,
    parameters: String,
    status: u16,
    body: Value,
    until: Timestamp,
}

impl Sandbox for Stripe {
    fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        self.settle(now);
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let mut form = Form::parse(query.as_bytes());
        form.extend(Form::parse(&request.body));
        let caller = match caller(request, &mut form) {
            Ok(caller) => caller,
            Err(refusal) => return refusal.answer(),
        };
        let key = request.headers.get("idempotency-key").filter(|_| request.method == "POST");
        match key {
            Some(key) => {
                self.once(key, path, &form, now, |stripe| stripe.route(&request.method, path, &form, caller, now))
            }
            None => answer(&self.route(&request.method, path, &form, caller, now)),
        }
    }

    fn due(&mut self, now: Timestamp) -> Option<Webhook> {
        self.settle(now);
        self.due_webhook(now)
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.store.next_timer()
    }

    fn delivered(&mut self, delivery: u64, status: Option<u16>, now: Timestamp) {
        self.webhook_delivered(delivery, status, now);
    }

    fn subscribe(&mut self, types: &'static [&'static str]) {
        self.wanted = Some(types);
    }

    fn be_prompt(&mut self) {
        self.is_prompt = true;
    }

    fn kept(&self) -> BTreeMap<String, i64> {
        self.charged()
    }

    fn changes(&mut self) -> Vec<(String, Option<Value>)> {
        self.store.changes()
    }

    fn restore(&mut self, state: Vec<(String, Value)>) -> Result<(), String> {
        self.store = Store::restored(state)?;
        Ok(())
    }
}

impl Stripe {
    /// Carries a request out once, and answers its repetitions as the first time.
    fn once(
        &mut self,
        key: &str,
        path: &str,
        form: &Form,
        now: Timestamp,
        run: impl FnOnce(&mut Self) -> Reply,
    ) -> Answer {
        if key.is_empty() || key.len() > MAX_KEY {
            return Refusal::invalid("Idempotency keys may not be longer than 255 characters.").answer();
        }
        let (name, parameters) = (format!("key/{key}"), form.fingerprint());
        if let Some(known) = self.store.get::<Remembered>(&name).filter(|known| now < known.until) {
            return if known.path != path {
                Refusal::other_endpoint(key, &known.path, path).answer()
            } else if known.parameters != parameters {
                Refusal::other_parameters(key).answer()
            } else {
                let mut answer = Answer::new(known.status, known.body.to_string());
                answer.headers.push(("idempotent-replayed", "true".to_owned()));
                answer
            };
        }
        let reply = run(self);
        let (status, body) = match &reply {
            Ok(body) => (200, body.clone()),
            // What never began is not remembered.
            Err(refusal) if !refusal.began => return answer(&reply),
            Err(refusal) => (refusal.status, refusal.body()),
        };
        let (path, until) = (path.to_owned(), now.after(KEY_LIFE));
        self.store.put(&name, &Remembered { path, parameters, status, body, until });
        answer(&reply)
    }

    fn route(&mut self, method: &str, path: &str, form: &Form, caller: Caller, now: Timestamp) -> Reply {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        if let ("GET" | "POST", ["3d_secure", intent]) = (method, &parts[..]) {
            return self.authenticate(intent, form, now);
        }
        match (method, &parts[..], caller) {
            ("GET", ["v1", "payment_intents", id], Caller::App) => self.shown_to_app(id, form),
            ("POST", ["v1", "payment_intents", id, "confirm"], Caller::App) => {
                self.shown_to_app(id, form)?;
                self.confirm_intent(id, form, caller, now)?;
                self.shown_to_app(id, form)
            }
            (_, _, Caller::App) => Err(Refusal::secret_key_required()),
            ("POST", ["v1", "payment_intents"], _) => self.create_intent(form, now),
            ("GET", ["v1", "payment_intents", "search"], _) => self.search_intents(form, now),
            ("GET", ["v1", "payment_intents", id], _) => self.retrieve_intent(id, form),
            ("POST", ["v1", "payment_intents", id, "confirm"], _) => self.confirm_intent(id, form, caller, now),
            ("POST", ["v1", "payment_intents", id, "cancel"], _) => self.cancel_intent(id, form, now),
            ("GET", ["v1", "charges"], _) => self.list_charges(form),
            ("POST", ["v1", "refunds"], _) => self.create_refund(form, now),
            ("GET", ["v1", "refunds"], _) => self.list_refunds(form),
            ("GET", ["v1", "refunds", id], _) => self.retrieve_refund(id),
            ("POST", ["v1", "customers"], _) => self.create_customer(form, now),
            ("GET", ["v1", "customers", id], _) => self.retrieve_customer(id),
            ("GET", ["v1", "payment_methods", id], _) => self.retrieve_method(id),
            ("POST", ["v1", "payment_methods", id, "attach"], _) => self.attach_method(id, form, now),
            ("POST", ["v1", "payment_methods", id, "detach"], _) => self.detach_method(id, form, now),
            ("GET", ["v1", "events", id], _) => self.retrieve_event(id),
            _ => Err(Refusal::unknown_url(method, path)),
        }
    }

    /// A name that nothing has yet: `pi_…`.
    fn name(&mut self, prefix: &str) -> String {
        let number = self.store.count();
        format!("{prefix}_{}", Digest::of([prefix, &number.to_string()]).short(24))
    }
}

/// Who asks, by the bearer key. Apps may also send theirs in the form.
fn caller(request: &Request, form: &mut Form) -> Result<Caller, Refusal> {
    if request.path.starts_with("/3d_secure/") {
        return Ok(Caller::App);
    }
    let bearer = request.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match form.remove("key").as_deref().or(bearer) {
        Some(SECRET_KEY) => Ok(Caller::Server),
        Some(PUBLISHABLE_KEY) => Ok(Caller::App),
        Some(_) => Err(Refusal::unauthorized("Invalid API Key provided.")),
        None => Err(Refusal::unauthorized("You did not provide an API key.")),
    }
}

fn answer(reply: &Reply) -> Answer {
    match reply {
        Ok(body) => Answer::json(body),
        Err(refusal) => refusal.answer(),
    }
}
