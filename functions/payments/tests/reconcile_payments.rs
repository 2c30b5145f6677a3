//! `reconcile-payments`: a day of ours beside a day of Stripe's.

use crate::support::{
    KEY, PRICE, account, asks, count, customer, do_at_stripe, intent_of, interfere, order, pay, payment, reserve,
    returned, send_event, server_error, shop, shop_with_order, started, stripe_event, take_every_refund, webhooks,
    webhooks_waiting,
};
use contracts::payments::BreakKind;
use kernel::{Role, Timestamp};
use local::faults::Fate;
use local::outside::Answer;
use local::stage::Stage;
use local::testing::{caller, item};
use payments::comparison::{Comparison, Part};
use payments::day::Day;
use payments::store::{break_key, comparison_key};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
/// The day on which a stage begins.
const DAY: &str = "2026-01-05";

/// One hour behind the end of the stage's `n`th day.
pub fn ripe(stage: &Stage, n: u64) {
    let begin: Timestamp = "2026-01-05T00:00:00Z".parse().unwrap();
    let ripe = begin.after(Duration::from_secs(n * 86_400 + 3600));
    let left = ripe.as_millis() - stage.now().as_millis();
    stage.pass(Duration::from_millis(u64::try_from(left).unwrap()));
}

pub fn run(stage: &Stage) -> bool {
    stage.start("reconcile-payments")
}

/// The breaks in the queue.
pub fn breaks(stage: &Stage, query: &str) -> Vec<Value> {
    let answer = stage.ask("list-breaks").by(&caller(9, Role::Manager)).query(query).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["items"].as_array().unwrap().clone()
}

/// Kind and object of each open break.
fn open(stage: &Stage) -> Vec<(String, String)> {
    let word = |found: &Value, name: &str| found[name].as_str().unwrap().to_owned();
    breaks(stage, "").iter().map(|found| (word(found, "kind"), word(found, "object"))).collect()
}

fn comparison(stage: &Stage, day: &str) -> Option<Comparison> {
    item(stage, "payments", &comparison_key(day.parse().unwrap()))
}

/// Order 1 was paid with this card; its intent.
pub fn paid(stage: &Stage, card: &str) -> String {
    let reply = started(stage, KEY, &json!({}));
    assert_eq!(pay(stage, &reply, card).0, 200);
    webhooks(stage);
    intent_of(reply["client_secret"].as_str().unwrap()).to_owned()
}

/// Order 1 was paid, of which we never heard; its intent.
pub fn paid_unheard(stage: &Stage) -> String {
    let reply = started(stage, KEY, &json!({}));
    assert_eq!(pay(stage, &reply, "pm_card_visa").0, 200);
    drop(webhooks_waiting(stage));
    intent_of(reply["client_secret"].as_str().unwrap()).to_owned()
}

/// From now on Stripe's answer to what ends like this is another one.
fn doctor(stage: &Stage, end: &'static str, answer: Value) {
    stage.interfere(move |call| match asks(call, "GET", end) {
        true => Fate::Instead(Answer::json(&answer)),
        false => Fate::Answered,
    });
}

#[test]
fn a_clean_day_is_compared_once_and_finds_nothing() {
    let stage = shop_with_order();
    paid(&stage, "pm_card_visa");
    assert!(stage.deliver("refund-return", &returned(&stage, 1, 500)));
    webhooks(&stage);
    assert!(run(&stage), "the days before the first one");
    stage.calls();
    assert!(run(&stage));
    let calls = stage.calls();
    assert_eq!(calls.len(), 1, "a look whether the day is over: {calls:?}");
    ripe(&stage, 1);
    stage.calls();
    assert!(run(&stage));
    let calls = stage.calls();
    assert_eq!((count(&calls, "GET", "/charges"), count(&calls, "GET", "/refunds")), (1, 1));
    assert_eq!(calls.iter().filter(|call| asks(call, "GET", "")).count(), 2, "nothing is asked for one by one");
    let day = comparison(&stage, DAY).unwrap();
    assert_eq!((day.part, day.tally.theirs, day.tally.ours, day.tally.found), (Part::Done, 2, 1, 0));
    assert!(run(&stage), "twice does nothing twice");
    assert_eq!(comparison(&stage, DAY).unwrap(), day);
    assert!(breaks(&stage, "").is_empty());
}

#[test]
fn a_day_without_money_is_compared_too() {
    let stage = shop();
    ripe(&stage, 1);
    assert!(run(&stage));
    assert_eq!(comparison(&stage, DAY).unwrap().part, Part::Done);
    assert!(breaks(&stage, "").is_empty());
}

