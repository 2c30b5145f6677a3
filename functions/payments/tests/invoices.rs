//! `charge-invoice`, `pay-invoice`: what clients pay for a week.

use crate::payment_methods::{methods, shop_with_method};
use crate::support::{
    KEY, account, announced, announced_types, asks, at_stripe, customer, do_at_stripe, interfere, pay, refunds,
    send_event, server_error, shop, stranger, stripe_event, too_many, webhooks, webhooks_waiting, writes,
};
use contracts::billing::InvoiceIssued;
use kernel::{Currency, InvoiceId, Money, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, item, meanwhile, only_for, problem, reports_only_what_it_cannot_read};
use local::trigger::HttpResponse;
use payments::invoice::charge_id;
use payments::payment::{Payment, Standing};
use payments::store::{Payer, payer_key, payment_key};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

pub const PAID: &str = "payments.invoice-paid.v1";
pub const UNPAID: &str = "payments.invoice-unpaid.v1";
const OTHER_KEY: &str = "another-key-for-this-invoice";

/// What the week comes to, in minor units.
const DUE: i64 = 19_000;

fn invoice() -> InvoiceId {
    InvoiceId::from_bits(21)
}

/// The invoice as it is told.
fn issued(stage: &Stage) -> Value {
    let issued = InvoiceIssued {
        invoice: invoice(),
        client: account(),
        amount: Money::new(DUE, Currency::GBP),
        period: "2026-02-01".to_owned(),
        pay_until: stage.now().after(Duration::from_secs(7 * 86_400)),
    };
    event(stage, &issued, 1, 1)
}

fn issue(stage: &Stage) -> bool {
    stage.deliver("charge-invoice", &issued(stage))
}

/// A stage whose client has this card and got an invoice.
fn charged(card: &str) -> Stage {
    let stage = shop_with_method(card);
    assert!(issue(&stage));
    stage
}

/// The client, who has no saved method, gets an invoice and begins to pay it; the reply.
pub fn without_method_on(stage: &Stage) -> Value {
    assert!(issue(stage));
    begun(stage, KEY, &json!({}))
}

/// A stage whose client has no saved method and got an invoice.
fn without_method() -> Stage {
    let stage = shop();
    assert!(issue(&stage));
    stage
}

fn ask(stage: &Stage, key: &str, body: &Value) -> HttpResponse {
    stage.ask("pay-invoice").by(&customer()).at(invoice()).key(key).send(body)
}

fn begun(stage: &Stage, key: &str, body: &Value) -> Value {
    let answer = ask(stage, key, body);
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()
}

fn stored(stage: &Stage) -> Payment {
    item(stage, "payments", &payment_key(invoice())).expect("the payment is stored")
}

/// The intents of the invoice: what Stripe has.
fn intents(stage: &Stage) -> Vec<Value> {
    stage.pass(Duration::from_secs(60));
    let query = format!("/v1/payment_intents/search?query=metadata%5B%27invoice%27%5D:%27{}%27", invoice());
    at_stripe(stage, &query)["data"].as_array().unwrap().clone()
}

/// What Stripe got for the invoice and did not give back.
fn kept(stage: &Stage) -> i64 {
    let got: i64 = intents(stage).iter().map(|intent| intent["amount_received"].as_i64().unwrap()).sum();
    got - refunds(stage).iter().map(|(amount, _)| amount).sum::<i64>()
}

fn because(events: &[(String, Value)]) -> Vec<&str> {
    events
        .iter()
        .filter(|(kind, _)| kind == UNPAID)
        .map(|(_, data)| data["because"].as_str().unwrap())
        .collect()
}

#[test]
fn the_saved_method_is_charged_and_the_invoice_is_paid_once() {
    let stage = charged("pm_card_visa");
    webhooks(&stage);
    assert!(issue(&stage), "told again");
    let intents = intents(&stage);
    assert_eq!(intents.len(), 1);
    let payment = charge_id(invoice(), 0);
    assert_eq!(intents[0]["metadata"], json!({ "payment": payment, "invoice": invoice() }));
    assert_eq!(intents[0]["amount_received"], DUE);
    let amount = json!({ "amount_minor": DUE, "currency": "GBP" });
    let paid = json!({ "invoice": invoice(), "client": account(), "payment": payment, "amount": amount });
    assert_eq!(announced(&stage), [(PAID.to_owned(), paid)]);
    assert_eq!(stored(&stage).standing, Standing::Paid { by: payment });
    assert_eq!(stored(&stage).due, None);
    problem(&ask(&stage, KEY, &json!({})), 409, "already-paid");
}

