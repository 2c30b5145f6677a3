//! `close-purchase`.

use crate::receive_purchase::{bought, receive};
use crate::support::{
    CLOSED, KEY, NO_IDS, RECEIVED, announced, interfere, kinds, meanwhile, sku, supplier, supply, writes,
};
use kernel::{PurchaseId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use local::trigger::HttpResponse;
use serde_json::json;
use std::sync::Arc;

fn close(stage: &Stage, id: PurchaseId) -> HttpResponse {
    stage.ask("close-purchase").by(&supplier()).at(id).get()
}

#[test]
fn only_suppliers_close() {
    let (stage, id) = bought();
    only_for(Role::Supplier, || stage.ask("close-purchase").at(id));
}

#[test]
fn what_is_closed_is_not_waited_for_any_more() {
    let (stage, id) = bought();
    receive(&stage, id, KEY, 20);
    announced(&stage);
    let first = close(&stage, id);
    let body = json!({ "id": id, "state": "closed", "missing": 30, "closed_at": stage.now() });
    assert_eq!((first.status_code, first.json()), (200, body));
    let data = json!({ "purchase": id, "missing": [{ "sku": sku(0), "quantity": 30 }] });
    assert_eq!(announced(&stage), [(CLOSED.to_owned(), data)]);
    stage.pass(crate::support::HOUR);
    assert_eq!(close(&stage, id).body, first.body);
    assert_eq!(problem(&receive(&stage, id, "another-key-of-staff", 1), 409, "purchase-settled")["state"], "closed");
    assert_eq!(receive(&stage, id, KEY, 20).status_code, 201, "a repetition is still one");
    assert_eq!(supply(&stage, 0).on_hand, 20);
    assert!(kinds(&stage).is_empty());
}

#[test]
fn what_is_complete_is_not_closed() {
    let (stage, id) = bought();
    receive(&stage, id, KEY, 50);
    problem(&close(&stage, id), 409, "purchase-complete");
    let (stage, id) = bought();
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(receive(stage, id, KEY, 50).status_code, 201));
    problem(&close(&stage, id), 409, "purchase-complete");
    assert_eq!(kinds(&stage), [RECEIVED]);
}

#[test]
fn what_comes_when_it_is_being_closed_is_refused() {
    let (stage, id) = bought();
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(close(stage, id).status_code, 200));
    problem(&receive(&stage, id, KEY, 20), 409, "purchase-settled");
    assert_eq!(supply(&stage, 0).on_hand, 0);
}

#[test]
fn a_lost_reply_is_made_up_for() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = bought();
        interfere(&stage, usize::MAX, fate, writes);
        problem(&close(&stage, id), 503, "try-again");
        stage.calm();
        assert_eq!(close(&stage, id).status_code, 200);
        assert_eq!(kinds(&stage), [CLOSED]);
    }
}

#[test]
fn what_is_not_there_is_not_found() {
    let (stage, _) = bought();
    problem(&close(&stage, PurchaseId::from_bits(99)), 404, "not-found");
    for path in NO_IDS {
        problem(&stage.ask("close-purchase").by(&supplier()).at(path).get(), 404, "not-found");
    }
}
