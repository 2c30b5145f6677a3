//! `note-job`.

use crate::support::{
    HERE, availability, client, completed, failed, free, id_of, kill_at, kinds, meanwhile, member, missed, place,
    reviewed, set, stored, strike, taken, town, town_with, writes,
};
use contracts::jobs::Finding;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, reports_only_what_it_cannot_read};
use matching::record::Past;
use matching::store::past_key;
use matching_core::Share;
use serde_json::Value;
use std::sync::Arc;

fn hear(stage: &Stage, news: &Value) {
    assert!(stage.deliver("note-job", news), "{:?}", stage.log().last());
}

/// How many jobs of worker 1 count, and what was good of them, in per cent of a job.
fn tally(stage: &Stage) -> (u32, u64) {
    let tally = member(stage, 1).tally;
    (tally.jobs, tally.good_ppm / 10_000)
}

fn past(stage: &Stage) -> Option<Share> {
    item::<Past>(stage, "matching", &past_key(client()))?.result(id_of(1))
}

#[test]
fn each_end_counts_once() {
    let stage = town();
    for _ in 0..2 {
        hear(&stage, &completed(&stage, 1, 1));
        hear(&stage, &failed(&stage, 2, 1));
    }
    assert_eq!(tally(&stage), (2, 100));
    assert_eq!(past(&stage), Some(Share::of(1, 2)));
    hear(&stage, &missed(&stage, 3, 1));
    assert_eq!(tally(&stage), (3, 100), "who does not come has failed");
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_review_changes_what_an_end_counts_whichever_comes_first() {
    for (end, finding, expected) in [
        ("completed", Finding::Good, (1, 100)),
        ("completed", Finding::Flawed, (1, 50)),
        ("completed", Finding::Excused, (1, 100)),
        ("failed", Finding::Good, (1, 0)),
        ("failed", Finding::Flawed, (1, 0)),
        ("failed", Finding::Excused, (0, 0)),
    ] {
        for review_first in [true, false] {
            let stage = town();
            let ended = if end == "completed" { completed(&stage, 1, 1) } else { failed(&stage, 1, 1) };
            let review = reviewed(&stage, 1, 1, finding);
            let order = if review_first { [&review, &ended, &review] } else { [&ended, &review, &ended] };
            for news in order {
                hear(&stage, news);
            }
            let counted = local::testing::raw_item(&stage, "matching", &matching::store::worker_key(id_of(1)))
                .map_or((0, 0), |_| tally(&stage));
            assert_eq!(counted, expected, "{end}, {finding:?}, {review_first}");
        }
    }
}

#[test]
fn the_rating_moves_the_worker_in_the_directory() {
    let stage = town();
    for n in 1..=2 {
        free(&stage, n, HERE, &[(1, 4)]);
    }
    crate::support::policy(&stage, &serde_json::json!({}));
    for j in 1..=3 {
        hear(&stage, &failed(&stage, j, 1));
    }
    assert_eq!(member(&stage, 1).tally.rating(), Share::of(45, 100));
    place(&stage, 9);
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
}

#[test]
fn a_jobs_end_and_a_match_at_once_both_count() {
    let stage = Arc::new(town_with(1));
    meanwhile(&stage, 0, |stage| assert!(place(stage, 1)));
    hear(&stage, &completed(&stage, 1, 1));
    stage.calm();
    assert_eq!((tally(&stage), taken(&stage, 1)), ((1, 100), 1));
    let stage = Arc::new(town_with(1));
    meanwhile(&stage, 1, |stage| hear(stage, &completed(stage, 1, 1)));
    assert!(place(&stage, 1));
    stage.calm();
    assert_eq!((tally(&stage), taken(&stage, 1)), ((1, 100), 1));
    assert!(stored(&stage, 1).held().is_some());
}

#[test]
fn the_ends_of_two_workers_jobs_for_one_client_at_once_both_count() {
    for known in [false, true] {
        let stage = Arc::new(town());
        if known {
            hear(&stage, &completed(&stage, 8, 1));
        }
        meanwhile(&stage, 0, |stage| hear(stage, &completed(stage, 9, 2)));
        hear(&stage, &failed(&stage, 7, 1));
        stage.calm();
        let with: Past = item(&stage, "matching", &past_key(client())).unwrap();
        let expected = if known { Share::of(1, 2) } else { Share::of(0, 1) };
        assert_eq!((with.result(id_of(1)), with.result(id_of(2))), (Some(expected), Some(Share::FULL)));
    }
}

#[test]
fn a_review_and_the_end_at_once_both_count() {
    let stage = Arc::new(town());
    meanwhile(&stage, 0, |stage| hear(stage, &completed(stage, 1, 1)));
    hear(&stage, &reviewed(&stage, 1, 1, Finding::Flawed));
    stage.calm();
    assert_eq!(tally(&stage), (1, 50));
}

#[test]
fn a_lost_reply_or_a_killed_run_counts_once() {
    for call in 0..4 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = town();
            strike(&stage, call, fate, |_| true);
            hear(&stage, &completed(&stage, 1, 1));
            stage.calm();
            assert_eq!(tally(&stage), (1, 100), "call {call}");
        }
        let stage = town();
        kill_at(&stage, call);
        stage.deliver("note-job", &completed(&stage, 1, 1));
        stage.calm();
        hear(&stage, &completed(&stage, 1, 1));
        assert_eq!(tally(&stage), (1, 100), "call {call}");
    }
}

#[test]
fn the_past_with_a_client_is_kept_for_the_latest_workers() {
    let stage = town();
    for n in 1..=70 {
        stage.pass(std::time::Duration::from_secs(1));
        hear(&stage, &completed(&stage, n, n));
    }
    let past: Past = item(&stage, "matching", &past_key(client())).unwrap();
    assert_eq!(past.with.len(), 64);
    assert_eq!((past.result(id_of(6)), past.result(id_of(7))), (None, Some(Share::FULL)));
}

#[test]
fn a_worker_who_did_well_for_a_client_is_preferred_by_that_client() {
    let stage = town_with(2);
    let steps = serde_json::json!([{ "step": "past-result", "weight": 1, "parameters": { "unknown_ppm": 500_000 } }]);
    let body = serde_json::json!({ "steps": steps, "policy": {} });
    assert_eq!(stage.ask("set-pipeline").by(&crate::support::manager()).send(&body).status_code, 200);
    hear(&stage, &completed(&stage, 1, 2));
    place(&stage, 9);
    assert_eq!(taken(&stage, 2), 1);
    assert_eq!(set(&stage, 2, &availability(HERE, &[(1, 4)])).status_code, 200);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = town();
    reports_only_what_it_cannot_read(&stage, "note-job", &completed(&stage, 1, 1));
    assert_eq!(tally(&stage), (1, 100));
    assert!(stage.calls().iter().any(writes));
}
