//! What a client pays beside orders: an invoice, and something onto the balance.

use super::Row;
use super::measure::expect;
use contracts::billing::InvoiceIssued;
use kernel::{Currency, InvoiceId, Money, Role};
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
    Ok(rows)
}