#[test]
fn the_method_that_was_saved_last_is_charged() {
    let stage = shop_with_method("pm_card_visa");
    stage.pass(Duration::from_secs(60));
    let reply = {
        crate::support::reserve(&stage, 1);
        crate::support::started(&stage, OTHER_KEY, &json!({ "save_method": true }))
    };
    assert_eq!(pay(&stage, &reply, "pm_card_mastercard").0, 200);
    webhooks(&stage);
    let saved = methods(&stage);
    let newest = saved.iter().find(|method| method["card"]["brand"] == "mastercard").unwrap();
    assert!(issue(&stage));
    let charged = serde_json::to_value(&stored(&stage).attempts[0].way).unwrap();
    assert_eq!(charged["saved"]["id"], newest["id"]);
    let removed = stage.ask("remove-payment-method").by(&customer()).at(newest["id"].as_str().unwrap()).get();
    assert_eq!(removed.status_code, 204, "{}", removed.body);
}

#[test]
fn without_a_method_the_client_is_told_once_and_may_pay() {
    let stage = without_method();
    assert!(issue(&stage));
    let events = announced(&stage);
    assert_eq!(because(&events), ["no-method"]);
    let amount = json!({ "amount_minor": DUE, "currency": "GBP" });
    assert_eq!((&events[0].1["amount"], &events[0].1["client"]), (&amount, &json!(account())));
    assert!(intents(&stage).is_empty());
    assert_eq!(stored(&stage).due, None, "nothing waits for the provider");
    let reply = begun(&stage, KEY, &json!({ "save_method": true }));
    assert_eq!((&reply["state"], &reply["amount"]), (&json!("open"), &amount));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    let events = announced(&stage);
    let paid: Vec<_> = events.iter().filter(|(kind, _)| kind == PAID).collect();
    assert_eq!((paid.len(), &paid[0].1["payment"]), (1, &reply["id"]));
    assert_eq!(methods(&stage).len(), 1, "the next invoice finds it");
}

#[test]
fn a_removed_method_is_none() {
    let stage = shop_with_method("pm_card_visa");
    let id = methods(&stage)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(stage.ask("remove-payment-method").by(&customer()).at(id).get().status_code, 204);
    announced(&stage);
    assert!(issue(&stage));
    assert_eq!(because(&announced(&stage)), ["no-method"]);
}

#[test]
fn what_the_bank_does_not_pay_the_client_is_told_and_pays() {
    for (card, reason) in [
        ("pm_card_chargeCustomerFail", "declined"),
        ("pm_card_authenticationRequired", "action-required"),
    ] {
        let stage = charged(card);
        webhooks(&stage);
        assert!(issue(&stage));
        assert_eq!(because(&announced(&stage)), [reason], "{card}");
        assert!(intents(&stage).iter().all(|intent| intent["status"] == "canceled"), "nobody has its secret: {card}");
        assert_eq!(stored(&stage).due, None, "{card}");
        let reply = begun(&stage, KEY, &json!({}));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        webhooks(&stage);
        assert_eq!(announced_types(&stage), [PAID], "{card}");
        assert_eq!(kept(&stage), DUE);
    }
}

#[test]
fn a_charge_that_the_provider_does_not_take_is_told() {
    let stage = shop_with_method("pm_card_visa");
    let small = InvoiceIssued {
        invoice: invoice(),
        client: account(),
        amount: Money::new(29, Currency::GBP),
        period: "2026-02-01".to_owned(),
        pay_until: stage.now(),
    };
    assert!(stage.deliver("charge-invoice", &event(&stage, &small, 1, 1)));
    assert_eq!(because(&announced(&stage)), ["declined"]);
    assert_eq!(problem(&ask(&stage, KEY, &json!({})), 422, "amount-not-payable")["reason"], "amount_too_small");
    assert_eq!(announced_types(&stage), [""; 0]);
}

