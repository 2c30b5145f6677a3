//! `get-payment` and `keep-payable`.

use crate::support::{KEY, customer, order, pence, reserve, shop, shop_with_order, started, stranger, view};
use contracts::orders::OrderReserved;
use kernel::{OrderId, Role};
use local::testing::{event, item, only_for, problem, reports_only_what_it_cannot_read};
use payments::payable::Payable;
use payments::store::payable_key;
use serde_json::json;

#[test]
fn only_customers_look_at_payments() {
    let stage = shop();
    only_for(Role::Customer, || stage.ask("get-payment").at(order(1)));
}

#[test]
fn an_order_that_nobody_tried_to_pay_is_unpaid() {
    let stage = shop_with_order();
    assert_eq!(view(&stage), json!({ "order": order(1), "state": "unpaid", "payments": [] }));
    started(&stage, KEY, &json!({}));
    assert_eq!(view(&stage)["state"], "paying");
}

#[test]
fn what_is_not_the_callers_is_not_found() {
    let stage = shop_with_order();
    let theirs = stage.ask("get-payment").by(&stranger()).at(order(1)).get();
    problem(&theirs, 404, "not-found");
    started(&stage, KEY, &json!({}));
    let theirs = stage.ask("get-payment").by(&stranger()).at(order(1)).get();
    let nobodys = stage.ask("get-payment").by(&customer()).at(OrderId::from_bits(7)).get();
    assert_eq!(problem(&theirs, 404, "not-found"), problem(&nobodys, 404, "not-found"));
}

#[test]
fn the_newest_word_about_an_order_is_kept() {
    let stage = shop();
    reserve(&stage, 1);
    let kept = || item::<Payable>(&stage, "payments", &payable_key(order(1))).unwrap();
    let first = kept();
    let mut reserved = OrderReserved {
        order: order(1),
        customer: customer().account,
        total: pence(7),
        pay_until: stage.now(),
    };
    assert!(
        stage.deliver("keep-payable", &event(&stage, &reserved, 1, 1)),
        "late and repeated ones are no failures"
    );
    assert_eq!(kept(), first);
    reserved.total = pence(8);
    assert!(stage.deliver("keep-payable", &event(&stage, &reserved, 2, 1)));
    assert_eq!(kept().total, pence(8));
    reports_only_what_it_cannot_read(&stage, "keep-payable", &event(&stage, &reserved, 2, 1));
}
