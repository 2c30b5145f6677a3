//! Saved methods: `start-payment` with them, `list-payment-methods`, `remove-payment-method`.

use crate::support::{
    FAILED, KEY, PRICE, REMOVED, SAVED, SUCCEEDED, account, announced, announced_types, asks, at_stripe, count,
    customer, do_at_stripe, expire, hand_over, interfere, order, pay, payment, reserve, send_event, server_error, shop,
    shop_with_order, start, started, stranger, stripe_event, view, webhooks, webhooks_waiting,
};
use kernel::Role;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, meanwhile, only_for, problem};
use payments::store::{Payer, payer_key};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// The customer's saved methods.
pub fn methods(stage: &Stage) -> Vec<Value> {
    let answer = stage.ask("list-payment-methods").by(&customer()).get();
    assert_eq!(answer.status_code, 200, "{}", answer.body);
    answer.json()["items"].as_array().unwrap().clone()
}

/// The customer's counterpart at Stripe.
fn payer(stage: &Stage) -> String {
    item::<Payer>(stage, "payments", &payer_key(account())).unwrap().payer.as_str().to_owned()
}

/// A stage whose customer saved this card while paying another order, number 9.
pub fn shop_with_method(card: &str) -> Stage {
    let stage = shop();
    reserve(&stage, 9);
    let ask = stage.ask("start-payment").by(&customer()).at(order(9)).key(KEY);
    let reply = ask.send(&json!({ "save_method": true })).json();
    match card {
        "pm_card_visa" => assert_eq!(pay(&stage, &reply, card).0, 200),
        // Cards that a first payment would not go through with are saved at Stripe.
        card => {
            let body = format!("customer={}", payer(&stage));
            drop(do_at_stripe(&stage, &format!("/v1/payment_methods/{card}/attach"), &body));
        }
    }
    webhooks(&stage);
    assert_eq!(methods(&stage).len(), 1);
    announced(&stage);
    stage
}

fn remove(stage: &Stage, id: &Value) -> u16 {
    stage.ask("remove-payment-method").by(&customer()).at(id.as_str().unwrap()).get().status_code
}

#[test]
fn only_customers_have_saved_methods() {
    let stage = shop();
    only_for(Role::Customer, || stage.ask("list-payment-methods"));
    let nobodys = "pmt_00000000000000000000000001";
    only_for(Role::Customer, || stage.ask("remove-payment-method").at(nobodys));
}

