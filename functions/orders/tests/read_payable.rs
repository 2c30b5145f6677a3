//! `read-payable`.

use crate::support::{customer, order_in};
use kernel::OrderId;
use orders::order::State;
use serde_json::{Value, json};

#[test]
fn an_order_may_be_paid_while_its_goods_are_set_aside() {
    for (state, expected) in [
        (State::Placed, "not-yet"),
        (State::Reserved, "open"),
        (State::Cancelled, "over"),
    ] {
        let (stage, id) = order_in(state, 1);
        let answer = stage.question("read-payable", &json!({ "order": id })).unwrap();
        assert_eq!(answer["customer"], json!(customer().account));
        assert_eq!(answer["offer"]["state"], json!(expected));
        let order = stage.ask("get-order").by(&customer()).at(id).get().json();
        for field in ["total", "pay_until"] {
            let told = if state == State::Reserved { &order[field] } else { &Value::Null };
            assert_eq!(&answer["offer"][field], told);
        }
    }
}

#[test]
fn of_an_order_that_is_not_there_nothing_is_said() {
    let (stage, _) = order_in(State::Placed, 1);
    let answer = stage.question("read-payable", &json!({ "order": OrderId::from_bits(7) })).unwrap();
    assert_eq!(answer, Value::Null);
}
