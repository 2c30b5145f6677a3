//! `get-invoice`, `list-invoices`, `settle-invoice`, `credit-top-up`.

use crate::support::{
    End, PRICE, announced, client, count, ends, invoice_id, owed, pays, roubles, run, stage, stored_balance, until,
    until_run, week,
};
use billing::ledger::Side;
use contracts::payments::BalanceToppedUp;
use kernel::{AccountId, PaymentId, Role, TopUpId};
use local::stage::Stage;
use local::testing::{caller, event, meanwhile, only_for, problem, reports_only_what_it_cannot_read};
use serde_json::{Value, json};

const SETTLED: &str = "billing.invoice-settled.v1";

/// A stage with an invoice over two jobs.
fn invoiced() -> Stage {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    ends(&stage, 2, End::Failed);
    until_run(&stage);
    run(&stage);
    announced(&stage);
    stage
}

fn get(stage: &Stage) -> Value {
    let answer = stage.ask("get-invoice").by(&client()).at(invoice_id(1, week())).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()
}

#[test]
fn a_client_sees_their_invoices_and_nobody_elses() {
    let stage = invoiced();
    let invoice = get(&stage);
    assert_eq!((&invoice["jobs"], &invoice["amount"]["amount_minor"]), (&json!(2), &json!(2 * PRICE)));
    assert_eq!((&invoice["period"], &invoice["paid"]["amount_minor"]), (&json!("2026-01-11"), &json!(0)));
    assert!(invoice.get("settled_at").is_none());
    let stranger = stage.ask("get-invoice").by(&caller(9, Role::Customer)).at(invoice_id(1, week()));
    problem(&stranger.get(), 404, "not-found");
    ends(&stage, 3, End::Completed);
    until(&stage, week().next());
    run(&stage);
    let list = |query: &str| stage.ask("list-invoices").by(&client()).query(query).get().json();
    let weeks: Vec<Value> = list("")["items"].as_array().unwrap().iter().map(|one| one["period"].clone()).collect();
    assert_eq!(weeks, ["2026-01-18", "2026-01-11"], "the newest first");
    let next = list("limit=1")["next"].as_str().unwrap().to_owned();
    assert_eq!(list(&format!("limit=1&cursor={next}"))["items"][0]["period"], "2026-01-11");
    only_for(Role::Customer, || stage.ask("get-invoice").at(invoice_id(1, week())));
    only_for(Role::Customer, || stage.ask("list-invoices"));
}

#[test]
fn a_payment_is_entered_once_and_settles_the_invoice() {
    let stage = invoiced();
    let id = invoice_id(1, week());
    for _ in 0..3 {
        assert!(pays(&stage, 1, id, 1, 2 * PRICE));
    }
    assert_eq!((owed(&stage, 1), stored_balance(&stage, 1, Side::Client).paid_minor), (0, 2 * PRICE));
    assert_eq!(count(&announced(&stage), SETTLED), 1);
    assert!(get(&stage)["settled_at"].is_string());
}

#[test]
fn parts_add_up_and_what_is_too_much_stays_on_the_account() {
    let stage = invoiced();
    let id = invoice_id(1, week());
    assert!(pays(&stage, 1, id, 1, PRICE));
    assert_eq!(count(&announced(&stage), SETTLED), 0);
    assert!(pays(&stage, 2, id, 1, PRICE + 1));
    assert!(pays(&stage, 3, id, 1, 5));
    assert_eq!(count(&announced(&stage), SETTLED), 1, "once");
    assert_eq!(owed(&stage, 1), 6);
    assert_eq!(get(&stage)["paid"]["amount_minor"], 2 * PRICE + 6);
}

#[test]
fn two_payments_at_once_both_count() {
    let stage = std::sync::Arc::new(invoiced());
    let id = invoice_id(1, week());
    meanwhile(&stage, move |stage| assert!(pays(stage, 2, id, 1, PRICE)));
    assert!(pays(&stage, 1, id, 1, PRICE));
    stage.calm();
    assert_eq!((get(&stage)["paid"]["amount_minor"].as_i64(), owed(&stage, 1)), (Some(2 * PRICE), 0));
    assert_eq!(count(&announced(&stage), SETTLED), 1);
}

#[test]
fn a_payment_that_fits_no_invoice_waits_or_is_refused() {
    let stage = invoiced();
    let id = invoice_id(1, week());
    assert!(!pays(&stage, 1, invoice_id(1, week().next()), 1, PRICE), "its invoice may come yet");
    assert!(!pays(&stage, 1, id, 9, PRICE), "somebody else's");
    assert!(!pays(&stage, 1, id, 1, 0));
    assert!(!pays(&stage, 1, id, 1, -5));
    assert_eq!((owed(&stage, 1), owed(&stage, 9)), (-2 * PRICE, 0));
}

#[test]
fn a_top_up_is_credited_once_and_is_no_payment_of_an_invoice() {
    let stage = stage();
    let topped_up = |minor| BalanceToppedUp {
        top_up: TopUpId::from_bits(1),
        account: AccountId::from_bits(1),
        payment: PaymentId::from_bits(1),
        amount: roubles(minor),
    };
    for _ in 0..2 {
        assert!(stage.deliver("credit-top-up", &event(&stage, &topped_up(500), 1, 1)));
    }
    let balance = stored_balance(&stage, 1, Side::Client);
    assert_eq!((balance.available_minor, balance.paid_minor), (500, 0));
    stage.lets_them_tell();
    let mut none = event(&stage, &topped_up(0), 1, 2);
    none["data"]["top_up"] = json!(TopUpId::from_bits(2));
    assert!(!stage.deliver("credit-top-up", &none));
    reports_only_what_it_cannot_read(&stage, "credit-top-up", &event(&stage, &topped_up(500), 1, 1));
}
