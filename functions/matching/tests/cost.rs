//! What a match costs: the same among a hundred workers and among ten thousand.

use crate::support::{doer, free, id_of, north, place, policy, town, worker};

use local::services::dynamodb;
use local::stage::Stage;
use local::testing::raw_item;
use matching::store::worker_key;
use matching_core::PipelineDraft;
use matching_core::replay::scale::Crowded;
use platform::Key;
use serde_json::json;

/// A town with so many workers in the request's cell: the first of them by the functions; the others are copies of the
/// second one's items, straight into the table.
fn crowded(workers: u128) -> Stage {
    let stage = town();
    policy(&stage, &json!({}));
    free(&stage, 1, north(10), &[(1, 4), (5, 8), (9, 12), (30, 33), (54, 57)]);
    free(&stage, 2, north(3_000), &[(1, 4), (5, 8), (9, 12), (30, 33), (54, 57)]);
    let mut copied = vec![raw_item(&stage, "matching", &worker_key(id_of(2))).unwrap()];
    let entries = (0..48).filter_map(|n| raw_item(&stage, "matching", &Key::new(id_of(2), format!("entry#{n:02}"))));
    let listed =
        |item: &serde_json::Value| item["cell"]["S"].as_str().is_some_and(|cell| cell.ends_with("#0,0#windows"));
    copied.extend(entries.filter(listed));
    assert_eq!(copied.len(), 2, "listed once under cell and skill");
    for n in 3..=workers {
        for item in &copied {
            let text = item.to_string().replace(&id_of(2).to_string(), &id_of(n).to_string());
            let request = format!(r#"{{"TableName":"matching","Item":{text}}}"#);
            let answer = dynamodb::answer(stage.cloud.table("matching").unwrap(), "PutItem", request.as_bytes());
            assert_eq!(answer.status, 200);
        }
    }
    stage.costs();
    stage
}

/// Read units of a match.
fn reads(stage: &Stage) -> f64 {
    assert!(place(stage, 1));
    assert_eq!(doer(stage, 1), Some(worker(1).account));
    let costs = stage.costs();
    costs.iter().filter(|cost| cost.function == "decide-request").map(|cost| cost.reads).sum()
}

#[test]
fn a_match_reads_ten_units_at_most_whatever_the_number_of_workers() {
    let among = |workers| reads(&crowded(workers));
    let (hundred, ten_thousand) = (among(100), among(10_000));
    assert!(hundred <= 10.0, "{hundred} read units");
    assert!(hundred >= 2.0, "a page is read: {hundred}");
    assert!((hundred - ten_thousand).abs() < f64::EPSILON, "{hundred} among 100, {ten_thousand} among 10,000");
    println!("a match reads {hundred} units");
}

#[test]
#[ignore = "a million workers take minutes to store: `cargo dev bench match` runs it"]
fn a_match_reads_the_same_among_a_million_workers_that_are_stored() {
    let (hundred, million) = (reads(&crowded(100)), reads(&crowded(1_000_000)));
    assert!((hundred - million).abs() < f64::EPSILON, "{hundred} among 100, {million} among 1,000,000");
    println!("a match reads {million} units among 1,000,000 workers that are stored");
}

#[test]
fn a_match_writes_the_worker_the_request_and_the_decision_in_one_transaction() {
    let stage = crowded(3);
    assert!(place(&stage, 1));
    let costs = stage.costs();
    let writes: Vec<_> = costs.iter().filter(|cost| cost.writes > 0.0).map(|cost| cost.operation.as_str()).collect();
    assert_eq!(writes, ["PutItem", "TransactWriteItems"]);
}

#[test]
fn no_more_entries_are_looked_at_among_a_million_workers() {
    let pipeline = matching_core::Pipeline::first(&PipelineDraft::default()).unwrap();
    let looked = |workers| Crowded::with(workers).unwrap().decide(200, &pipeline);
    let few = looked(10_000);
    for workers in [100_000, 1_000_000] {
        let many = looked(workers);
        // Now and then nobody on the first page is feasible, and a second one is read: in one decision of a hundred at most.
        let is_the_same = many.looked_at_in_all * 100 <= few.looked_at_in_all * 101;
        assert!(many.looked_at <= 128 && is_the_same, "{few:?} {workers}: {many:?}");
    }
}