#[test]
fn money_that_we_never_heard_of_is_a_break_that_heals_when_we_do() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    let late = webhooks_waiting(&stage);
    let intent = intent_of(reply["client_secret"].as_str().unwrap()).to_owned();
    ripe(&stage, 1);
    assert!(!run(&stage), "the alarm rings");
    assert_eq!(open(&stage), [("state".to_owned(), intent.clone())]);
    let found = &breaks(&stage, "")[0];
    assert_eq!(found["ours"], json!({ "state": "uncaptured" }));
    let amount = json!({ "amount_minor": PRICE, "currency": "GBP" });
    assert_eq!(found["theirs"], json!({ "state": "captured", "amount": amount }));
    assert_eq!(found["paid"], order(1).to_string());
    assert!(run(&stage), "it rings once");
    for webhook in late {
        stage.pass(Duration::from_secs(1));
        let body: Value = serde_json::from_str(&webhook.body).unwrap();
        assert_eq!(send_event(&stage, &body).status_code, 204);
    }
    ripe(&stage, 2);
    assert!(run(&stage));
    assert!(open(&stage).is_empty());
    let closed = &breaks(&stage, "state=closed")[0];
    assert_eq!(closed["closed"], json!({ "at": stage.now() }), "nobody's doing");
    assert_eq!(comparison(&stage, "2026-01-06").unwrap().tally.healed, 1);
}

#[test]
fn a_charge_of_a_payment_that_we_do_not_have_is_missing_here() {
    let stage = shop_with_order();
    // Somebody used an id of ours for what we never asked for.
    let body = format!(
        "amount=700&currency=gbp&metadata[payment]={}&metadata[order]={}",
        kernel::PaymentId::from_bits(77),
        order(7),
    );
    let intent = do_at_stripe(&stage, "/v1/payment_intents", &body);
    confirm(&stage, &intent);
    ripe(&stage, 1);
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("missing-here".to_owned(), intent["id"].as_str().unwrap().to_owned())]);
}

fn confirm(stage: &Stage, intent: &Value) {
    let secret = intent["client_secret"].as_str().unwrap();
    let (status, paid) = pay(stage, &json!({ "client_secret": secret }), "pm_card_visa");
    assert_eq!((status, &paid["status"]), (200, &json!("succeeded")));
    drop(webhooks_waiting(stage));
}

#[test]
fn a_capture_that_the_provider_does_not_know_is_missing_there() {
    let stage = shop_with_order();
    started(&stage, KEY, &json!({}));
    let attempt = payment(&stage).attempts[0].clone();
    let intent = attempt.intent().unwrap().as_str().to_owned();
    // A webhook with our secret, of money that never came.
    let object = json!({
        "id": intent, "object": "payment_intent", "status": "succeeded", "currency": "gbp", "amount_received": PRICE,
        "metadata": { "payment": attempt.id, "order": order(1) },
    });
    assert_eq!(send_event(&stage, &stripe_event(1, "payment_intent.succeeded", &object)).status_code, 204);
    ripe(&stage, 1);
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("state".to_owned(), intent.clone())], "it knows the intent, and no money");
    // Of another intent it knows nothing at all.
    let missing = json!({ "error": { "type": "invalid_request_error", "code": "resource_missing" } });
    let stage = shop_with_order();
    let intent = paid(&stage, "pm_card_visa");
    ripe(&stage, 1);
    stage.interfere(move |call| {
        let is_list = asks(call, "GET", "/charges");
        let is_one = asks(call, "GET", "") && call.target.contains("/payment_intents/pi_");
        let empty = json!({ "object": "list", "data": [], "has_more": false });
        match (is_list, is_one) {
            (true, _) => Fate::Instead(Answer::json(&empty)),
            (_, true) => Fate::Instead(Answer::new(404, missing.to_string())),
            _ => Fate::Answered,
        }
    });
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("missing-there".to_owned(), intent)]);
}

#[test]
fn other_amounts_and_currencies_are_breaks_of_their_kind() {
    for (kind, amount, currency) in [("amount", PRICE + 1, "gbp"), ("currency", PRICE, "eur")] {
        let stage = shop_with_order();
        let intent = paid(&stage, "pm_card_visa");
        ripe(&stage, 1);
        let metadata = json!({ "payment": payment(&stage).attempts[0].id, "order": order(1) });
        let charge = json!({
            "id": "ch_1", "object": "charge", "paid": true, "amount_captured": amount, "currency": currency,
            "payment_intent": intent, "metadata": metadata,
        });
        let whole = json!({
            "id": intent, "object": "payment_intent", "status": "succeeded", "amount_received": amount,
            "currency": currency, "metadata": metadata,
        });
        let name = intent.clone();
        stage.interfere(move |call| {
            if asks(call, "GET", "/charges") {
                let list = json!({ "object": "list", "data": [charge], "has_more": false });
                Fate::Instead(Answer::json(&list))
            } else if asks(call, "GET", &format!("/payment_intents/{name}")) {
                Fate::Instead(Answer::json(&whole))
            } else {
                Fate::Answered
            }
        });
        assert!(!run(&stage));
        assert_eq!(open(&stage), [(kind.to_owned(), intent)]);
    }
}

