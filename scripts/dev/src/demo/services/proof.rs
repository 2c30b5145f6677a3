//! Whether everything is there, and nothing happened twice: every list held to every other one.

use super::sunday::PERIOD;
use super::week::Week;
use super::{Town, client, manager, worker};
use crate::Outcome;
use crate::cost::measure::expect;
use billing::balance::Balance;
use billing::invoice::Invoice;
use billing::ledger::{Account, Fact};
use billing::payout::{Payout, Standing};
use billing::posting::{Posting, Txn};
use billing::proof::Stored;
use kernel::AccountId;
use serde_json::Value;
use std::collections::BTreeMap;

impl Town {
    /// Proves it, and prints what it came to and a worker's statement.
    #[allow(clippy::print_stdout, reason = "this is a command line")]
    pub(super) fn prove(&mut self, week: &Week) -> Outcome {
        let ends = self.requests(week)?;
        println!("\nrequests, by how they ended:");
        for (state, count) in &ends {
            println!("  {count:>6}  {state}");
        }
        let stored = self.ledger()?;
        println!(
            "the ledger: {} facts that each sum to zero, {} lines of statements, {} balances that are their sums",
            stored.txns.len(),
            stored.postings.len(),
            stored.balances.len()
        );
        let jobs = ["completed", "failed", "no-show"].iter().filter_map(|state| ends.get(*state)).sum::<usize>();
        let invoices = self.invoices(&stored.txns, jobs)?;
        println!("invoices: {invoices}, each of them exactly the sum of its jobs, all paid money at the provider");
        let payouts = self.transfers()?;
        println!("payouts: {payouts}");
        let run = self.ask(200, &manager(), "get-run", PERIOD, None)?;
        let totals = &run["totals"][0];
        let total = |name: &str| format!("{} of {name}", roubles(&totals[name]["amount"]));
        println!(
            "the run as a manager sees it: {}",
            ["invoices", "planned", "paid", "failed", "pending"].map(total).join(", ")
        );
        self.statement(week)
    }

    /// How all requests ended. Each must have ended.
    fn requests(&mut self, week: &Week) -> Result<BTreeMap<String, usize>, String> {
        let mut ends = BTreeMap::<String, usize>::new();
        for (request, wanted) in &week.wanted {
            let seen = self.ask(200, &client(wanted.client), "get-service-request", request, None)?;
            let state = seen["state"].as_str().unwrap_or_default();
            if !["completed", "failed", "no-show", "cancelled", "unmatched"].contains(&state) {
                return Err(format!("{request} ({:?}) has not ended: it is {state}", wanted.fate));
            }
            *ends.entry(state.to_owned()).or_default() += 1;
        }
        Ok(ends)
    }

    fn ledger(&self) -> Result<Stored, String> {
        let cloud = &self.stage.cloud;
        let stored = Stored {
            txns: cloud.items::<Txn>("billing")?,
            postings: cloud.items::<Posting>("billing")?,
            balances: cloud.items::<Balance>("billing")?,
            weeks: cloud.items("billing")?,
        };
        stored.prove()?;
        Ok(stored)
    }

    /// Invoices are the sums of their jobs, and what was paid for them is at the payment provider. How many there are.
    fn invoices(&self, txns: &[Txn], ended: usize) -> Result<usize, String> {
        let (mut charged, mut jobs) = (BTreeMap::<AccountId, i64>::new(), 0);
        for txn in txns {
            if let Fact::Job { client, charge, .. } = txn.fact {
                *charged.entry(client).or_default() += charge.amount_minor;
                jobs += 1;
            }
        }
        if jobs < ended {
            return Err(format!("{ended} jobs ended, and only {jobs} were settled"));
        }
        let invoices = self.stage.cloud.items::<Invoice>("billing")?;
        let invoiced: BTreeMap<AccountId, i64> =
            invoices.iter().map(|invoice| (invoice.client, invoice.amount.amount_minor)).collect();
        if invoiced != charged || invoiced.len() != invoices.len() {
            return Err("invoices are not the sums of their jobs".to_owned());
        }
        let held = self.stage.cloud.sandboxes().kept("stripe");
        for invoice in &invoices {
            let there = held.get(&invoice.id.to_string()).copied().unwrap_or_default();
            if there != invoice.paid_minor {
                return Err(format!("{}: {} were paid, the provider holds {there}", invoice.id, invoice.paid_minor));
            }
        }
        Ok(invoices.len())
    }

    /// Each payout that was paid was transferred once, and nothing else was. What it came to.
    fn transfers(&self) -> Result<String, String> {
        let (mut paid, mut failed, mut sum) = (BTreeMap::<String, i64>::new(), 0, 0);
        for payout in self.stage.cloud.items::<Payout>("billing")? {
            match payout.standing() {
                Standing::Paid => {
                    paid.insert(payout.reference(), payout.amount.amount_minor);
                    sum += payout.amount.amount_minor;
                }
                Standing::Failed => failed += 1,
                Standing::Pending => return Err(format!("{} is still under way", payout.id)),
            }
        }
        let moved = self.stage.cloud.sandboxes().kept("golden-hat");
        if moved != paid {
            return Err(format!("{} payouts were paid, the provider transferred {}", paid.len(), moved.len()));
        }
        let in_transit: i64 = self
            .stage
            .cloud
            .items::<Txn>("billing")?
            .iter()
            .flat_map(|txn| txn.entry.legs().to_vec())
            .filter(|leg| leg.account == Account::InTransit)
            .map(|leg| leg.amount.amount_minor)
            .sum();
        Ok(format!(
            "{} transferred, each exactly once, {}; {failed} failed, and are on the workers' balances again; in transit: {}",
            paid.len(),
            amount(sum),
            amount(in_transit)
        ))
    }

    /// Prints the statement of the worker with the most lines, as a sheet.
    #[allow(clippy::print_stdout, reason = "this is a command line")]
    fn statement(&mut self, week: &Week) -> Outcome {
        let Some(account) = week.workers.get(3).or(week.workers.first()) else {
            return Ok(());
        };
        let who = worker(*account);
        let answer = self.stage.ask("list-statement").by(&who).query("side=worker&format=csv&limit=1000").get();
        let text = match answer.status_code {
            200 => answer.body,
            _ => expect(200, answer).map(|body| body.to_string())?,
        };
        let balance = self.ask(200, &who, "get-balance", "", None)?;
        println!("\nthe statement of {account}, the newest line first:\n{text}");
        println!("the balance: {}", roubles(&find(&balance)["balance"]));
        Ok(())
    }
}

/// An amount as people write it.
fn roubles(money: &Value) -> String {
    amount(money["amount_minor"].as_i64().unwrap_or(0))
}

fn amount(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02} RUB", minor.unsigned_abs() / 100, minor.unsigned_abs() % 100)
}

fn find(balances: &Value) -> &Value {
    let mut sides = balances["balances"].as_array().into_iter().flatten();
    sides.find(|one| one["side"] == "worker").unwrap_or(&Value::Null)
}
