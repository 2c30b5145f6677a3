//! `pack-order`: what it alone does. What it shares with its neighbours is in `fulfilment`.

use crate::support::{KEY, customer, kinds, manager, meanwhile, order_in, state};
use kernel::OrderId;
use local::stage::Stage;
use local::testing::problem;
use local::trigger::HttpResponse;
use orders::order::State;
use serde_json::json;
use std::sync::Arc;

fn pack(stage: &Stage, id: OrderId) -> HttpResponse {
    stage.ask("pack-order").by(&manager()).at(id).get()
}

fn cancel(stage: &Stage, id: OrderId) -> HttpResponse {
    stage.ask("cancel-order").by(&customer()).at(id).key(KEY).send(&json!({}))
}

#[test]
fn a_packed_order_is_no_longer_cancelled() {
    let (stage, id) = order_in(State::Paid, 1);
    assert_eq!(pack(&stage, id).status_code, 200);
    let refused = problem(&cancel(&stage, id), 409, "not-cancellable");
    assert_eq!(refused["state"], "packed");
    assert_eq!(kinds(&stage), ["orders.order-packed.v1"]);
}

#[test]
fn of_packing_and_cancelling_at_once_the_first_wins() {
    let (stage, id) = order_in(State::Paid, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(cancel(stage, id).status_code, 200));
    let refused = problem(&pack(&stage, id), 409, "not-ready");
    assert_eq!(refused["state"], "cancelled");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-cancelled.v1"]);

    let (stage, id) = order_in(State::Paid, 1);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(pack(stage, id).status_code, 200));
    problem(&cancel(&stage, id), 409, "not-cancellable");
    stage.calm();
    assert_eq!(kinds(&stage), ["orders.order-packed.v1"]);
    assert_eq!(state(&stage, id), "packed");
}