#[test]
fn partial_refunds_are_compared_one_by_one() {
    let stage = shop_with_order();
    let intent = paid(&stage, "pm_card_visa");
    for (n, amount) in [(1, 300), (2, 500)] {
        assert!(stage.deliver("refund-return", &returned(&stage, n, amount)));
    }
    webhooks(&stage);
    // A third one is made at Stripe itself, and its webhook never comes.
    let made = do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={intent}&amount=200"));
    drop(webhooks_waiting(&stage));
    ripe(&stage, 1);
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("missing-here".to_owned(), made["id"].as_str().unwrap().to_owned())]);
    let tally = comparison(&stage, DAY).unwrap().tally;
    assert_eq!((tally.theirs, tally.foreign), (4, 0), "whose it is the intent says");
}

/// The only payment of the stage was given back at Stripe itself, in part: people are told at once, and a manager finds
/// it among the breaks until it is dealt with.
pub fn given_back_there_is_for_a_person(stage: &Stage, intent: &str) {
    assert!(!stage.log().iter().any(|line| line.contains("in the ledger")));
    let made = do_at_stripe(stage, "/v1/refunds", &format!("payment_intent={intent}&amount=200"));
    webhooks(stage);
    let told = |line: &&String| line.contains("in the ledger was given back") && line.contains("\"error\"");
    assert!(stage.log().iter().find(told).is_some());
    let found = [("missing-here".to_owned(), made["id"].as_str().unwrap().to_owned())];
    ripe(stage, 1);
    assert!(!run(stage));
    assert_eq!(open(stage), found);
    ripe(stage, 2);
    assert!(run(stage), "it is found once");
    assert_eq!(open(stage), found, "and does not heal: we have heard of it, the ledger has not");
    let seen = &breaks(stage, "")[0];
    assert_eq!((seen["ours"].is_null(), &seen["theirs"]["state"]), (true, &json!("refunded")));
    let close = stage.ask("close-break").by(&caller(9, Role::Manager)).at(seen["id"].as_str().unwrap());
    let note = json!({ "note": "Debited by hand" });
    assert_eq!(close.key("a-key-to-close-a-break-with").send(&note).status_code, 200);
    ripe(stage, 3);
    assert!(run(stage));
    assert!(open(stage).is_empty());
}

#[test]
fn of_an_order_a_refund_that_was_made_there_is_announced_and_no_break() {
    let stage = shop_with_order();
    let intent = paid(&stage, "pm_card_visa");
    do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={intent}&amount=200"));
    webhooks(&stage);
    assert!(!stage.log().iter().any(|line| line.contains("in the ledger")));
    ripe(&stage, 1);
    assert!(run(&stage));
    assert!(open(&stage).is_empty());
}

#[test]
fn a_refund_that_the_provider_does_not_know_is_missing_there() {
    let stage = shop_with_order();
    paid(&stage, "pm_card_visa");
    take_every_refund(&stage);
    assert!(stage.deliver("refund-return", &returned(&stage, 1, 500)));
    stage.calm();
    let refund = payment(&stage).attempts[0].refunds()[0].id;
    ripe(&stage, 1);
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("missing-there".to_owned(), refund.to_string())]);
}

#[test]
fn a_refund_that_fails_at_the_provider_alone_is_a_difference_of_state() {
    let stage = shop_with_order();
    paid(&stage, "pm_card_refundFail");
    assert!(stage.deliver("refund-return", &returned(&stage, 1, 500)));
    webhooks(&stage);
    stage.pass(Duration::from_secs(60));
    drop(webhooks_waiting(&stage));
    ripe(&stage, 1);
    assert!(!run(&stage));
    assert_eq!(open(&stage).len(), 1);
    let found = &breaks(&stage, "")[0];
    assert_eq!((&found["kind"], &found["ours"]["state"]), (&json!("state"), &json!("refunded")));
    assert_eq!(found["theirs"]["state"], "refund-failed");
}

