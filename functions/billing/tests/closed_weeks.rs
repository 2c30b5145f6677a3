//! What is entered while its week is being closed belongs to the next one: nothing is lost between two weeks.

use crate::support::{
    End, KEY, PRICE, adjust, earned, ends, job, manager, other_manager, payout, run, stage, until, until_run, week,
};
use local::stage::Stage;
use local::testing::meanwhile;
use serde_json::json;
use std::sync::Arc;

/// How much the next week's run pays worker 2 for what `enter` enters, at whose first write the week is closed.
fn next_week_pays(prepare: impl Fn(&Stage), enter: impl Fn(&Stage)) -> i64 {
    let stage = Arc::new(stage());
    ends(&stage, 1, End::Completed);
    prepare(&stage);
    stage.settle().unwrap();
    meanwhile(&stage, |stage| {
        until_run(stage);
        run(stage);
    });
    enter(&stage);
    stage.calm();
    stage.settle().unwrap();
    assert_eq!(payout(&stage, 2, week()).unwrap().amount.amount_minor, 6_000, "the closed week");
    let next = week().next();
    until(&stage, next);
    run(&stage);
    assert_eq!(earned(&stage, 2), 0, "nothing stays behind");
    payout(&stage, 2, next).unwrap().amount.amount_minor
}

#[test]
fn a_job_that_is_settled_while_its_week_is_closed_is_paid_with_the_next() {
    let settle = |stage: &Stage| {
        assert!(stage.deliver("settle-job", &job(stage, 2, End::Completed, (1, 2), PRICE)));
    };
    assert_eq!(next_week_pays(|_| (), settle), 6_000);
}

#[test]
fn a_credit_that_is_given_while_its_week_is_closed_is_paid_with_the_next() {
    let credit = |stage: &Stage| assert_eq!(adjust(stage, KEY, 2, "worker", 700).status_code, 201);
    assert_eq!(next_week_pays(|_| (), credit), 700);
}

#[test]
fn a_credit_that_is_approved_while_its_week_is_closed_is_paid_with_the_next() {
    let propose = |stage: &Stage| assert_eq!(adjust(stage, KEY, 2, "worker", 600_000).status_code, 201);
    let approve = |stage: &Stage| {
        let proposed = stage.ask("list-adjustments").by(&manager()).query("state=proposed").get().json();
        let id = proposed["items"][0]["id"].as_str().unwrap().to_owned();
        let ask = stage.ask("decide-adjustment").by(&other_manager()).at(id).key(KEY);
        assert_eq!(ask.send(&json!({ "approve": true })).status_code, 200);
    };
    assert_eq!(next_week_pays(propose, approve), 600_000);
}
