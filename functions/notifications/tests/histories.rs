//! Seeded histories of the whole context: duplicates, any order, crashes and lost replies at every call, schedules in
//! between. Whatever happens, everybody is told everything once, and twice only where a reply was lost and counted.

use crate::support::*;
use contracts::identity::{AccountLocked, ContactKind};
use contracts::orders::{OrderDelivered, OrderPaid, OrderShipped};
use futures_util::future::BoxFuture;
use kernel::{AccountId, Timestamp};
use local::cloud::{API, Cloud};
use local::outside::{Answer, NoAnswer, Outside, OutsideCall};
use local::services::dynamodb;
use local::simulation::{Faults, Random, Request, Simulation, Workload};
use local::testing::event;
use local::trigger::{HttpRequest, HttpResponse, claims};
use notifications::channel::Channel;
use notifications::feed::Entry;
use notifications::message::{Message, Reason, State};
use notifications::notice::Notice;
use platform::Item;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// People who look at their feeds and change their minds while they are told things.
struct Readers {
    cloud: Arc<Cloud>,
    to_come: Vec<Value>,
    told: Vec<Value>,
    tags: u64,
}

impl Readers {
    /// One of the events is published: in any order, and some twice.
    fn happen(&mut self, random: &mut Random, now: Timestamp) {
        if self.to_come.is_empty() {
            return;
        }
        let event = self.to_come.swap_remove(random.below(self.to_come.len()));
        for _ in 0..=usize::from(random.chance(30)) {
            let kind = event["type"].as_str().unwrap();
            self.cloud.plane().publish(kind, &event.to_string(), now).unwrap();
        }
        self.told.push(event);
    }
}

/// What happens to four people: orders, codes, a lock.
fn happenings() -> Vec<Value> {
    let stage = stage();
    let mut events = Vec::new();
    for (n, customer) in (1..).zip([MARIA, JOHN, OLGA, NEWCOMER]) {
        events.push(reserved(&stage, customer, n));
        events.push(step(&stage, &OrderPaid { order: order(n), customer, total: pounds(1299) }, 3));
        events.push(step(&stage, &OrderShipped { order: order(n), customer, tracking: None }, 4));
        events.push(step(&stage, &OrderDelivered { order: order(n), customer }, 5));
        events.push(event(&stage, &AccountLocked { account: customer, until: stage.now() }, 1, 1));
    }
    let (mail, phone) =
        (code(&stage, MARIA, ContactKind::Email, "042137"), code(&stage, OLGA, ContactKind::Phone, "771204"));
    events.extend([mail, phone]);
    for (n, event) in events.iter_mut().enumerate() {
        event["id"] = json!(format!("somewhere/{n}/1.1.0"));
    }
    events
}

impl Workload for Readers {
    fn next(&mut self, random: &mut Random, now: Timestamp) -> Option<Request> {
        self.happen(random, now);
        let account = *random.pick(&[MARIA, JOHN, OLGA])?;
        let (function, route, body) = match random.below(3) {
            0 => ("list-notifications", "GET /v1/notifications", None),
            1 => ("get-preferences", "GET /v1/notification-preferences", None),
            _ => {
                let orders = *random.pick(&["email", "sms"])?;
                let body = json!({ "channels": { "orders": [orders], "payments": ["email", "sms"] } });
                ("set-preferences", "PUT /v1/notification-preferences", Some(body.to_string()))
            }
        };
        self.tags += 1;
        let request = HttpRequest {
            route: route.to_owned(),
            headers: BTreeMap::from([("content-type".to_owned(), "application/json".to_owned())]),
            claims: claims(&signed_in(account), "https://local/", API, now.after(Duration::from_secs(600))),
            body,
            ..HttpRequest::default()
        };
        Some(Request { tag: self.tags, function, request })
    }

    fn answered(&mut self, _: u64, _: Option<HttpResponse>) {}

    fn violations(&self, simulation: &Simulation) -> Vec<String> {
        let mut violations = Vec::new();
        let (messages, entries): (Vec<Message>, Vec<Entry>) = (all(simulation), all(simulation));
        for event in &self.told {
            let shown = event["type"] != "identity.code-issued.v1";
            let found = entries.iter().filter(|entry| entry.id == feed_id(event)).count();
            if found != usize::from(shown) {
                violations.push(format!("{} shows {found} times", event["id"]));
            }
            let theirs: Vec<_> = messages.iter().filter(|message| event["id"] == message.cause.as_str()).collect();
            let overtaken = theirs.is_empty()
                && ["orders.order-reserved.v1", "orders.order-shipped.v1"].iter().any(|kind| event["type"] == *kind);
            if theirs.is_empty() && !overtaken {
                violations.push(format!("nobody is told of {}", event["id"]));
            }
        }
        let sent = simulation.cloud.sent().messages().to_vec();
        for message in &messages {
            let letters = sent.iter().filter(|letter| letter.reference == message.id.to_string()).count();
            let most = usize::from(message.unanswered);
            let is_right = match (&message.state, message.channel) {
                (State::Sent { .. }, Channel::Email) => (1..=most + 1).contains(&letters),
                (State::Failed { reason, .. }, Channel::Email) => letters <= most && *reason != Reason::Unwritable,
                // Text messages carry no name of theirs: they are counted below.
                (State::Sent { .. } | State::Failed { .. }, Channel::Sms) => true,
                (State::Held { .. }, _) => letters == 0,
                (State::Queued | State::Sending { .. }, _) => false,
            };
            if !is_right {
                violations.push(format!("{letters} letters of {message:?}"));
            }
        }
        for account in [MARIA, OLGA] {
            let number = if account == MARIA { "+79991234567" } else { "+79997654321" };
            let texts = sent.iter().filter(|text| text.to == number).count();
            let theirs =
                messages.iter().filter(|message| (message.account, message.channel) == (account, Channel::Sms));
            let (least, most) = theirs.fold((0, 0), |(least, most), message| {
                let sent = usize::from(matches!(message.state, State::Sent { .. }));
                (least + sent, most + sent + usize::from(message.unanswered))
            });
            if !(least..=most).contains(&texts) {
                violations.push(format!("{texts} text messages to {account}, {least} to {most} are written down"));
            }
        }
        if simulation.cloud.plane().waiting() > 0 {
            violations.push("something is never dealt with".to_owned());
        }
        violations
    }
}

