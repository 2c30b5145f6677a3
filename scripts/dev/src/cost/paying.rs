//! What a client pays beside orders: an invoice, and something onto the balance; and a day's comparison.

use super::Row;
use crate::answers::expect;
use contracts::billing::InvoiceIssued;
use kernel::{Currency, InvoiceId, Money, Role};
use local::sandbox::stripe::confirmation;
use local::stage::Stage;
use local::testing::{caller, event};
use serde_json::json;
use std::time::Duration;

/// Measures each.
pub(super) fn cases() -> Result<Vec<Row>, String> {
    let (stage, client) = (Stage::new(simulation::contexts())?, caller(1, Role::Customer));
    let mut rows = Vec::new();
    let mut note = |case: &str, function: &str| {
        let costs = stage.costs();
        rows.push(Row::of(case, costs.iter().filter(|cost| cost.function == function)));
    };
    let invoice = InvoiceId::from_bits(1);
    let issued = InvoiceIssued {
        invoice,
        client: client.account,
        amount: Money::new(19_000, Currency::RUB),
        period: "2026-01-11".to_owned(),
        pay_until: stage.now().after(Duration::from_secs(7 * 86_400)),
    };
    if !stage.deliver("charge-invoice", &event(&stage, &issued, 1, 1)) {
        return Err(format!("charge-invoice failed: {:?}", stage.log().last()));
    }
    note("charge-invoice, no saved method", "charge-invoice");
    let ask = stage.ask("pay-invoice").by(&client).at(invoice).key("a-key-to-pay-a-week-with");
    expect(201, ask.send(&json!({})))?;
    note("pay-invoice", "pay-invoice");
    let amount = json!({ "amount": { "amount_minor": 50_000, "currency": "RUB" } });
    let ask = stage.ask("top-up-balance").by(&client).key("a-key-to-top-up-with");
    let top_up = expect(201, ask.send(&amount))?;
    note("top-up-balance", "top-up-balance");
    let id = top_up["id"].as_str().ok_or("a top-up without an id")?;
    expect(200, stage.ask("get-top-up").by(&client).at(id).get())?;
    note("get-top-up", "get-top-up");
    for n in 0..100 {
        let amount = json!({ "amount": { "amount_minor": 50_000, "currency": "RUB" } });
        let key = format!("a-key-to-top-up-with-{n}");
        let top_up = expect(201, stage.ask("top-up-balance").by(&client).key(&key).send(&amount))?;
        let secret = top_up["client_secret"].as_str().ok_or("a top-up without a secret")?;
        stage.cloud.sandboxes().ask("stripe", &confirmation(secret, "pm_card_visa"), stage.now());
    }
    stage.rest(Duration::from_secs(26 * 3600))?;
    stage.costs();
    if !stage.start("reconcile-payments") {
        return Err(format!("reconcile-payments failed: {:?}", stage.log().last()));
    }
    note("reconcile-payments, a day of 100 payments", "reconcile-payments");
    stage.start("reconcile-payments");
    note("reconcile-payments, once the day is done", "reconcile-payments");
    Ok(rows)
}
