//! Golden Hat's sandbox: the payout provider's API and webhooks, no kinder than a real one.
//!
//! JSON bodies, a bearer key, idempotency keys (24 hours, the same body only, refusals are remembered too), transfers
//! that are pending before they are paid or fail, a list by reference that lags behind, and webhooks signed as the
//! Standard Webhooks have it, which come twice, late, in any order, and even before the answer to the request. Nothing
//! but a key keeps two transfers from having one reference. Ids, delays and secrets are derived, the time is given: the
//! same requests have the same answers.
//!
//! What becomes of a transfer follows from its amount in minor units: one that ends in 13 fails some time after it was
//! taken on, one that ends in 17 is refused at once; all others are paid.

#[cfg(test)]
mod tests;

use super::{Request, Sandbox, Webhook};
use crate::outside::Answer;
use kernel::{Digest, Timestamp};
use platform::standard_webhooks;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The key of functions: what [`crate::services::secrets`] gives them.
pub const KEY: &str = "development-golden-hat-key";
/// What webhooks are signed with.
pub const WEBHOOK_SECRET: &str = "development-golden-hat-webhook-secret";
/// How long an idempotency key is remembered.
pub const KEY_LIFE: Duration = Duration::from_secs(86_400);
/// How long the list does not show a new transfer yet.
pub const LIST_LAG: Duration = Duration::from_secs(2);
/// Where webhooks go.
const ROUTE: &str = "POST /v1/webhooks/golden-hat";
/// How long an answer to a webhook may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a webhook is tried.
const MAX_TRIES: u32 = 12;
/// The longest time between two tries.
const LONGEST_WAIT: Duration = Duration::from_secs(4 * 3600);

/// The sandbox. Its state is small, and stored value by value.
#[derive(Default)]
pub struct GoldenHat {
    state: State,
    wanted: Option<&'static [&'static str]>,
    is_prompt: bool,
    changed: BTreeSet<String>,
}

/// Everything it knows, by name.
#[derive(Default)]
struct State {
    count: u64,
    transfers: BTreeMap<String, Transfer>,
    keys: BTreeMap<String, Remembered>,
    timers: BTreeMap<u64, Timer>,
}

/// A transfer.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Transfer {
    id: String,
    reference: String,
    beneficiary: String,
    amount_minor: i64,
    currency: String,
    status: String,
    reason: Option<String>,
    created: Timestamp,
}

/// What was answered under an idempotency key.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    fingerprint: String,
    status: u16,
    body: Value,
    until: Timestamp,
}

/// Something that is to happen.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Timer {
    at: Timestamp,
    what: What,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum What {
    /// The bank decides on a transfer.
    Settle { transfer: String },
    /// An event is to be delivered, which was tried this often. Each names itself the same at every try.
    Deliver { event: String, body: String, tries: u32 },
}

/// What a request to create a transfer says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTransfer {
    reference: String,
    beneficiary: String,
    amount_minor: i64,
    currency: String,
}

impl Sandbox for GoldenHat {
    fn answer(&mut self, request: &Request, now: Timestamp) -> Answer {
        self.settle(now);
        if request.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")) != Some(KEY) {
            return refusal(401, "unauthorized");
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        match (request.method.as_str(), path) {
            ("POST", "/v1/transfers") => self.create_once(request, now),
            ("GET", "/v1/transfers") => match query.strip_prefix("reference=") {
                Some(reference) => self.list(reference, now),
                None => refusal(400, "reference_missing"),
            },
            _ => refusal(404, "not_found"),
        }
    }

    fn due(&mut self, now: Timestamp) -> Option<Webhook> {
        self.settle(now);
        let (number, timer) = self
            .state
            .timers
            .iter()
            .find(|(_, timer)| timer.at <= now && matches!(timer.what, What::Deliver { .. }))?;
        let (delivery, What::Deliver { event, body, tries }) = (*number, timer.what.clone()) else {
            return None;
        };
        let what = What::Deliver { event: event.clone(), body: body.clone(), tries: tries + 1 };
        self.put_timer(delivery, Some(Timer { at: now.after(PATIENCE), what }));
        Some(Webhook {
            route: ROUTE,
            headers: headers(&event, &body, now),
            body,
            delivery,
        })
    }

    fn next_due(&self) -> Option<Timestamp> {
        self.state.timers.values().map(|timer| timer.at).min()
    }