fn feed_id(event: &Value) -> kernel::MessageId {
    let at: Timestamp = event["time"].as_str().unwrap().parse().unwrap();
    notifications::message::id_of(event["id"].as_str().unwrap(), at, "feed")
}

/// Every item of a kind.
fn all<T: Item>(simulation: &Simulation) -> Vec<T> {
    let table = simulation.cloud.table("notifications").unwrap();
    let answer = dynamodb::answer(table, "Scan", br#"{"TableName": "notifications"}"#);
    let answer: Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(answer.get("LastEvaluatedKey").is_none(), "one page is all");
    let items = answer["Items"].as_array().unwrap().iter();
    let of_kind = items.filter(|item| item["sk"]["S"].as_str().unwrap().split('#').next() == Some(T::KIND));
    of_kind.map(|item| platform::table::read_item(item).unwrap()).collect()
}

type Plant = fn(Arc<dyn Outside>) -> Arc<dyn Outside>;

fn run(seed: u64, plant: Plant) -> Vec<String> {
    let simulation = Simulation::new(seed, contexts(), false, plant).unwrap();
    let cloud = simulation.cloud.clone();
    let mut readers = Readers { cloud, to_come: happenings(), told: Vec::new(), tags: 0 };
    let violations = simulation.run(&mut readers, 800, Faults { lost_reply: 8, ..Faults::USUAL }).violations;
    assert!(!readers.told.is_empty());
    violations
}

#[test]
fn whatever_happens_everybody_is_told_everything_once() {
    for seed in 0..SEEDS {
        let violations = run(seed, |inner| inner);
        assert!(violations.is_empty(), "seed {seed}: {violations:#?}");
    }
}

/// How many histories are played in each test run.
const SEEDS: u64 = 16;

/// Bugs of the table as seen by the senders.
#[derive(Clone, Copy, PartialEq)]
enum Bug {
    /// Writes have no conditions: whoever claims, believes to be the only one.
    Unconditional,
    /// Claims are confirmed but not written.
    ClaimsLost,
    /// The delivery log is never written.
    LogLost,
}

/// A call as a bug has it.
struct Planted(Arc<dyn Outside>, Bug);

impl Outside for Planted {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let mut request: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let put = call.operation == "PutItem";
        let is_claim = request["Item"]["state"]["M"]["is"]["S"] == "sending";
        let is_log = request["Item"]["sk"]["S"].as_str().is_some_and(|sk| sk.starts_with("delivery#"));
        match self.1 {
            Bug::Unconditional if put && call.function == "send-email" => {
                for field in [
                    "ConditionExpression",
                    "ExpressionAttributeNames",
                    "ExpressionAttributeValues",
                ] {
                    request.as_object_mut().unwrap().remove(field);
                }
                call.body = request.to_string().into_bytes();
            }
            Bug::ClaimsLost if put && is_claim => return Box::pin(std::future::ready(Ok(Answer::json(&json!({}))))),
            Bug::LogLost if put && is_log => return Box::pin(std::future::ready(Ok(Answer::json(&json!({}))))),
            Bug::Unconditional | Bug::ClaimsLost | Bug::LogLost => {}
        }
        self.0.call(call)
    }
}

#[test]
fn the_histories_see_what_goes_wrong() {
    let bugs: [(&str, Plant); 2] = [
        ("no conditions", |inner| Arc::new(Planted(inner, Bug::Unconditional))),
        ("no claims", |inner| Arc::new(Planted(inner, Bug::ClaimsLost))),
    ];
    for (name, plant) in bugs {
        let caught = (0..SEEDS).find(|seed| !run(*seed, plant).is_empty());
        assert!(caught.is_some(), "{name} is not caught by {SEEDS} histories");
    }
    // Without the log more letters are sent twice, but every one of them is counted: nothing is wrong.
    assert!(run(1, |inner| Arc::new(Planted(inner, Bug::LogLost))).is_empty());
}

#[test]
fn the_account_of_a_message_is_a_fact_of_its_event() {
    for event in happenings() {
        let text = event["data"].to_string();
        assert!([MARIA, JOHN, OLGA, NEWCOMER].iter().any(|account: &AccountId| text.contains(&account.to_string())));
    }
    let notices: Vec<Notice> = crate::samples::notices();
    assert!(notices.iter().all(|notice| !serde_json::to_string(notice).unwrap().contains("acc_")));
}
