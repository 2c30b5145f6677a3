//! Lists of charges and refunds by when they were made.

use super::*;

/// The ids of all pages of a list, and how many pages that were.
fn all(shop: &mut Shop, query: &str) -> (Vec<String>, usize) {
    let (mut seen, mut pages, mut after) = (Vec::new(), 0, String::new());
    loop {
        let (status, page) = shop.get(&format!("{query}{after}"));
        assert_eq!((status, &page["object"]), (200, &json!("list")), "{page}");
        pages += 1;
        let ids: Vec<String> = page["data"].as_array().unwrap().iter().map(|object| text(object, "id")).collect();
        after = ids.last().map(|last| format!("&starting_after={last}")).unwrap_or_default();
        seen.extend(ids);
        if page["has_more"] == false {
            return (seen, pages);
        }
    }
}

#[test]
fn charges_are_listed_by_page_within_a_stretch_of_time() {
    let mut shop = Shop::new();
    let begin = shop.now.as_seconds();
    for _ in 0..5 {
        shop.paid("pm_card_visa");
        shop.pass(Duration::from_secs(10));
    }
    let (ids, pages) = all(&mut shop, "/v1/charges?limit=2");
    assert_eq!((ids.len(), pages), (5, 3));
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 5, "each once");
    let within = format!("/v1/charges?created[gte]={}&created[lt]={}", begin + 10, begin + 30);
    assert_eq!(all(&mut shop, &within).0, ids[2..4], "the newest first, the end excluded");
    let beyond = format!("/v1/charges?created[gt]={}&created[lte]={}", begin + 10, begin + 30);
    assert_eq!(all(&mut shop, &beyond).0, ids[1..3]);
    assert_eq!(all(&mut shop, &format!("/v1/charges?created={}", begin + 40)).0, ids[..1]);
    let (_, page) = shop.get("/v1/charges?limit=1");
    let charge = &page["data"][0];
    assert_eq!((&charge["metadata"]["order"], &charge["amount_captured"]), (&json!("ord_1"), &json!(1000)));
}

#[test]
fn lists_take_what_they_know_and_nothing_else() {
    let mut shop = Shop::new();
    shop.paid("pm_card_visa");
    error(&shop.get("/v1/charges?limit=0"), 400, "parameter_invalid_integer");
    error(&shop.get("/v1/charges?limit=101"), 400, "parameter_invalid_integer");
    error(&shop.get("/v1/charges?created[gte]=yesterday"), 400, "parameter_invalid_integer");
    error(&shop.get("/v1/charges?colour=red"), 400, "parameter_unknown");
    error(&shop.get("/v1/charges?starting_after=ch_nothing"), 400, "resource_missing");
    error(&shop.get("/v1/refunds?expand[]=data.secrets"), 400, "parameter_invalid");
}

#[test]
fn a_refund_shows_its_intent_where_that_is_asked_for() {
    let mut shop = Shop::new();
    let intent = shop.paid("pm_card_visa");
    shop.post("/v1/refunds", &format!("payment_intent={intent}&amount=1"));
    let (_, plain) = shop.get("/v1/refunds");
    assert_eq!(plain["data"][0]["payment_intent"], json!(intent));
    let (_, expanded) = shop.get("/v1/refunds?expand[]=data.payment_intent");
    let shown = &expanded["data"][0]["payment_intent"];
    assert_eq!((&shown["id"], &shown["metadata"]["order"]), (&json!(intent), &json!("ord_1")));
}
