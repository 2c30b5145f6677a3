//! One order of ten lines from its placing to its delivery: what every function pays for it, and everything else that
//! AWS charges for.

use super::Row;
use super::measure::{Till, expect, manager};
use local::cloud::Cloud;
use local::outside::{OutsideCall, Service};
use platform::function::Trigger;
use serde_json::json;
use std::time::Duration;

/// Prices of us-east-1, in US dollars for a million.
const HTTP_REQUESTS: f64 = 1.0;
const INVOCATIONS: f64 = 0.2;
/// For a million GB-seconds on arm64.
const GB_SECONDS: f64 = 13.3334;
const PUBLISHED: f64 = 0.5;
const QUEUE_REQUESTS: f64 = 0.4;
const EMAILS: f64 = 100.0;
/// Seconds of an invocation that Lambda charges for: mostly waiting for DynamoDB. An assumption, not a measurement.
const SECONDS: f64 = 0.02;

/// What AWS charges for, service by service.
pub struct Bill {
    /// Each of its lines.
    pub items: Vec<Item>,
}

/// A line of the bill.
pub struct Item {
    /// What is charged for.
    pub what: &'static str,
    /// How much of it.
    pub amount: f64,
    /// US dollars for a million orders.
    pub dollars: f64,
}

/// Plays the order.
pub(super) fn order() -> Result<(Vec<Row>, Bill), String> {
    let mut till = Till::new(10)?;
    till.registering()?;
    let stage = &till.stage;
    stage.settle()?;
    stage.costs();
    stage.invoked();
    stage.calls();
    let id = till.place(10, "the-key-of-the-order-of-the-story")?;
    stage.settle()?;
    till.pay(&id)?;
    stage.rest(Duration::from_secs(60))?;
    for step in ["pack-order", "ship-order", "deliver-order"] {
        expect(200, stage.ask(step).by(&manager()).at(&id).send(&json!({})))?;
        stage.settle()?;
    }
    // Until the message came and went that would have ended the time to pay.
    stage.rest(Duration::from_secs(3600))?;

    let (costs, invoked) = (stage.costs(), stage.invoked());
    let mut rows: Vec<Row> = Vec::new();
    for cost in &costs {
        if !rows.iter().any(|row| row.case == cost.function) {
            rows.push(Row::of(cost.function, costs.iter().filter(|other| other.function == cost.function)));
        }
    }
    rows.push(Row::of("**the whole story**", costs.iter()));
    let table = rows.last().map(Row::dollars).unwrap_or_default();
    Ok((rows, Bill::of(&stage.cloud, &invoked, &stage.calls(), table)))
}

impl Bill {
    /// What these invocations and calls come to, with what the tables take of it.
    pub(crate) fn of(cloud: &Cloud, invoked: &[&str], calls: &[OutsideCall], tables: f64) -> Self {
        let functions = || invoked.iter().filter_map(|name| cloud.function(name));
        let asked = calls.iter().filter(|call| call.service == Service::Lambda).count();
        let count = |wanted: fn(&Trigger) -> bool| functions().filter(|function| wanted(&function.trigger)).count();
        let http = count(|trigger| matches!(trigger, Trigger::Http { .. }));
        let messages = count(|trigger| matches!(trigger, Trigger::Events | Trigger::Foreign { .. }));
        let memory: f64 = functions().map(|function| f64::from(function.memory_mb) / 1024.0).sum();
        let sent = |service: Service, operation: &str| {
            calls.iter().filter(|call| call.service == service && call.operation == operation).count()
        };
        let (published, emails) = (sent(Service::Sns, "PublishBatch"), sent(Service::Ses, "SendEmail"));
        let item = |what, amount: f64, price: f64| Item { what, amount, dollars: amount * price };
        #[allow(clippy::cast_precision_loss, reason = "a few dozen of each")]
        let items = vec![
            Item { what: "DynamoDB, as above", amount: 1.0, dollars: tables },
            item("requests to the API", http as f64, HTTP_REQUESTS),
            item("invocations", (invoked.len() + asked) as f64, INVOCATIONS),
            item("GB-seconds, at 20 ms an invocation", memory * SECONDS, GB_SECONDS),
            item("batches of events published", published as f64, PUBLISHED),
            item("requests to queues: each batch received and deleted", 2.0 * messages as f64, QUEUE_REQUESTS),
            item("e-mails", emails as f64, EMAILS),
        ];
        Self { items }
    }

    /// US dollars for a million times all of it.
    pub fn dollars(&self) -> f64 {
        self.items.iter().map(|item| item.dollars).sum()
    }

    /// The bill as a table.
    pub(super) fn render(&self) -> String {
        let mut text =
            String::from("| an order of ten lines | how much | $ a million orders |\n| --- | ---: | ---: |\n");
        for Item { what, amount, dollars } in &self.items {
            let amount = (amount * 1000.0).round() / 1000.0;
            text += &format!("| {what} | {amount} | {dollars:.2} |\n");
        }
        text + &format!("| **all of it** | | {:.2} |\n", self.dollars())
    }
}