    fn delivered(&mut self, delivery: u64, status: Option<u16>, now: Timestamp) {
        let Some(Timer { what: What::Deliver { event, body, tries }, .. }) = self.state.timers.get(&delivery).cloned()
        else {
            return;
        };
        if matches!(status, Some(200..300)) || tries >= MAX_TRIES {
            self.put_timer(delivery, None);
            return;
        }
        let wait = Duration::from_secs(5).saturating_mul(4u32.saturating_pow(tries.saturating_sub(1)));
        let at = now.after(wait.min(LONGEST_WAIT));
        self.put_timer(delivery, Some(Timer { at, what: What::Deliver { event, body, tries } }));
    }

    fn subscribe(&mut self, types: &'static [&'static str]) {
        self.wanted = Some(types);
    }

    fn be_prompt(&mut self) {
        self.is_prompt = true;
    }

    /// What was transferred, or is about to be, by reference.
    fn kept(&self) -> BTreeMap<String, i64> {
        let mut kept = BTreeMap::new();
        for transfer in self.state.transfers.values().filter(|transfer| transfer.status != "failed") {
            *kept.entry(transfer.reference.clone()).or_default() += transfer.amount_minor;
        }
        kept
    }

    fn changes(&mut self) -> Vec<(String, Option<Value>)> {
        let changed = std::mem::take(&mut self.changed);
        changed.into_iter().map(|name| (name.clone(), self.state.value(&name))).collect()
    }

    fn restore(&mut self, state: Vec<(String, Value)>) -> Result<(), String> {
        for (name, value) in state {
            self.state.set(&name, value).map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(())
    }
}

impl State {
    fn value(&self, name: &str) -> Option<Value> {
        // Plain data always serializes.
        let json = |value: &dyn Fn() -> serde_json::Result<Value>| value().unwrap_or_default();
        match name.split_once('/') {
            Some(("transfer", id)) => self.transfers.get(id).map(|value| json(&|| serde_json::to_value(value))),
            Some(("key", key)) => self.keys.get(key).map(|value| json(&|| serde_json::to_value(value))),
            Some(("timer", number)) => {
                let timer = number.parse().ok().and_then(|number: u64| self.timers.get(&number));
                timer.map(|value| json(&|| serde_json::to_value(value)))
            }
            _ => Some(json!(self.count)),
        }
    }

    fn set(&mut self, name: &str, value: Value) -> Result<(), String> {
        let wrong = |error: serde_json::Error| error.to_string();
        match name.split_once('/') {
            Some(("transfer", id)) => {
                drop(self.transfers.insert(id.to_owned(), serde_json::from_value(value).map_err(wrong)?));
            }
            Some(("key", key)) => {
                drop(self.keys.insert(key.to_owned(), serde_json::from_value(value).map_err(wrong)?));
            }
            Some(("timer", number)) => {
                let number = number.parse().map_err(|_| "it is no timer".to_owned())?;
                drop(self.timers.insert(number, serde_json::from_value(value).map_err(wrong)?));
            }
            _ => self.count = serde_json::from_value(value).map_err(wrong)?,
        }
        Ok(())
    }
}

impl GoldenHat {
    /// Carries a request out once, and answers its repetitions as the first time.
    fn create_once(&mut self, request: &Request, now: Timestamp) -> Answer {
        let Some(key) = request.headers.get("idempotency-key").filter(|key| (1..=128).contains(&key.len())) else {
            return refusal(400, "idempotency_key_missing");
        };
        let fingerprint = Digest::of([&request.body]).short(26);
        if let Some(known) = self.state.keys.get(key).filter(|known| now < known.until) {
            return match known.fingerprint == fingerprint {
                true => Answer::new(known.status, known.body.to_string()),
                false => refusal(409, "idempotency_key_reused"),
            };
        }
        let Ok(wanted) = serde_json::from_slice::<NewTransfer>(&request.body) else {
            return refusal(400, "body_invalid");
        };
        let answer = self.create(wanted, now);
        let body = serde_json::from_slice(&answer.body).unwrap_or_default();
        let remembered = Remembered {
            fingerprint,
            status: answer.status,
            body,
            until: now.after(KEY_LIFE),
        };
        self.state.keys.insert(key.clone(), remembered);
        self.changed.insert(format!("key/{key}"));
        answer
    }

    fn create(&mut self, wanted: NewTransfer, now: Timestamp) -> Answer {
        let NewTransfer { reference, beneficiary, amount_minor, currency } = wanted;
        if amount_minor <= 0 || reference.is_empty() || reference.len() > 64 {
            return refusal(422, "transfer_invalid");
        }
        if amount_minor % 100 == 17 {
            return refusal(422, "beneficiary_unknown");
        }
        let id = self.name("tr");
        let transfer = Transfer {
            id: id.clone(),
            reference,
            beneficiary,
            amount_minor,
            currency,
            status: "pending".to_owned(),
            reason: None,
            created: now,
        };
        let answer = Answer::new(201, shown(&transfer).to_string());
        // Some banks are so fast that their word is there before the answer.
        let slow = [0, 0, 700, 5_000][chance(&id, 0, 4)];
        let wait = if self.is_prompt { 0 } else { slow };
        self.put_transfer(transfer);
        self.set_timer(now.after(Duration::from_millis(wait)), What::Settle { transfer: id });
        answer
    }