#[test]
fn money_in_flight_is_no_break() {
    let stage = shop_with_order();
    let intent = paid(&stage, "pm_card_visa");
    // The first day is compared at once at its end, while a refund has been under way for minutes.
    ripe(&stage, 1);
    let made = do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={intent}&amount=200"));
    drop(webhooks_waiting(&stage));
    doctor(&stage, "/charges", json!({ "object": "list", "data": [], "has_more": false }));
    assert!(run(&stage), "the intent is looked at, its refund is too young");
    stage.calm();
    assert!(open(&stage).is_empty());
    ripe(&stage, 2);
    assert!(!run(&stage));
    assert_eq!(open(&stage), [("missing-here".to_owned(), made["id"].as_str().unwrap().to_owned())]);
}

#[test]
fn what_another_system_does_on_the_same_account_is_counted_and_ignored() {
    let stage = shop_with_order();
    paid(&stage, "pm_card_visa");
    for more in [
        "",
        "&metadata[order]=A-1001",
        "&metadata[payment]=7&metadata[order]=ord_7",
    ] {
        let intent = do_at_stripe(&stage, "/v1/payment_intents", &format!("amount=900&currency=usd{more}"));
        confirm(&stage, &intent);
        do_at_stripe(&stage, "/v1/refunds", &format!("payment_intent={}", intent["id"].as_str().unwrap()));
    }
    drop(webhooks_waiting(&stage));
    ripe(&stage, 1);
    assert!(run(&stage));
    let tally = comparison(&stage, DAY).unwrap().tally;
    assert_eq!((tally.theirs, tally.foreign, tally.found), (1, 6, 0));
}

/// `n` orders, each paid.
pub fn many(stage: &Stage, n: u128) {
    for number in 1..=n {
        reserve(stage, number);
        let ask = stage.ask("start-payment").by(&customer()).at(order(number)).key(KEY);
        let reply = ask.send(&json!({}));
        assert_eq!(reply.status_code, 201, "{}", reply.body);
        assert_eq!(pay(stage, &reply.json(), "pm_card_visa").0, 200);
    }
}

#[test]
fn a_busy_day_takes_several_pages() {
    let stage = shop();
    many(&stage, 230);
    let waiting = webhooks_waiting(&stage);
    let unheard = json!(order(117));
    for webhook in &waiting {
        let body: Value = serde_json::from_str(&webhook.body).unwrap();
        if body["data"]["object"]["metadata"]["order"] != unheard {
            crate::support::hand_over(&stage, &webhook.headers, &webhook.body);
        }
    }
    ripe(&stage, 1);
    stage.calls();
    assert!(!run(&stage));
    let calls = stage.calls();
    assert_eq!(count(&calls, "GET", "/charges"), 3);
    let day = comparison(&stage, DAY).unwrap();
    assert_eq!((day.tally.theirs, day.tally.ours, day.tally.found), (230, 229, 1));
    assert_eq!(breaks(&stage, "")[0]["paid"], unheard);
}

#[test]
fn a_comparison_that_stops_midway_goes_on_from_there() {
    for fate in [Fate::NeverSent, Fate::ReplyLost, server_error()] {
        let stage = shop();
        many(&stage, 130);
        while webhooks(&stage) > 0 {}
        ripe(&stage, 1);
        stage.interfere(move |call| match asks(call, "GET", "/charges") && call.target.contains("starting_after") {
            true => fate.clone(),
            false => Fate::Answered,
        });
        assert!(!run(&stage));
        let half = comparison(&stage, DAY).unwrap();
        assert_eq!((half.part, half.tally.theirs), (Part::Charges, 100));
        stage.calm();
        stage.pass(HOUR);
        stage.calls();
        assert!(run(&stage));
        assert_eq!(count(&stage.calls(), "GET", "/charges"), 1, "the first page is behind us");
        let day = comparison(&stage, DAY).unwrap();
        assert_eq!((day.part, day.tally.theirs, day.tally.ours), (Part::Done, 130, 130));
    }
}

#[test]
fn killed_at_any_call_a_later_start_finds_the_same() {
    for nth in 0..24 {
        let stage = shop_with_order();
        let intent = paid_unheard(&stage);
        ripe(&stage, 1);
        let seen = AtomicUsize::new(0);
        stage.interfere(move |_| match seen.fetch_add(1, Ordering::Relaxed) >= nth {
            true => Fate::ReplyLost,
            false => Fate::Answered,
        });
        run(&stage);
        stage.calm();
        run(&stage);
        assert_eq!(open(&stage), [("state".to_owned(), intent)], "killed at call {nth}");
        assert_eq!(breaks(&stage, "")[0]["times"], 1);
        assert_eq!(comparison(&stage, DAY).unwrap().part, Part::Done);
    }
}

