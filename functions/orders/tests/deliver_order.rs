//! `deliver-order`: what it alone does. What it shares with its neighbours is in `fulfilment`.

use crate::support::{KEY, customer, manager, order_in};
use local::testing::problem;
use orders::order::State;
use serde_json::json;
use std::time::Duration;

#[test]
fn the_time_to_return_begins_with_the_delivery() {
    let (stage, id) = order_in(State::Shipped, 1);
    let give_back = || stage.ask("return-order").by(&customer()).at(id).key(KEY).send(&json!({}));
    problem(&give_back(), 409, "not-returnable");
    stage.pass(Duration::from_secs(60 * 86_400));
    assert_eq!(stage.ask("deliver-order").by(&manager()).at(id).get().status_code, 200);
    stage.pass(Duration::from_secs(30 * 86_400));
    assert_eq!(stage.ask("deliver-order").by(&manager()).at(id).get().status_code, 200, "which changes nothing");
    assert_eq!(give_back().status_code, 201);
}
