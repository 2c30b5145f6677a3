//! Each use case of billing by itself, over a week.

use super::Row;
use crate::answers::expect;
use billing::calendar::{Calendar, Period};
use contracts::jobs::JobCompleted;
use contracts::payments::InvoicePaid;
use kernel::{AccountId, Currency, InvoiceId, JobId, Money, PaymentId, Principal, RequestId, Role, ServiceId};
use local::stage::Stage;
use local::testing::{caller, event};
use platform::Figure;
use serde_json::{Value, json};
use std::time::Duration;

/// How many clients and as many workers the week has: more than a page of each part.
const PEOPLE: u128 = 100;

/// Measures each.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let stage = Stage::new(vec![billing::context()])?;
    let mut rows = Vec::new();
    let mut notes = |stage: &Stage, notes: &[(&str, &str)]| {
        let costs = stage.costs();
        let row =
            |(case, function): &(&str, &str)| Row::of(case, costs.iter().filter(|cost| cost.function == *function));
        rows.extend(notes.iter().map(row));
    };
    // Of people of whom nothing is known yet: later jobs of theirs cost the same.
    deliver(&stage, "settle-job", &job(&stage, 0))?;
    notes(&stage, &[("settle-job", "settle-job")]);
    expect(200, stage.ask("get-balance").by(&client(0)).get())?;
    notes(&stage, &[("get-balance", "get-balance")]);
    expect(200, stage.ask("list-statement").by(&client(0)).query("side=client").get())?;
    notes(&stage, &[("list-statement, 1 line", "list-statement")]);
    let fine = json!({
        "account": client(0).account, "side": "worker", "reason": "Left the site unlocked",
        "amount": { "amount_minor": -100, "currency": "RUB" },
    });
    let ask = stage.ask("adjust-account").by(&caller(2, Role::Manager)).key("a-fine-that-one-may-give");
    expect(201, ask.send(&fine))?;
    notes(&stage, &[("adjust-account", "adjust-account")]);
    expect(200, stage.ask("list-adjustments").by(&caller(2, Role::Manager)).query("state=applied").get())?;
    notes(&stage, &[("list-adjustments, a page of one", "list-adjustments")]);

    for n in 1..PEOPLE {
        deliver(&stage, "settle-job", &job(&stage, n))?;
    }
    stage.settle()?;
    let period: Period = "2026-01-11".parse()?;
    let due = Calendar::read(Calendar::DEFAULT)?.run_of(period).as_millis() - stage.now().as_millis();
    stage.pass(Duration::from_millis(due.unsigned_abs()));
    stage.costs();
    if !stage.start("begin-run") {
        return Err("the run does not begin".to_owned());
    }
    stage.rest(Duration::from_secs(60))?;
    notes(
        &stage,
        &[
            ("begin-run", "begin-run"),
            ("settle-page, 100 clients and 100 workers", "settle-page"),
            ("send-payout, 100 of them", "send-payout"),
            ("golden-hat-webhook, 100 payouts", "golden-hat-webhook"),
        ],
    );
    let invoices = expect(200, stage.ask("list-invoices").by(&client(1)).get())?;
    notes(&stage, &[("list-invoices, 1 invoice", "list-invoices")]);
    let invoice: InvoiceId = invoices["items"][0]["id"].as_str().ok_or("there is no invoice")?.parse()?;
    let paid = InvoicePaid {
        invoice,
        client: client(1).account,
        payment: PaymentId::from_bits(1),
        amount: Money::new(10_000, Currency::RUB),
    };
    deliver(&stage, "settle-invoice", &event(&stage, &paid, 1, 1))?;
    notes(&stage, &[("settle-invoice", "settle-invoice")]);
    expect(200, stage.ask("get-run").by(&caller(2, Role::Manager)).at(period).get())?;
    notes(&stage, &[("get-run, no failures", "get-run")]);
    Ok(rows)
}

fn deliver(stage: &Stage, function: &str, event: &Value) -> Result<(), String> {
    match stage.deliver(function, event) {
        true => Ok(()),
        false => Err(format!("{function} failed: {:?}", stage.log().last())),
    }
}

fn client(n: u128) -> Principal {
    caller(1_000 + n, Role::Customer)
}

/// Client and worker number `n` had a job done.
fn job(stage: &Stage, n: u128) -> Value {
    let job = JobCompleted {
        job: JobId::from_bits(n),
        request: RequestId::from_bits(n),
        attempt: 1,
        client: client(n).account,
        worker: AccountId::from_bits(2_000 + n),
        service: ServiceId::from_bits(1),
        price: Money::new(10_000, Currency::RUB),
        ended_at: stage.now(),
    };
    event(stage, &job, 1, 1)
}