#[test]
fn only_its_client_pays_an_invoice() {
    let stage = without_method();
    only_for(Role::Customer, || stage.ask("pay-invoice").at(invoice()).key(KEY));
    let theirs = stage.ask("pay-invoice").by(&stranger()).at(invoice()).key(KEY).send(&json!({}));
    problem(&theirs, 404, "not-found");
    for path in [
        "",
        "1",
        "inv_7",
        "ord_00000000000000000000000001",
        "inv_00000000000000000000000099",
    ] {
        let answer = stage.ask("pay-invoice").by(&customer()).at(path).key(KEY).send(&json!({}));
        problem(&answer, 404, "not-found");
    }
    assert!(intents(&stage).is_empty());
}

#[test]
fn bodies_and_keys_that_are_not_as_described_are_refused() {
    let stage = without_method();
    for body in [json!({ "amount": 1 }), json!([]), json!({ "save_method": 1 })] {
        problem(&ask(&stage, KEY, &body), 400, "invalid-body");
    }
    let unknown = json!({ "payment_method": "pmt_00000000000000000000000001" });
    problem(&ask(&stage, KEY, &unknown), 422, "payment-method-unknown");
    let both = json!({ "payment_method": "pmt_00000000000000000000000001", "save_method": true });
    problem(&ask(&stage, KEY, &both), 422, "payment-method-saved");
    let keyless = stage.ask("pay-invoice").by(&customer()).at(invoice()).send(&json!({}));
    problem(&keyless, 400, "idempotency-key-missing");
    assert!(stored(&stage).attempts.is_empty());
}

#[test]
fn the_same_request_again_gets_the_same_reply() {
    let stage = without_method();
    let first = ask(&stage, KEY, &json!({}));
    assert_eq!(ask(&stage, KEY, &json!({})).body, first.body);
    problem(&ask(&stage, KEY, &json!({ "save_method": true })), 422, "idempotency-key-reused");
    assert_eq!(pay(&stage, &first.json(), "pm_card_visa").0, 200);
    webhooks(&stage);
    stage.pass(Duration::from_secs(30 * 86_400));
    assert_eq!(ask(&stage, KEY, &json!({})).body, first.body, "also when it is paid and long over");
    assert_eq!(intents(&stage).len(), 1);
}

#[test]
fn a_client_pays_with_a_saved_method() {
    let stage = without_method();
    let reply = begun(&stage, KEY, &json!({ "save_method": true }));
    let payer = item::<Payer>(&stage, "payments", &payer_key(account())).unwrap().payer;
    let body = format!("customer={}", payer.as_str());
    drop(do_at_stripe(&stage, "/v1/payment_methods/pm_card_visa/attach", &body));
    webhooks(&stage);
    let chosen = json!({ "payment_method": methods(&stage)[0]["id"] });
    let paid = begun(&stage, OTHER_KEY, &chosen);
    assert_eq!((&paid["state"], paid.get("client_secret")), (&json!("succeeded"), None));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 400, "the attempt before is cancelled");
    webhooks(&stage);
    assert!(announced_types(&stage).iter().filter(|kind| *kind == PAID).count() == 1);
    assert_eq!(kept(&stage), DUE);
}

#[test]
fn what_staff_give_back_at_stripe_is_for_a_person() {
    let stage = charged("pm_card_visa");
    webhooks(&stage);
    let intent = intents(&stage)[0]["id"].as_str().unwrap().to_owned();
    crate::reconcile_payments::given_back_there_is_for_a_person(&stage, &intent);
}

#[test]
fn money_that_comes_twice_goes_back_once() {
    // The provider says that both attempts were paid: the second one goes back whole.
    let stage = without_method();
    let first = begun(&stage, KEY, &json!({}));
    let second = begun(&stage, OTHER_KEY, &json!({}));
    assert_eq!(pay(&stage, &second, "pm_card_visa").0, 200);
    webhooks(&stage);
    crate::support::take_every_refund(&stage);
    let intent = crate::support::intent_of(first["client_secret"].as_str().unwrap());
    let object = json!({
        "id": intent, "object": "payment_intent", "status": "succeeded", "amount": DUE, "amount_received": DUE,
        "currency": "gbp", "metadata": { "payment": first["id"], "invoice": invoice() },
    });
    stage.calls();
    for n in 0..3 {
        assert_eq!(send_event(&stage, &stripe_event(n, "payment_intent.succeeded", &object)).status_code, 204);
    }
    let refunds: Vec<_> = stage.calls().into_iter().filter(|call| asks(call, "POST", "/refunds")).collect();
    assert_eq!(refunds.len(), 1);
    let body = String::from_utf8(refunds[0].body.clone()).unwrap();
    assert!(body.contains(&format!("amount={DUE}&")) && body.contains("metadata%5Binvoice%5D=inv_"), "{body}");
    let paid: Vec<_> = announced(&stage).into_iter().filter(|(kind, _)| kind == PAID).collect();
    assert_eq!(paid.len(), 1);
    assert_eq!(paid[0].1["payment"], second["id"]);
}

