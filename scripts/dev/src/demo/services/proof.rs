//! Whether everything is there, and nothing happened twice: every list held to every other one.

use super::sunday::PERIOD;
use super::week::{TOP_UP, Week};
use super::{Town, client, manager, worker};
use crate::Outcome;
use crate::answers::expect;
use billing::balance::Balance;
use billing::invoice::Invoice;
use billing::ledger::{Account, Fact};
use billing::payout::{Payout, Standing};
use billing::posting::{Posting, Txn};
use billing::proof::Stored;
use jobs::job::{Job, State};
use kernel::{AccountId, JobId};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

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
        let invoices = self.invoices(&stored.txns)?;
        println!("invoices: {invoices}, each of them exactly the sum of its jobs, all paid money at the provider");
        self.top_ups(week, &stored.txns)?;
        println!("top-ups: {}, each on its balance once, and at the provider", week.top_ups.len());
        let payouts = self.transfers(&stored.txns)?;
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

    /// How all requests ended. Each must have, and what its client cancelled as cancelled.
    fn requests(&mut self, week: &Week) -> Result<BTreeMap<String, usize>, String> {
        let mut ends = BTreeMap::<String, usize>::new();
        for (request, wanted) in &week.wanted {
            let seen = self.ask(200, &client(wanted.client), "get-service-request", request, None)?;
            let state = seen["state"].as_str().unwrap_or_default();
            if !["completed", "failed", "no-show", "cancelled", "unmatched"].contains(&state) {
                return Err(format!("{request} ({:?}) has not ended: it is {state}", wanted.fate));
            }
            if wanted.is_cancelled && state != "cancelled" {
                return Err(format!("{request} was cancelled, and is {state}"));
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

    /// Each job that is to be settled is, and no other; invoices are the sums of their jobs, and what was paid for them
    /// is at the payment provider. How many there are.
    fn invoices(&self, txns: &[Txn]) -> Result<usize, String> {
        let (mut charged, mut settled) = (BTreeMap::<AccountId, i64>::new(), BTreeSet::<JobId>::new());
        for txn in txns {
            if let Fact::Job { job, client, charge, .. } = txn.fact {
                *charged.entry(client).or_default() += charge.amount_minor;
                settled.insert(job);
            }
        }
        let is_due = |job: &Job| match job.state {
            State::Completed | State::Failed | State::Missed | State::Cancelled => true,
            State::Assigned | State::Started | State::Withdrawn | State::Closed => false,
        };
        let jobs = self.stage.cloud.items::<Job>("jobs")?;
        let due: BTreeSet<JobId> = jobs.into_iter().filter(is_due).map(|job| job.id).collect();
        if settled != due {
            let different: Vec<_> = settled.symmetric_difference(&due).collect();
            return Err(format!("settled, or to be settled, and not both: {different:?}"));
        }
        // Who only has jobs that are free of charge has no invoice.
        charged.retain(|_, minor| *minor != 0);
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

    /// What clients paid onto their balances was entered once each, and is at the payment provider.
    fn top_ups(&self, week: &Week, txns: &[Txn]) -> Outcome {
        let mut entered = BTreeMap::<String, i64>::new();
        for txn in txns {
            if let Fact::TopUp { top_up } = txn.fact {
                *entered.entry(top_up.to_string()).or_default() -= moved([txn], Account::Bank);
            }
        }
        let wanted: BTreeMap<String, i64> = week.top_ups.keys().map(|id| (id.clone(), TOP_UP)).collect();
        let mut held = self.stage.cloud.sandboxes().kept("stripe");
        held.retain(|reference, _| wanted.contains_key(reference));
        match (entered == wanted, held == wanted) {
            (true, true) => Ok(()),
            (false, _) => Err(format!("{} top-ups were paid, {} entered", wanted.len(), entered.len())),
            (_, false) => Err(format!("{} top-ups were paid, the provider holds {}", wanted.len(), held.len())),
        }
    }

    /// Each payout that was paid was transferred once, and nothing else was; nothing is in transit. What it came to.
    fn transfers(&self, txns: &[Txn]) -> Result<String, String> {
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
        let transferred = self.stage.cloud.sandboxes().kept("golden-hat");
        if transferred != paid {
            return Err(format!("{} payouts were paid, the provider transferred {}", paid.len(), transferred.len()));
        }
        let in_transit = moved(txns, Account::InTransit);
        if in_transit != 0 {
            return Err(format!("{} are in transit, and nothing is under way", amount(in_transit)));
        }
        Ok(format!(
            "{} transferred, each exactly once, {}; {failed} failed, and are on the workers' balances again",
            paid.len(),
            amount(sum)
        ))
    }

    /// Prints the statement of a worker whom nobody credited or fined, as a sheet.
    #[allow(clippy::print_stdout, reason = "this is a command line")]
    fn statement(&mut self, week: &Week) -> Outcome {
        let account = week.workers.last().ok_or("there are no workers")?;
        let who = worker(*account);
        let answer = self.stage.ask("list-statement").by(&who).query("side=worker&format=csv&limit=1000").get();
        let text = answer.body.clone();
        expect(200, answer)?;
        let balance = self.ask(200, &who, "get-balance", "", None)?;
        println!("\nthe statement of {account}, the newest line first:\n{text}");
        println!("the balance: {}", roubles(&as_worker(&balance)["balance"]));
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

/// What facts moved of an account of the platform, in the currency's minor unit.
fn moved<'t>(txns: impl IntoIterator<Item = &'t Txn>, account: Account) -> i64 {
    let legs = txns.into_iter().flat_map(|txn| txn.entry.legs());
    legs.filter(|leg| leg.account == account).map(|leg| leg.amount.amount_minor).sum()
}

fn as_worker(balances: &Value) -> &Value {
    let mut sides = balances["balances"].as_array().into_iter().flatten();
    sides.find(|one| one["side"] == "worker").unwrap_or(&Value::Null)
}
