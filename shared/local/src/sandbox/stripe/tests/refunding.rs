//! Refunds, and methods that are saved.

use super::*;

#[test]
fn refunds_never_exceed_what_was_charged() {
    let mut shop = Shop::new();
    let intent = shop.paid("pm_card_visa");
    let refund = |amount: i64| format!("payment_intent={intent}&amount={amount}&metadata[refund]=rfd_1");
    let (status, first) = shop.post("/v1/refunds", &refund(400));
    assert_eq!((status, &first["status"]), (200, &json!("succeeded")));
    assert_eq!(first["metadata"], json!({ "refund": "rfd_1" }));
    let (status, refused) = shop.post("/v1/refunds", &refund(601));
    assert_eq!(status, 400);
    let message = text(&refused["error"], "message");
    assert!(message.contains("greater than unrefunded amount"), "{message}");
    error(&shop.post("/v1/refunds", &refund(0)), 400, "parameter_invalid_integer");
    let (_, rest) = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
    assert_eq!(rest["amount"], 600, "the rest, where nothing else is said");
    error(&shop.post("/v1/refunds", &refund(1)), 400, "charge_already_refunded");

    let open = text(&shop.intent(""), "id");
    assert_eq!(shop.post("/v1/refunds", &format!("payment_intent={open}")).0, 400, "nothing was charged");
    error(&shop.post("/v1/refunds", "payment_intent=pi_nothing"), 400, "resource_missing");
    error(&shop.post("/v1/refunds", ""), 400, "parameter_missing");
    let disputed = shop.paid("pm_card_createDispute");
    error(&shop.post("/v1/refunds", &format!("payment_intent={disputed}")), 400, "charge_disputed");
}

#[test]
fn refunds_are_listed_newest_first_page_by_page() {
    let mut shop = Shop::new();
    let (intent, other) = (shop.paid("pm_card_visa"), shop.paid("pm_card_visa"));
    shop.post("/v1/refunds", &format!("payment_intent={other}&amount=1"));
    let mut made: Vec<String> = (0..5)
        .map(|_| text(&shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=1")).1, "id"))
        .collect();
    made.reverse();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = shop.get(&format!("/v1/refunds?payment_intent={intent}&limit=2{after}")).1;
        seen.extend(page["data"].as_array().unwrap().iter().map(|refund| text(refund, "id")));
        if page["has_more"] == json!(false) {
            break;
        }
        after = format!("&starting_after={}", seen.last().unwrap());
    }
    assert_eq!(seen, made);
    error(&shop.get("/v1/refunds?limit=101"), 400, "parameter_invalid_integer");
}

#[test]
fn some_refunds_take_their_time_and_some_fail_in_the_end() {
    for (card, at_once, later) in [
        ("pm_card_visa", "succeeded", "succeeded"),
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
    ] {
        let mut shop = Shop::new();
        let intent = shop.paid(card);
        let (_, refund) = shop.post("/v1/refunds", &format!("payment_intent={intent}"));
        assert_eq!(refund["status"], at_once, "{card}");
        shop.pass(BANK_TAKES);
        let (_, refund) = shop.get(&format!("/v1/refunds/{}", text(&refund, "id")));
        assert_eq!(refund["status"], later, "{card}");
        let events = shop.events();
        let told = |kind: &str| events.iter().any(|event| event == kind);
        assert!(told("charge.refunded"));
        assert_eq!(told("refund.failed"), later == "failed", "{card}");
        assert_eq!(told("charge.refund.updated"), at_once != later, "{card}");
        let again = shop.post("/v1/refunds", &format!("payment_intent={intent}")).0;
        assert_eq!(again == 200, later == "failed", "what failed can be given back again: {card}");
    }
}

#[test]
fn methods_are_saved_with_the_first_payment_and_charged_without_their_owner() {
    let mut shop = Shop::new();
    let (_, customer) = shop.post("/v1/customers", "metadata[account]=acc_1");
    let customer = text(&customer, "id");
    assert_eq!(shop.get(&format!("/v1/customers/{customer}")).1["metadata"], json!({ "account": "acc_1" }));
    let intent = shop.intent(&format!("&customer={customer}&setup_future_usage=off_session"));
    assert_eq!(shop.confirm(&intent, "pm_card_authenticationRequiredOnSetup").1["status"], "requires_action");
    let secret = text(&intent, "client_secret");
    let (_, paid) = shop.send("GET", &format!("/3d_secure/{}?client_secret={secret}", text(&intent, "id")), &[], "");
    let method = text(&paid, "payment_method");
    assert!(shop.events().contains(&"payment_method.attached".to_owned()));
    assert_eq!(shop.get(&format!("/v1/payment_methods/{method}")).1["customer"], json!(customer));

    let never = "&automatic_payment_methods[allow_redirects]=never";
    let charge = |shop: &mut Shop, more: &str| {
        let intent = shop.intent(more);
        let body = format!("payment_method={method}&off_session=true");
        shop.post(&format!("/v1/payment_intents/{}/confirm", text(&intent, "id")), &body)
    };
    assert_eq!(charge(&mut shop, &format!("&customer={customer}{never}")).1["status"], "succeeded");
    assert_eq!(charge(&mut shop, never).0, 400, "the intent must be its owner's");
    error(&charge(&mut shop, &format!("&customer={customer}")), 400, "parameter_missing");

    let (status, _) = shop.post(&format!("/v1/payment_methods/{method}/detach"), "");
    assert_eq!(status, 200);
    assert_eq!(shop.post(&format!("/v1/payment_methods/{method}/detach"), "").0, 400);
    assert_eq!(charge(&mut shop, &format!("&customer={customer}{never}")).0, 400, "it is forgotten");
    assert_eq!(shop.events().last().map(String::as_str), Some("payment_intent.created"));
    assert!(shop.events().contains(&"payment_method.detached".to_owned()));
}

#[test]
fn a_card_that_needs_its_owner_is_not_charged_without() {
    let mut shop = Shop::new();
    let (_, customer) = shop.post("/v1/customers", "");
    let customer = text(&customer, "id");
    let attach = format!("customer={customer}");
    let (_, method) = shop.post("/v1/payment_methods/pm_card_authenticationRequired/attach", &attach);
    let intent = shop.intent(&format!("&customer={customer}&automatic_payment_methods[allow_redirects]=never"));
    let body = format!("payment_method={}&off_session=true", text(&method, "id"));
    let refused = shop.post(&format!("/v1/payment_intents/{}/confirm", text(&intent, "id")), &body);
    error(&refused, 402, "authentication_required");
    assert_eq!(refused.1["error"]["payment_intent"]["status"], "requires_payment_method");
    let confirmed = shop.confirm(&intent, &text(&method, "id"));
    assert_eq!(confirmed.1["status"], "requires_action", "with the client secret its owner makes it good");
}