#[test]
fn a_client_who_pays_while_the_charge_is_under_way_pays_once() {
    // At each write and each call of the charge the client begins to pay, and pays if that is possible.
    for nth in 0..8 {
        let stage = Arc::new(shop_with_method("pm_card_visa"));
        let (other, seen) = (stage.clone(), AtomicUsize::new(0));
        stage.interfere(move |call| {
            let counts = writes(call) || asks(call, "POST", "/payment_intents") || asks(call, "POST", "/confirm");
            if counts && seen.fetch_add(1, Ordering::Relaxed) == nth {
                let answer = ask(&other, KEY, &json!({}));
                if answer.status_code == 201 {
                    drop(pay(&other, &answer.json(), "pm_card_visa"));
                }
            }
            Fate::Answered
        });
        issue(&stage);
        stage.calm();
        assert!(issue(&stage), "{nth}");
        webhooks(&stage);
        let types = announced_types(&stage);
        assert_eq!(types.iter().filter(|kind| *kind == PAID).count(), 1, "{nth}: {types:?}");
        assert_eq!(kept(&stage), DUE, "{nth}");
    }
}

#[test]
fn of_two_phones_at_once_one_pays() {
    let stage = Arc::new(shop());
    assert!(issue(&stage));
    let faster = Arc::new(Mutex::new(Value::Null));
    let told = faster.clone();
    meanwhile(&stage, move |stage| *told.lock().unwrap() = begun(stage, OTHER_KEY, &json!({})));
    let slower = begun(&stage, KEY, &json!({}));
    stage.calm();
    assert_eq!(stored(&stage).attempts.len(), 2, "both are known");
    for begun in [faster.lock().unwrap().clone(), slower] {
        pay(&stage, &begun, "pm_card_visa");
    }
    webhooks(&stage);
    assert_eq!(announced_types(&stage).iter().filter(|kind| *kind == PAID).count(), 1);
    assert_eq!(kept(&stage), DUE);
}

#[test]
fn the_same_invoice_told_twice_at_once_is_charged_once() {
    for nth in 0..5 {
        let stage = Arc::new(shop_with_method("pm_card_visa"));
        let (other, seen, again) = (stage.clone(), AtomicUsize::new(0), issued(&stage));
        stage.interfere(move |call| {
            let counts = writes(call) || asks(call, "POST", "/payment_intents") || asks(call, "POST", "/confirm");
            if counts && seen.fetch_add(1, Ordering::Relaxed) == nth {
                other.deliver("charge-invoice", &again);
            }
            Fate::Answered
        });
        issue(&stage);
        stage.calm();
        assert!(issue(&stage));
        webhooks(&stage);
        assert_eq!(announced_types(&stage), [PAID], "{nth}");
        assert_eq!((intents(&stage).len(), kept(&stage)), (1, DUE), "{nth}");
    }
}

/// From outside call number `nth` on everything fails like this: the function was killed there.
fn killed(stage: &Stage, nth: usize, fate: &Fate) {
    let (seen, fate) = (AtomicUsize::new(0), fate.clone());
    stage.interfere(move |_| match seen.fetch_add(1, Ordering::Relaxed) {
        n if n < nth => Fate::Answered,
        n if n == nth => fate.clone(),
        _ => Fate::NeverSent,
    });
}

#[test]
fn a_charge_that_was_killed_between_any_two_calls_goes_on_when_it_is_told_again() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..14 {
            let stage = shop_with_method("pm_card_visa");
            killed(&stage, nth, &fate);
            issue(&stage);
            stage.calm();
            assert!(issue(&stage), "{fate:?} {nth}");
            webhooks(&stage);
            assert_eq!(announced_types(&stage), [PAID], "{fate:?} {nth}");
            assert_eq!((intents(&stage).len(), kept(&stage)), (1, DUE), "{fate:?} {nth}");
            assert_eq!(stored(&stage).due, None, "{fate:?} {nth}");
        }
    }
}

