//! `relay-billing` and `republish-billing`.

use crate::support::{
    End, KEY, PRICE, adjust, ends, invoice_id, job, manager, other_manager, payout, pays, run, stage, until_run, week,
};
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Every event that was published since calls were last taken, by its id.
fn by_id(stage: &Stage) -> BTreeMap<String, Value> {
    let events = published(stage).concat().into_iter();
    events.map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect()
}

/// A stage on which everything happened that billing announces; the events.
fn everything() -> (Stage, BTreeMap<String, Value>) {
    let stage = stage();
    ends(&stage, 1, End::Completed);
    assert!(stage.deliver("settle-job", &job(&stage, 2, End::Completed, (1, 3), 10_022)));
    adjust(&stage, KEY, 2, "worker", 100);
    let large = adjust(&stage, "the-key-of-a-large-one", 2, "client", 500_001).json()["id"].clone();
    stage.settle().unwrap();
    let decide = stage.ask("decide-adjustment").by(&other_manager()).at(large.as_str().unwrap()).key(KEY);
    assert_eq!(decide.send(&json!({ "approve": true })).status_code, 200);
    until_run(&stage);
    run(&stage);
    let failed = payout(&stage, 3, week()).unwrap().id;
    assert_eq!(stage.ask("retry-payout").by(&manager()).at(failed).key(KEY).get().status_code, 202);
    assert!(pays(&stage, 1, invoice_id(1, week()), 1, PRICE + 10_022));
    stage.rest(Duration::from_secs(60)).unwrap();
    let events = by_id(&stage);
    (stage, events)
}

#[test]
fn every_type_is_announced() {
    let (_, events) = everything();
    let kinds: BTreeSet<&str> = events.values().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(
        kinds.into_iter().collect::<Vec<_>>(),
        [
            "billing.account-adjusted.v1",
            "billing.adjustment-proposed.v1",
            "billing.invoice-issued.v1",
            "billing.invoice-settled.v1",
            "billing.job-settled.v1",
            "billing.page-due.v1",
            "billing.payout-failed.v1",
            "billing.payout-paid.v1",
            "billing.payout-planned.v1",
            "billing.run-finished.v1",
        ]
    );
    let approved: Vec<&Value> = events.values().filter(|event| !event["data"]["approved_by"].is_null()).collect();
    assert_eq!(approved.len(), 1);
    assert_eq!(approved[0]["data"]["approved_by"], json!(other_manager().account));
}

#[test]
fn everything_but_the_pages_of_runs_can_be_announced_again_under_the_same_ids() {
    let (stage, mut first) = everything();
    first.retain(|_, event| event["type"] != "billing.page-due.v1");
    let asked = |from: Option<&Value>| {
        let question = from.map_or(json!({}), |from| json!({ "from": from }));
        stage.question("republish-billing", &question).unwrap()
    };
    let mut progress = asked(None);
    let mut again = by_id(&stage);
    while let Some(next) = progress.get("next").filter(|next| !next.is_null()).cloned() {
        progress = asked(Some(&next));
        again.extend(by_id(&stage));
    }
    again.retain(|_, event| event["type"] != "billing.page-due.v1");
    for (id, event) in &mut again {
        // The story is another one, and only that.
        event["traceparent"] = first[id]["traceparent"].clone();
    }
    assert_eq!(again, first);
}