#[test]
fn missed_days_are_made_up_for_the_oldest_first() {
    let stage = shop_with_order();
    ripe(&stage, 1);
    assert!(run(&stage));
    let intent = paid_unheard_later(&stage);
    ripe(&stage, 5);
    assert!(!run(&stage));
    for day in ["2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09"] {
        assert_eq!(comparison(&stage, day).unwrap().part, Part::Done, "{day}");
    }
    assert!(comparison(&stage, "2026-01-10").is_none(), "it is not over");
    assert_eq!(open(&stage), [("state".to_owned(), intent)]);
}

/// Order 1 is paid on the second day, of which we never hear.
fn paid_unheard_later(stage: &Stage) -> String {
    reserve_again(stage);
    paid_unheard(stage)
}

fn reserve_again(stage: &Stage) {
    let reserved = contracts::orders::OrderReserved {
        order: order(1),
        customer: account(),
        total: crate::support::pence(PRICE),
        pay_until: stage.now().after(HOUR),
    };
    assert!(stage.deliver("keep-payable", &local::testing::event(stage, &reserved, 1, 2)));
}

#[test]
fn an_outage_of_the_provider_is_gone_on_from() {
    let stage = shop_with_order();
    paid(&stage, "pm_card_visa");
    ripe(&stage, 1);
    interfere(&stage, usize::MAX, server_error(), |call| asks(call, "GET", ""));
    for _ in 0..3 {
        assert!(!run(&stage));
        stage.pass(HOUR);
    }
    stage.calm();
    assert!(run(&stage));
    assert_eq!(comparison(&stage, DAY).unwrap().part, Part::Done);
}

#[test]
fn of_two_runs_at_once_one_goes_on_and_each_break_is_found_once() {
    let stage = Arc::new(shop_with_order());
    let intent = paid_unheard(&stage);
    ripe(&stage, 1);
    let (other, seen) = (stage.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if asks(call, "GET", "/charges") && seen.fetch_add(1, Ordering::Relaxed) == 0 {
            assert!(!run(&other), "it finds the break");
        }
        Fate::Answered
    });
    assert!(run(&stage), "the other one goes on");
    stage.calm();
    assert_eq!(open(&stage), [("state".to_owned(), intent)]);
    assert_eq!(breaks(&stage, "")[0]["times"], 1);
    let day = comparison(&stage, DAY).unwrap();
    assert_eq!((day.part, day.tally.found), (Part::Done, 1));
}

#[test]
fn what_a_manager_closed_is_found_once_more_only_if_it_changes() {
    let stage = shop_with_order();
    let intent = paid_unheard(&stage);
    ripe(&stage, 1);
    assert!(!run(&stage));
    let id: kernel::BreakId = breaks(&stage, "")[0]["id"].as_str().unwrap().parse().unwrap();
    let close = stage.ask("close-break").by(&caller(9, Role::Manager)).at(id).key("a-key-to-close-a-break-with");
    assert_eq!(close.send(&json!({ "note": "Refunded by hand" })).status_code, 200);
    // The overlap shows the charge once more.
    ripe(&stage, 2);
    assert!(run(&stage));
    assert!(open(&stage).is_empty());
    let known: payments::discrepancy::Break = item(&stage, "payments", &break_key(id)).unwrap();
    let mut changed = payments::compare::Difference {
        object: intent,
        kind: BreakKind::State,
        purpose: order(1).into(),
        intent: known.intent.clone(),
        ours: known.ours,
        theirs: known.theirs,
    };
    assert_eq!(payments::discrepancy::Break::seen(Some(&known), &changed, stage.now()), None);
    changed.theirs = None;
    let (again, events) = payments::discrepancy::Break::seen(Some(&known), &changed, stage.now()).unwrap();
    assert_eq!((again.times, again.closed, events.len()), (2, None, 1));
}

#[test]
fn days_are_utc_and_read_back() {
    for (moment, day) in [
        ("2026-01-05T23:59:59.999Z", "2026-01-05"),
        ("2026-01-06T02:59:00+03:00", "2026-01-05"),
        ("2024-02-29T12:00:00Z", "2024-02-29"),
        ("1969-12-31T23:59:59Z", "1969-12-31"),
    ] {
        let moment: Timestamp = moment.parse().unwrap();
        assert_eq!(Day::of(moment).to_string(), day);
        assert_eq!(day.parse(), Ok(Day::of(moment)));
        assert!(Day::of(moment).begin() <= moment && moment < Day::of(moment).end());
    }
    assert!("yesterday".parse::<Day>().is_err() && "2026-02-30".parse::<Day>().is_err());
}