#[test]
fn a_charge_that_was_killed_and_never_told_again_is_found_by_the_sweeper() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        for nth in 0..14 {
            let stage = shop_with_method("pm_card_visa");
            killed(&stage, nth, &fate);
            issue(&stage);
            stage.calm();
            drop(webhooks_waiting(&stage));
            if item::<Payment>(&stage, "payments", &payment_key(invoice())).is_none() {
                continue;
            }
            for _ in 0..6 {
                stage.pass(Duration::from_secs(601));
                assert!(stage.start("poll-payments"), "{fate:?} {nth}");
            }
            assert_eq!(announced_types(&stage), [PAID], "{fate:?} {nth}: {:?}", stored(&stage));
            assert_eq!(kept(&stage), DUE, "{fate:?} {nth}");
            assert_eq!(stored(&stage).due, None, "{fate:?} {nth}");
        }
    }
}

#[test]
fn an_outage_of_the_provider_delays_a_charge_and_changes_nothing() {
    for (fate, end) in [
        (server_error(), "/payment_intents"),
        (too_many(), "/payment_intents"),
        (server_error(), "/confirm"),
        (Fate::NeverSent, "/confirm"),
    ] {
        let stage = shop_with_method("pm_card_visa");
        interfere(&stage, usize::MAX, fate.clone(), move |call| asks(call, "POST", end));
        issue(&stage);
        stage.pass(Duration::from_secs(601));
        // What was not answered for so long is asked about, and made anew: which the outage still keeps from being.
        stage.start("poll-payments");
        assert_eq!(announced_types(&stage), [""; 0], "{fate:?} {end}");
        stage.calm();
        stage.pass(Duration::from_secs(601));
        for _ in 0..3 {
            assert!(stage.start("poll-payments"), "{fate:?} {end}");
            stage.pass(Duration::from_secs(601));
        }
        webhooks(&stage);
        assert_eq!(announced_types(&stage), [PAID], "{fate:?} {end}");
        assert_eq!(kept(&stage), DUE, "{fate:?} {end}");
        let open = intents(&stage).into_iter().filter(|intent| intent["status"] == "requires_payment_method").count();
        assert_eq!(open, 0, "{fate:?} {end}");
    }
}

#[test]
fn a_provider_that_is_away_for_weeks_charges_in_the_end() {
    for end in ["/payment_intents", "/confirm"] {
        let stage = shop_with_method("pm_card_visa");
        interfere(&stage, usize::MAX, Fate::NeverSent, move |call| {
            asks(call, "POST", end) || (call.service == local::outside::Service::Partner && call.operation == "GET")
        });
        issue(&stage);
        for _ in 0..3 {
            stage.pass(Duration::from_secs(14 * 86_400));
            stage.start("poll-payments");
        }
        assert_eq!(announced_types(&stage), [""; 0], "{end}");
        stage.calm();
        for _ in 0..4 {
            assert!(stage.start("poll-payments"), "{end}");
            stage.pass(Duration::from_secs(601));
        }
        assert_eq!(announced_types(&stage), [PAID], "{end}");
        assert_eq!((kept(&stage), stored(&stage).due), (DUE, None), "{end}");
    }
}

#[test]
fn a_charge_that_is_over_is_ended_however_often_that_fails() {
    let stage = shop_with_method("pm_card_chargeCustomerFail");
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "POST", "/cancel"));
    issue(&stage);
    stage.pass(Duration::from_secs(601));
    assert!(!stage.start("poll-payments"), "it reports what failed");
    stage.calm();
    stage.pass(Duration::from_secs(601));
    assert!(stage.start("poll-payments"));
    assert!(intents(&stage).iter().all(|intent| intent["status"] == "canceled"));
    assert_eq!(because(&announced(&stage)), ["declined"]);
    assert_eq!(stored(&stage).due, None);
}

#[test]
fn a_payment_that_the_client_does_not_end_is_ended() {
    let stage = without_method();
    announced(&stage);
    let reply = begun(&stage, KEY, &json!({}));
    stage.pass(Duration::from_secs(3600 + 1801));
    assert!(stage.start("poll-payments"));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 400);
    webhooks(&stage);
    problem(&ask(&stage, KEY, &json!({})), 409, "payment-over");
    assert_eq!(stored(&stage).due, None);
    let reply = begun(&stage, OTHER_KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200, "however late, an invoice may be paid");
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [PAID]);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = shop();
    reports_only_what_it_cannot_read(&stage, "charge-invoice", &issued(&stage));
}
