//! Sunday: the run, begun by the clock and by hand again and again, while the payout provider loses answers and calls;
//! then people pay what was not charged.

use super::people::{GOOD_CARD, hour};
use super::week::Week;
use super::{HOUR, MINUTE, Town, client, manager, tell};
use crate::Outcome;
use crate::answers::expect;
use local::faults::Fate;
use local::outside::Service;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The week that ends with this Sunday.
pub(super) const PERIOD: &str = "2026-01-11";
/// A card that the bank declines.
const BAD_CARD: &str = "pm_card_chargeDeclined";
/// Of every so many calls of the payout provider one takes effect and is not answered, and one never arrives.
const UNANSWERED: usize = 7;
const NEVER_SENT: usize = 11;

impl Town {
    /// Runs the week, and lives on until nothing is under way any more.
    pub(super) fn sunday(&mut self, week: &Week) -> Outcome {
        let calls = AtomicUsize::new(1);
        self.stage.interfere(move |call| {
            if call.service != Service::Partner || !call.target.starts_with("golden-hat") {
                return Fate::Answered;
            }
            match calls.fetch_add(1, Ordering::Relaxed) {
                n if n % UNANSWERED == 0 => Fate::ReplyLost,
                n if n % NEVER_SENT == 0 => Fate::NeverSent,
                _ => Fate::Answered,
            }
        });
        self.live_until(hour(6, 3))?;
        self.begin()?;
        self.begin()?;
        self.ask(200, &manager(), "start-run", PERIOD, None)?;
        self.live(HOUR)?;
        self.begin()?;
        tell(self, "the week's run was begun again and again; one call of the payout provider in five goes wrong");
        self.live(5 * HOUR)?;
        self.pay(week)?;
        // Webhooks come late; who was not answered is asked about.
        self.live(24 * HOUR)?;
        let failed = self.payouts("failed")?;
        for payout in &failed {
            let id = payout["id"].as_str().ok_or("a payout without an id")?;
            self.ask(202, &manager(), "retry-payout", id, None)?;
        }
        self.live(24 * HOUR)?;
        tell(
            self,
            &format!("{} payouts failed and were tried again: these amounts fail every time", failed.len()),
        );
        self.stage.calm();
        self.live(24 * HOUR)
    }

    /// Begins the run once more, as the clock does by itself every hour.
    fn begin(&self) -> Outcome {
        self.stage.start("begin-run").then_some(()).ok_or_else(|| "begin-run fails".to_owned())
    }

    /// Clients pay the invoices that were not charged to a kept card: one of them in ten does not, and one in ten has a
    /// card that is declined first.
    fn pay(&mut self, week: &Week) -> Outcome {
        let (mut charged, mut paid, mut unpaid) = (0, 0, 0);
        for account in week.clients.clone() {
            let who = client(account);
            let list = self.ask(200, &who, "list-invoices", "", None)?;
            let Some(invoice) = list["items"].as_array().and_then(|items| items.first()) else {
                continue;
            };
            if invoice["settled_at"].is_string() {
                charged += 1;
                continue;
            }
            let id = invoice["id"].as_str().ok_or("an invoice without an id")?;
            if self.random.chance(10) {
                unpaid += 1;
                continue;
            }
            let started = self.ask(201, &who, "pay-invoice", id, Some(&json!({})))?;
            if self.random.chance(10) && self.confirm(&started, BAD_CARD).is_ok() {
                return Err("the bank was to decline this card".to_owned());
            }
            self.confirm(&started, GOOD_CARD)?;
            paid += 1;
        }
        self.live(10 * MINUTE)?;
        tell(
            self,
            &format!("invoices: {charged} were charged to kept cards, {paid} paid by hand, {unpaid} not paid yet"),
        );
        Ok(())
    }

    /// The payouts of the week that stand like this.
    pub(super) fn payouts(&mut self, state: &str) -> Result<Vec<Value>, String> {
        let query = format!("state={state}&limit=100");
        let run = self.stage.ask("get-run").by(&manager()).at(PERIOD).query(&query).get();
        Ok(expect(200, run)?["payouts"]["items"].as_array().cloned().unwrap_or_default())
    }
}