    fn list(&self, reference: &str, now: Timestamp) -> Answer {
        let transfers = self.state.transfers.values();
        let found =
            transfers.filter(|transfer| transfer.reference == reference && transfer.created.after(LIST_LAG) <= now);
        let data: Vec<Value> = found.map(shown).collect();
        Answer::json(&json!({ "data": data }))
    }

    /// Banks decide whose time has come, and tell of it.
    fn settle(&mut self, now: Timestamp) {
        loop {
            let due = self.state.timers.iter().find_map(|(number, timer)| match &timer.what {
                What::Settle { transfer } if timer.at <= now => Some((*number, transfer.clone())),
                _ => None,
            });
            let Some((number, id)) = due else {
                return;
            };
            self.put_timer(number, None);
            let Some(mut transfer) = self.state.transfers.get(&id).cloned() else {
                continue;
            };
            (transfer.status, transfer.reason) = match transfer.amount_minor % 100 {
                13 => ("failed".to_owned(), Some("account_closed".to_owned())),
                _ => ("paid".to_owned(), None),
            };
            self.tell(&transfer, now);
            self.put_transfer(transfer);
        }
    }

    fn tell(&mut self, transfer: &Transfer, now: Timestamp) {
        let (event, kind) = (self.name("evt"), format!("transfer.{}", transfer.status));
        if self.wanted.is_some_and(|wanted| !wanted.contains(&kind.as_str())) {
            return;
        }
        let body = json!({ "type": kind, "timestamp": now, "data": shown(transfer) }).to_string();
        let late = [0, 0, 300, 2_000][chance(&event, 0, 4)];
        let again = (chance(&event, 8, 3) == 0).then_some(late + 900);
        let (late, again) = if self.is_prompt { (0, None) } else { (late, again) };
        for delay in std::iter::once(late).chain(again) {
            let what = What::Deliver { event: event.clone(), body: body.clone(), tries: 0 };
            self.set_timer(now.after(Duration::from_millis(delay)), what);
        }
    }

    fn set_timer(&mut self, at: Timestamp, what: What) {
        let number = self.count();
        self.put_timer(number, Some(Timer { at, what }));
    }

    fn put_timer(&mut self, number: u64, timer: Option<Timer>) {
        match timer {
            Some(timer) => drop(self.state.timers.insert(number, timer)),
            None => drop(self.state.timers.remove(&number)),
        }
        self.changed.insert(format!("timer/{number}"));
    }

    fn put_transfer(&mut self, transfer: Transfer) {
        self.changed.insert(format!("transfer/{}", transfer.id));
        self.state.transfers.insert(transfer.id.clone(), transfer);
    }

    /// A name that nothing has yet: `tr_…`.
    fn name(&mut self, prefix: &str) -> String {
        let number = self.count();
        format!("{prefix}_{}", Digest::of([prefix, &number.to_string()]).short(24))
    }

    fn count(&mut self) -> u64 {
        self.state.count += 1;
        self.changed.insert("count".to_owned());
        self.state.count
    }
}

/// The headers of a webhook that is sent now.
pub fn headers(event: &str, body: &str, now: Timestamp) -> BTreeMap<String, String> {
    let signature = standard_webhooks::sign(WEBHOOK_SECRET.as_bytes(), event, now, body.as_bytes());
    BTreeMap::from([
        ("content-type".to_owned(), "application/json".to_owned()),
        (standard_webhooks::ID.to_owned(), event.to_owned()),
        (standard_webhooks::TIMESTAMP.to_owned(), now.as_seconds().to_string()),
        (standard_webhooks::SIGNATURE.to_owned(), signature),
    ])
}

fn shown(transfer: &Transfer) -> Value {
    json!({
        "id": transfer.id,
        "object": "transfer",
        "reference": transfer.reference,
        "beneficiary": transfer.beneficiary,
        "amount_minor": transfer.amount_minor,
        "currency": transfer.currency,
        "status": transfer.status,
        "reason": transfer.reason,
    })
}

fn refusal(status: u16, code: &str) -> Answer {
    Answer::new(status, json!({ "error": { "code": code } }).to_string())
}

/// A number below `of` that a name determines.
fn chance(name: &str, shift: u32, of: u128) -> usize {
    usize::try_from((Digest::of([name]).high_bits() >> shift) % of).unwrap_or_default()
}