#[test]
fn a_method_is_saved_with_the_payment_that_asks_for_it() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({ "save_method": true }));
    let customer_id = payer(&stage);
    let account_there = at_stripe(&stage, &format!("/v1/customers/{customer_id}"))["metadata"]["account"].clone();
    assert_eq!(account_there, json!(account()));
    assert!(methods(&stage).is_empty(), "not before the provider says so");
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    let saved = methods(&stage);
    assert_eq!(saved.len(), 1);
    let card = json!({ "brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2034 });
    assert_eq!(saved[0]["card"], card);
    let mut events = announced(&stage);
    events.retain(|(kind, _)| kind == SAVED);
    let data = json!({ "customer": account(), "method": saved[0]["id"] });
    assert_eq!(events, [(SAVED.to_owned(), data)]);
}

#[test]
fn a_method_is_not_saved_unless_that_was_asked_for() {
    let stage = shop_with_order();
    let reply = started(&stage, KEY, &json!({ "save_method": false }));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    assert!(methods(&stage).is_empty());
    assert_eq!(item::<Payer>(&stage, "payments", &payer_key(account())), None);
}

#[test]
fn an_account_has_one_counterpart_whatever_answers_are_lost() {
    for fate in [Fate::ReplyLost, Fate::NeverSent, server_error()] {
        let stage = shop_with_order();
        interfere(&stage, 2, fate, |call| asks(call, "POST", "/customers"));
        problem(&start(&stage, KEY, &json!({ "save_method": true })), 503, "try-again");
        stage.calm();
        started(&stage, KEY, &json!({ "save_method": true }));
        let first = payer(&stage);
        started(&stage, "another-key-for-this-order", &json!({ "save_method": true }));
        assert_eq!(payer(&stage), first);
    }
}

#[test]
fn a_saved_method_is_charged_at_once() {
    let stage = shop_with_method("pm_card_visa");
    reserve(&stage, 1);
    let wish = json!({ "payment_method": methods(&stage)[0]["id"] });
    let first = start(&stage, KEY, &wish);
    let reply = first.json();
    assert_eq!((first.status_code, &reply["state"]), (201, &json!("succeeded")), "{}", first.body);
    assert_eq!(reply.get("client_secret"), None, "there is nothing to do with it");
    assert_eq!(view(&stage)["state"], "paid", "without waiting for the webhook");
    assert_eq!(start(&stage, KEY, &wish).body, first.body);
    webhooks(&stage);
    assert_eq!(start(&stage, KEY, &wish).body, first.body);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
}

#[test]
fn a_saved_method_that_is_declined_is_a_problem_and_another_may_pay() {
    let stage = shop_with_method("pm_card_chargeCustomerFail");
    reserve(&stage, 1);
    let wish = json!({ "payment_method": methods(&stage)[0]["id"] });
    for _ in 0..2 {
        let refused = problem(&start(&stage, KEY, &wish), 402, "payment-declined");
        assert_eq!(refused["reason"], "generic_decline");
    }
    webhooks(&stage);
    problem(&start(&stage, KEY, &wish), 402, "payment-declined");
    assert_eq!(announced_types(&stage), [FAILED]);
    let reply = started(&stage, "another-key-for-this-order", &json!({}));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
    problem(&start(&stage, KEY, &wish), 402, "payment-declined");
}

#[test]
fn where_the_bank_wants_to_see_the_customer_the_client_secret_leads_there() {
    let stage = shop_with_method("pm_card_authenticationRequired");
    reserve(&stage, 1);
    let wish = json!({ "payment_method": methods(&stage)[0]["id"] });
    let first = start(&stage, KEY, &wish);
    let reply = first.json();
    assert_eq!((first.status_code, &reply["state"]), (201, &json!("action-required")), "{}", first.body);
    assert_eq!(start(&stage, KEY, &wish).body, first.body);
    webhooks(&stage);
    assert_eq!(announced_types(&stage), Vec::<String>::new(), "it has not failed yet");
    let (status, intent) = pay(&stage, &reply, "pm_card_authenticationRequired");
    assert_eq!((status, &intent["status"]), (200, &json!("requires_action")));
    let url = intent["next_action"]["redirect_to_url"]["url"].as_str().unwrap();
    do_at_stripe(&stage, url, "");
    webhooks(&stage);
    assert_eq!(announced_types(&stage), [SUCCEEDED]);
    assert_eq!(start(&stage, KEY, &wish).json()["state"], "action-required", "the same reply");
}

#[test]
fn a_charge_that_was_not_answered_is_asked_about() {
    for (fate, at_once) in [
        (Fate::ReplyLost, true),
        (Fate::NeverSent, false),
        (server_error(), false),
    ] {
        let stage = shop_with_method("pm_card_visa");
        reserve(&stage, 1);
        let wish = json!({ "payment_method": methods(&stage)[0]["id"] });
        interfere(&stage, 2, fate.clone(), |call| asks(call, "POST", "/confirm"));
        let answer = start(&stage, KEY, &wish);
        stage.calm();
        assert_eq!(answer.status_code, if at_once { 201 } else { 503 }, "{fate:?} {}", answer.body);
        assert_eq!(start(&stage, KEY, &wish).json()["state"], "succeeded");
        webhooks(&stage);
        assert_eq!(announced_types(&stage), [SUCCEEDED]);
        let charged = at_stripe(&stage, "/v1/refunds")["data"].as_array().unwrap().len();
        assert_eq!((charged, payment(&stage).attempts[0].kept_minor()), (0, PRICE));
    }
}

#[test]
fn a_charge_that_never_arrived_is_given_up_when_the_order_ends() {
    let stage = shop_with_method("pm_card_visa");
    reserve(&stage, 1);
    let wish = json!({ "payment_method": methods(&stage)[0]["id"] });
    interfere(&stage, usize::MAX, Fate::NeverSent, |call| asks(call, "POST", "/confirm"));
    problem(&start(&stage, KEY, &wish), 503, "try-again");
    stage.pass(Duration::from_secs(601));
    problem(&start(&stage, KEY, &wish), 402, "payment-declined");
    assert!(expire(&stage));
    assert_eq!(view(&stage)["state"], "closed");
}

#[test]
fn somebody_elses_method_is_unknown() {
    let stage = shop_with_method("pm_card_visa");
    let id = methods(&stage)[0]["id"].clone();
    let theirs = stage.ask("list-payment-methods").by(&stranger()).get().json();
    assert_eq!(theirs["items"], json!([]));
    let removal = stage.ask("remove-payment-method").by(&stranger()).at(id.as_str().unwrap()).get();
    problem(&removal, 404, "not-found");
    assert_eq!(methods(&stage).len(), 1);
}

#[test]
fn a_removed_method_is_forgotten_here_and_there() {
    let stage = shop_with_method("pm_card_visa");
    let id = methods(&stage)[0]["id"].clone();
    for _ in 0..2 {
        assert_eq!(remove(&stage, &id), 204);
        assert!(methods(&stage).is_empty());
    }
    webhooks(&stage);
    let data = json!({ "customer": account(), "method": id });
    assert_eq!(announced(&stage), [(REMOVED.to_owned(), data)]);
    reserve(&stage, 1);
    problem(&start(&stage, KEY, &json!({ "payment_method": id })), 422, "payment-method-unknown");
    let unknown = stage.ask("remove-payment-method").by(&customer()).at("pmt_00000000000000000000000001").get();
    problem(&unknown, 404, "not-found");
}

#[test]
fn a_method_that_stripe_could_not_be_told_about_is_removed_all_the_same() {
    for fate in [Fate::NeverSent, Fate::ReplyLost, server_error()] {
        let stage = shop_with_method("pm_card_visa");
        let id = methods(&stage)[0]["id"].clone();
        interfere(&stage, 2, fate, |call| asks(call, "POST", "/detach"));
        assert_eq!(remove(&stage, &id), 204);
        stage.calm();
        assert!(methods(&stage).is_empty());
        assert!(stage.start("poll-payments"), "the sweeper tells it again");
        stage.calls();
        assert!(stage.start("poll-payments"));
        assert_eq!(count(&stage.calls(), "POST", "/detach"), 0, "once");
        assert_eq!(announced_types(&stage), [REMOVED]);
    }
}

#[test]
fn a_method_that_is_removed_at_stripe_is_removed_here() {
    let stage = shop_with_method("pm_card_visa");
    let method = format!("/v1/payment_methods/{}", provider_method(&stage));
    do_at_stripe(&stage, &format!("{method}/detach"), "");
    webhooks(&stage);
    assert!(methods(&stage).is_empty());
    assert_eq!(announced_types(&stage), [REMOVED]);
}

/// The saved method's name at Stripe, from the intent that saved it.
fn provider_method(stage: &Stage) -> String {
    let query = format!("/v1/payment_intents/search?query=metadata%5B%27order%27%5D:%27{}%27", order(9));
    stage.pass(Duration::from_secs(60));
    at_stripe(stage, &query)["data"][0]["payment_method"].as_str().unwrap().to_owned()
}

#[test]
fn late_news_of_a_removed_method_do_not_bring_it_back() {
    for removed_first in [true, false] {
        let stage = shop_with_order();
        let reply = started(&stage, KEY, &json!({ "save_method": true }));
        assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
        let saving = webhooks_waiting(&stage);
        if !removed_first {
            for webhook in &saving {
                assert_eq!(hand_over(&stage, &webhook.headers, &webhook.body).status_code, 204);
            }
        }
        let attached: Value = saving
            .iter()
            .map(|webhook| serde_json::from_str::<Value>(&webhook.body).unwrap())
            .find(|event| event["type"] == "payment_method.attached")
            .unwrap();
        let method = attached["data"]["object"]["id"].as_str().unwrap();
        do_at_stripe(&stage, &format!("/v1/payment_methods/{method}/detach"), "");
        webhooks(&stage);
        let mut late = attached.clone();
        late["id"] = json!("evt_late");
        assert_eq!(send_event(&stage, &late).status_code, 204);
        assert!(methods(&stage).is_empty(), "removed first: {removed_first}");
        let types = announced_types(&stage);
        let told = |kind: &str| types.iter().filter(|told| *told == kind).count();
        assert_eq!((told(SAVED), told(REMOVED)), if removed_first { (0, 0) } else { (1, 1) });
    }
}

#[test]
fn a_card_that_is_removed_while_it_is_saved_is_removed() {
    let stage = Arc::new(shop_with_order());
    let reply = started(&stage, KEY, &json!({ "save_method": true }));
    assert_eq!(pay(&stage, &reply, "pm_card_visa").0, 200);
    let attached = waiting(&stage, "payment_method.attached");
    let method = attached["data"]["object"]["id"].as_str().unwrap();
    do_at_stripe(&stage, &format!("/v1/payment_methods/{method}/detach"), "");
    let detached = waiting(&stage, "payment_method.detached");
    meanwhile(&stage, move |stage| assert_eq!(send_event(stage, &detached).status_code, 204));
    assert_eq!(send_event(&stage, &attached).status_code, 204);
    stage.calm();
    assert!(methods(&stage).is_empty());
    let types = announced_types(&stage);
    assert!(!types.iter().any(|told| told == SAVED), "{types:?}");
}

/// What Stripe is to say of this type: it will not say it by itself.
fn waiting(stage: &Stage, kind: &str) -> Value {
    let mut events = webhooks_waiting(stage)
        .into_iter()
        .map(|webhook| serde_json::from_str::<Value>(&webhook.body).unwrap());
    events.rfind(|event| event["type"] == kind).unwrap()
}

#[test]
fn a_renewed_card_is_shown_as_it_is_now() {
    let stage = shop_with_method("pm_card_visa");
    let mut method = at_stripe(&stage, &format!("/v1/payment_methods/{}", provider_method(&stage)));
    method["card"]["exp_year"] = json!(2039);
    let event = stripe_event(1, "payment_method.automatically_updated", &method);
    assert_eq!(send_event(&stage, &event).status_code, 204);
    assert_eq!(methods(&stage)[0]["card"]["exp_year"], 2039);
    assert_eq!(announced_types(&stage), Vec::<String>::new());
}

#[test]
fn methods_of_customers_that_are_not_ours_are_left_alone() {
    let stage = shop();
    let stranger = do_at_stripe(&stage, "/v1/customers", "metadata[account]=nobody");
    let body = format!("customer={}", stranger["id"].as_str().unwrap());
    do_at_stripe(&stage, "/v1/payment_methods/pm_card_visa/attach", &body);
    assert!(webhooks(&stage) > 0);
    assert_eq!(announced_types(&stage), Vec::<String>::new());
    let card = json!({ "brand": "visa", "last4": "4242", "exp_month": 1, "exp_year": 2030 });
    for (n, object) in [
        json!({ "id": "pm_1", "customer": "cus_nobody", "type": "card", "card": card }),
        json!({ "id": "pm_1", "customer": null, "type": "card", "card": card }),
        json!({ "id": "pm_1", "customer": "cus_nobody", "type": "sepa_debit" }),
    ]
    .iter()
    .enumerate()
    {
        let event = stripe_event(u32::try_from(n).unwrap(), "payment_method.attached", object);
        assert_eq!(send_event(&stage, &event).status_code, 204);
    }
}

#[test]
fn long_lists_come_in_pages() {
    let stage = shop_with_method("pm_card_visa");
    let body = format!("customer={}", payer(&stage));
    for _ in 0..119 {
        do_at_stripe(&stage, "/v1/payment_methods/pm_card_mastercard/attach", &body);
    }
    webhooks(&stage);
    let (mut seen, mut query) = (Vec::new(), String::new());
    loop {
        let page = stage.ask("list-payment-methods").by(&customer()).query(&query).get().json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|method| method["id"].to_string()));
        let Some(next) = page["next"].as_str() else { break };
        query = format!("cursor={next}");
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((all, seen.len()), (120, 120));
    for bad in ["cursor=nonsense", "cursor=", "limit=5", "cursor=WzEsMl0"] {
        let status = stage.ask("list-payment-methods").by(&customer()).query(bad).get().status_code;
        assert_eq!(status, 400, "{bad}");
    }
}
