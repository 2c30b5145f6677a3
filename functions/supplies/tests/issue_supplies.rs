//! `issue-supplies`.

use crate::support::{
    ISSUED, KEY, NO_IDS, announced, cancelled, created, depot, draw, interfere, issue, job, kinds, meanwhile, need,
    refuse, requested, shelve, shelves, sku, supplier, worker, writes,
};
use kernel::{DrawId, Role};
use local::faults::Fate;
use local::testing::{only_for, problem};
use serde_json::json;
use std::sync::Arc;
use supplies::draw::State;

#[test]
fn only_suppliers_issue() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    only_for(Role::Supplier, || stage.ask("issue-supplies").at(id));
}

#[test]
fn what_is_issued_leaves_the_shelves_and_the_worker_may_start() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let answer = issue(&stage, id);
    let lines = json!([{ "sku": sku(0), "quantity": 2 }, { "sku": sku(1), "quantity": 3 }]);
    let expected = json!({
        "id": id, "state": "issued", "job": job(1), "worker": worker().account, "lines": lines,
        "issued_at": stage.now(),
    });
    assert_eq!((answer.status_code, answer.json()), (200, expected));
    assert_eq!(shelves(&stage), (8, 7));
    let data = json!({ "draw": id, "job": job(1), "worker": worker().account });
    assert_eq!(announced(&stage), [(ISSUED.to_owned(), data)]);
    assert_eq!(draw(&stage, id).decided.unwrap().staff, supplier().account);
}

#[test]
fn issuing_again_takes_nothing_and_says_the_same() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    let first = issue(&stage, id);
    stage.pass(crate::support::HOUR);
    let again = issue(&stage, id);
    assert_eq!((again.status_code, &again.body), (200, &first.body));
    assert_eq!(shelves(&stage), (8, 7));
    assert_eq!(kinds(&stage), [ISSUED]);
}

#[test]
fn if_something_is_short_nothing_is_taken() {
    let stage = depot();
    shelve(&stage, 2, 1);
    need(&stage, &[11, 10, 2]);
    assert!(stage.deliver("keep-job", &created(&stage, 2)));
    let id = requested(&stage, 2, KEY);
    let refused = problem(&issue(&stage, id), 409, "supplies-short");
    let short = json!([
        { "sku": sku(0), "wanted": 11, "on_hand": 10 }, { "sku": sku(2), "wanted": 2, "on_hand": 1 },
    ]);
    assert_eq!(refused["short"], short);
    assert_eq!(shelves(&stage), (10, 10));
    assert_eq!(draw(&stage, id).state, State::Requested, "it can be issued once there is enough");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn the_last_ones_are_issued_once() {
    let stage = depot();
    let ids: Vec<DrawId> = (2..8)
        .map(|n| {
            assert!(stage.deliver("keep-job", &created(&stage, n)));
            requested(&stage, n, KEY)
        })
        .collect();
    let issued: Vec<u16> = ids.iter().map(|id| issue(&stage, *id).status_code).collect();
    assert_eq!(
        issued,
        [200, 200, 200, 409, 409, 409],
        "three of each are needed of the second, of which there are ten"
    );
    assert_eq!(shelves(&stage), (4, 1));
}

#[test]
fn what_was_settled_otherwise_is_not_issued() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    assert_eq!(refuse(&stage, id, KEY).status_code, 200);
    assert_eq!(problem(&issue(&stage, id), 409, "draw-settled")["state"], "refused");
    assert!(stage.deliver("keep-job", &created(&stage, 2)));
    let id = requested(&stage, 2, KEY);
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 2)));
    assert_eq!(problem(&issue(&stage, id), 409, "draw-settled")["state"], "lapsed");
    assert_eq!(shelves(&stage), (10, 10));
}

#[test]
fn what_is_not_there_is_not_found() {
    let stage = depot();
    problem(&issue(&stage, DrawId::from_bits(99)), 404, "not-found");
    for path in NO_IDS {
        problem(&stage.ask("issue-supplies").by(&supplier()).at(path).get(), 404, "not-found");
    }
}

#[test]
fn a_lost_reply_takes_nothing_twice() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = depot();
        let id = requested(&stage, 1, KEY);
        interfere(&stage, 1, fate.clone(), writes);
        assert_eq!(issue(&stage, id).status_code, 200);
        assert_eq!(shelves(&stage), (8, 7), "{fate:?}");
        // The function never learns what became of it; staff press the button again.
        let stage = depot();
        let id = requested(&stage, 1, KEY);
        interfere(&stage, usize::MAX, fate, writes);
        problem(&issue(&stage, id), 503, "try-again");
        stage.calm();
        assert_eq!(issue(&stage, id).status_code, 200);
        assert_eq!((shelves(&stage), kinds(&stage)), ((8, 7), vec![ISSUED.to_owned()]));
    }
}

#[test]
fn of_two_at_once_one_takes() {
    let stage = Arc::new(depot());
    let id = requested(&stage, 1, KEY);
    meanwhile(&stage, move |stage| assert_eq!(issue(stage, id).status_code, 200));
    assert_eq!(issue(&stage, id).status_code, 200);
    assert_eq!(shelves(&stage), (8, 7));
    for loser in [true, false] {
        let stage = Arc::new(depot());
        let id = requested(&stage, 1, KEY);
        meanwhile(&stage, move |stage| match loser {
            true => assert_eq!(refuse(stage, id, KEY).status_code, 200),
            false => assert!(stage.deliver("lapse-draw", &cancelled(stage, 1))),
        });
        problem(&issue(&stage, id), 409, "draw-settled");
        assert_eq!(shelves(&stage), (10, 10));
    }
}
