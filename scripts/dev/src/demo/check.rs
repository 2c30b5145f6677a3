//! Whether everything adds up: orders, money and stock to the unit, e-mails by their references.

use super::plan::{Fate, Plan};
use super::story::Told;
use journeys::{Api, Person};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What the replay came to.
pub struct Summary {
    counts: BTreeMap<&'static str, usize>,
    paid_pence: i64,
    refunded_pence: i64,
    emails: u64,
    lost: Vec<String>,
    doubled: Vec<String>,
    wrong: Vec<String>,
    seconds: f64,
}

/// Compares what customers were told with what the platform shows now.
pub fn check(api: &Api, manager: &Person, plan: &Plan, told: &[Told], seconds: f64) -> Result<Summary, String> {
    let mut summary = Summary {
        counts: BTreeMap::new(),
        paid_pence: 0,
        refunded_pence: 0,
        emails: 0,
        lost: Vec::new(),
        doubled: Vec::new(),
        wrong: Vec::new(),
        seconds,
    };
    summary.orders(plan, told);
    summary.stock(api, manager, plan)?;
    summary.messages(api)?;
    Ok(summary)
}

impl Summary {
    /// Every planned order is there once, and ended as planned.
    fn orders(&mut self, plan: &Plan, told: &[Told]) {
        let planned: Vec<_> = plan.customers.iter().flat_map(|customer| &customer.orders).collect();
        let ids: BTreeSet<&str> = told.iter().map(|told| told.order.as_str()).collect();
        if ids.len() < planned.len() {
            self.lost.push(format!("{} orders were placed and {} are there", planned.len(), ids.len()));
        }
        if told.len() > ids.len() {
            self.doubled.push(format!("{} orders share an id", told.len() - ids.len()));
        }
        self.counts.insert("placed", told.len());
        for told in told {
            let name = match told.state.as_str() {
                "rejected" => "rejected",
                "cancelled" => "cancelled",
                "delivered" => "delivered",
                "returned" => "returned",
                _ => "unfinished",
            };
            *self.counts.entry(name).or_default() += 1;
            if name != "rejected" {
                *self.counts.entry("paid").or_default() += 1;
                self.paid_pence += told.total;
                self.refunded_pence += told.refund;
            }
            *self.counts.entry("refunds").or_default() += usize::from(told.refund > 0);
        }
        let expected = planned.iter().filter(|order| order.fate == Fate::Rejected).count();
        let rejected = self.counts.get("rejected").copied().unwrap_or_default();
        if rejected != expected {
            self.wrong.push(format!("{rejected} orders were rejected, {expected} should have been"));
        }
        let unfinished = self.counts.get("unfinished").copied().unwrap_or_default();
        if unfinished > 0 {
            self.lost.push(format!("{unfinished} orders did not come to an end"));
        }
    }

    /// Of every SKU there is what was there, less what was delivered, plus what came back.
    fn stock(&mut self, api: &Api, manager: &Person, plan: &Plan) -> Result<(), String> {
        let mut expected = plan.stock.clone();
        let orders = plan.customers.iter().flat_map(|customer| &customer.orders);
        for order in orders.filter(|order| matches!(order.fate, Fate::Delivered | Fate::DeclinedFirst)) {
            for (sku, quantity) in &order.lines {
                expected.entry(sku.clone()).and_modify(|count| *count -= quantity);
            }
            for (sku, quantity) in &order.returned {
                expected.entry(sku.clone()).and_modify(|count| *count += quantity);
            }
        }
        let mut cursor: Option<String> = None;
        loop {
            let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let page = api.get(manager, &format!("/v1/products/export?stock=true&limit=100{next}"))?;
            let page = page.expect(200)?;
            for row in page["rows"].as_array().into_iter().flatten() {
                let on_hand: i64 = row["on_hand"]
                    .as_object()
                    .into_iter()
                    .flat_map(|places| places.values())
                    .filter_map(Value::as_i64)
                    .sum();
                let sku = row["sku"].as_str().unwrap_or_default();
                if let Some(count) = expected.remove(sku)
                    && i64::from(count) != on_hand
                {
                    self.wrong.push(format!("of {sku} {on_hand} are there, {count} should be"));
                }
            }
            cursor = page["next"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        if !expected.is_empty() {
            self.lost.push(format!("{} products are missing", expected.len()));
        }
        Ok(())
    }

    /// No e-mail was sent twice, and no message waits among the dead letters.
    fn messages(&mut self, api: &Api) -> Result<(), String> {
        let status = api.look("/__local/status")?.expect(200)?;
        let sent = &status["sent"];
        self.emails = sent["email"].as_u64().unwrap_or_default();
        let repeated = sent["repeated"].as_u64().unwrap_or_default();
        if repeated > 0 {
            self.doubled.push(format!("{repeated} e-mails were sent twice"));
        }
        for (function, count) in status["dead_letters"].as_object().into_iter().flatten() {
            if count.as_u64() != Some(0) {
                self.lost.push(format!("{count} messages of {function} are dead letters"));
            }
        }
        Ok(())
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "orders": self.counts,
            "paid_pence": self.paid_pence,
            "refunded_pence": self.refunded_pence,
            "emails": self.emails,
            "lost": self.lost.len(),
            "doubled": self.doubled.len(),
            "wrong": self.wrong,
            "seconds": self.seconds,
            "orders_a_second": self.rate(),
        })
    }

    /// For people.
    pub fn text(&self) -> String {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or_default();
        let pounds = |pence: i64| format!("£{}.{:02}", pence / 100, pence % 100);
        format!(
            "\nplaced      {}\npaid        {} ({})\nrejected    {}\ncancelled   {}\ndelivered   {}\nreturned    {} whole\n\
             refunds     {} ({})\ne-mails     {}\nlost        {}\ndoubled     {}\nstock       {}\nthroughput  {:.1} orders/s \
             in {:.0} s",
            count("placed"),
            count("paid"),
            pounds(self.paid_pence),
            count("rejected"),
            count("cancelled"),
            count("delivered"),
            count("returned"),
            count("refunds"),
            pounds(self.refunded_pence),
            self.emails,
            self.lost.len(),
            self.doubled.len(),
            if self.wrong.is_empty() { "reconciled to the unit" } else { "WRONG" },
            self.rate(),
            self.seconds,
        )
    }

    /// Whether everything adds up.
    pub fn verdict(&self) -> crate::Outcome {
        let all: Vec<&str> =
            self.lost.iter().chain(&self.doubled).chain(&self.wrong).map(String::as_str).take(20).collect();
        if all.is_empty() { Ok(()) } else { Err(all.join("\n")) }
    }

    #[allow(clippy::cast_precision_loss, reason = "a rate to look at")]
    fn rate(&self) -> f64 {
        self.counts.get("placed").copied().unwrap_or_default() as f64 / self.seconds.max(0.001)
    }
}
