//! A write whose reply is lost is recognised by its own mark; what somebody else wrote is not.

use crate::things::{stage, thing, wish, writes};
use contracts::orders::OrderCancelled;
use kernel::{AccountId, OrderId};
use local::faults::Fate;
use local::outside::OutsideCall;
use local::stage::Stage;
use local::testing::event;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The writes a stage is asked for, and what is said when they were made.
fn wishes() -> [(Value, &'static str); 4] {
    [
        (json!({ "do": "create", "name": "lamp", "note": "mine" }), "created"),
        (json!({ "do": "replace", "name": "box", "note": "mine" }), "version 2"),
        (
            json!({ "do": "create-and-take", "name": "lamp", "note": "mine", "from": "box", "amount": 3 }),
            "done",
        ),
        (
            json!({ "do": "replace-and-take", "name": "chest", "note": "mine", "from": "box", "amount": 3 }),
            "done",
        ),
    ]
}

fn with_chest() -> Arc<Stage> {
    let stage = stage();
    wish(&stage, json!({ "do": "create", "name": "chest", "note": "" }));
    Arc::new(stage)
}

/// What the table says to a transaction whose token it has forgotten.
fn with_forgotten_token(stage: &Stage, call: &OutsideCall) -> Fate {
    let mut request: Value = serde_json::from_slice(&call.body).unwrap();
    request.as_object_mut().unwrap().remove("ClientRequestToken");
    let table = stage.cloud.table("things").unwrap();
    Fate::Instead(local::services::dynamodb::answer(table, &call.operation, request.to_string().as_bytes()))
}

#[test]
fn a_write_whose_reply_is_lost_is_a_success_and_happens_once() {
    for (asked, said) in wishes() {
        for lost in [1, 3, 7] {
            let (stage, made) = (with_chest(), AtomicUsize::new(0));
            stage.interfere(move |call| match writes(call) && made.fetch_add(1, Ordering::Relaxed) < lost {
                true => Fate::ReplyLost,
                false => Fate::Answered,
            });
            assert_eq!(wish(&stage, asked.clone()), said, "{lost} replies lost: {asked}");
            let taken = if asked["amount"].is_null() { 10 } else { 7 };
            assert_eq!(thing(&stage, "box").unwrap().1, taken, "{lost} replies lost: {asked}");
        }
    }
}

#[test]
fn a_transaction_whose_token_is_forgotten_is_recognised_by_its_items() {
    for (asked, said) in wishes().into_iter().skip(2) {
        let (stage, made) = (with_chest(), AtomicUsize::new(0));
        let table = stage.clone();
        stage.interfere(move |call| match writes(call).then(|| made.fetch_add(1, Ordering::Relaxed)) {
            Some(0) => Fate::ReplyLost,
            Some(_) => with_forgotten_token(&table, call),
            None => Fate::Answered,
        });
        assert_eq!(wish(&stage, asked.clone()), said, "{asked}");
        assert_eq!(thing(&stage, "box").unwrap().1, 7, "{asked}");
        stage.calm();
    }
}

#[test]
fn what_somebody_else_wrote_is_not_taken_for_our_own() {
    let refusals = [
        "exists: mine",
        "changed",
        "refused: lamp/thing Some(10)",
        "refused: chest/thing Some(10)",
    ];
    for ((asked, said), refusal) in wishes().into_iter().zip(refusals) {
        let (stage, made) = (with_chest(), AtomicUsize::new(0));
        let (other, same) = (stage.clone(), asked.clone());
        // Somebody else asks for the very same, between our read and our write, which then gets lost on its way.
        stage.interfere(move |call| match writes(call).then(|| made.fetch_add(1, Ordering::Relaxed)) {
            Some(0) => {
                assert_eq!(wish(&other, same.clone()), said);
                Fate::NeverSent
            }
            _ => Fate::Answered,
        });
        assert_eq!(wish(&stage, asked.clone()), refusal, "{asked}");
        let taken = if asked["amount"].is_null() { 10 } else { 7 };
        assert_eq!(thing(&stage, "box").unwrap().1, taken, "{asked}");
        stage.calm();
    }
}

#[test]
fn two_deliveries_of_one_event_that_decide_differently_are_not_taken_for_one_another() {
    let stage = Arc::new(stage());
    let order = OrderId::from_bits(1);
    let cancelled = event(&stage, &OrderCancelled { order, customer: AccountId::from_bits(1) }, 1, 1);
    assert!(stage.deliver("count-up", &cancelled));
    // The second delivery has read version 1 when a third one, a second later, writes version 2.
    let (other, again, made) = (stage.clone(), cancelled.clone(), AtomicUsize::new(0));
    stage.interfere(move |call| {
        if writes(call) && made.fetch_add(1, Ordering::Relaxed) == 0 {
            other.pass(Duration::from_secs(1));
            assert!(other.deliver("count-up", &again));
        }
        Fate::Answered
    });
    assert!(stage.deliver("count-up", &cancelled));
    stage.calm();
    assert_eq!(thing(&stage, &order.to_string()).unwrap().1, 3, "nobody's write is lost");
}

#[test]
fn a_call_that_never_gets_an_answer_is_given_up_after_a_few_seconds_at_most() {
    let stage = stage();
    let before = stage.now();
    stage.interfere(|_| Fate::NeverSent);
    let answer = crate::things::ask(&stage, &json!({ "do": "create", "name": "lamp", "note": "" }));
    local::testing::problem(&answer, 503, "try-again");
    assert_eq!(stage.calls().len(), 8, "attempts");
    assert!((stage.now().as_millis() - before.as_millis()) < 4_000);
    assert_eq!(thing(&stage, "lamp"), None);
}
