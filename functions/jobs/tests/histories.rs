//! Histories of one request: its matches, its client, its worker and the clock in any order, while replies of the table
//! are lost. In the end everything was announced that happened, once, and at most one job was settled.

use crate::support::{Said, announced, job_id, noon, photo, say, start, step, stored, town, wait_until, writes};
use contracts::matching::MatchEnd;
use jobs::job::{Shelf, State};
use kernel::Timestamp;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::published;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Something that somebody does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Hears(Said),
    Starts,
    Finishes,
    Fails,
    Withdraws,
    Sweeps,
    Waits(u64),
}

/// What becomes of the first writes of an act.
#[derive(Clone, Copy, Debug)]
enum Luck {
    Good,
    /// The reply to the first one is lost.
    ReplyLost,
    /// None arrives: it fails, and is done again later.
    Cut,
    /// All take effect, and nobody hears of it: it is done again later.
    Deaf,
}

fn act() -> impl Strategy<Value = Act> {
    let said = prop_oneof![
        6 => (1..4u32).prop_map(Said::Matched),
        2 => (1..4u32).prop_map(|attempt| Said::Ended(attempt, MatchEnd::Rematched)),
        1 => (1..4u32).prop_map(|attempt| Said::Ended(attempt, MatchEnd::ClientCancelled)),
        1 => prop::option::of(1..4u32).prop_map(Said::Cancelled),
    ];
    prop_oneof![
        6 => said.prop_map(Act::Hears),
        3 => Just(Act::Starts),
        2 => Just(Act::Finishes),
        1 => Just(Act::Fails),
        1 => Just(Act::Withdraws),
        1 => Just(Act::Sweeps),
        1 => (1..90u64).prop_map(Act::Waits),
    ]
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![4 => Just(Luck::Good), 1 => Just(Luck::ReplyLost), 1 => Just(Luck::Cut), 1 => Just(Luck::Deaf)]
}

fn tempt(stage: &Stage, luck: Luck) {
    let entered = AtomicUsize::new(0);
    stage.interfere(move |call| match (writes(call), luck) {
        (false, _) | (true, Luck::Good) => Fate::Answered,
        (true, Luck::ReplyLost) if entered.fetch_add(1, Ordering::Relaxed) > 0 => Fate::Answered,
        (true, Luck::ReplyLost | Luck::Deaf) => Fate::ReplyLost,
        (true, Luck::Cut) => Fate::NeverSent,
    });
}

/// Does it, once; whether it is over.
fn attempt(stage: &Stage, act: Act, n: usize) -> bool {
    let key = format!("the-key-of-act-number-{n}");
    let answered = |answer: local::trigger::HttpResponse| answer.status_code != 503;
    match act {
        Act::Hears(said) => say(stage, said),
        Act::Sweeps => stage.start("close-missed-jobs"),
        Act::Waits(minutes) => {
            stage.pass(Duration::from_secs(60 * minutes));
            true
        }
        // All of this is about the first match's job.
        _ if stored(stage, 1).is_none() => true,
        Act::Starts => {
            say(stage, Said::NotNeeded(1));
            let active = stored(stage, 1).is_some_and(|job| job.state.shelf() == Shelf::Active);
            !active || answered(start(stage, &key))
        }
        Act::Finishes if stored(stage, 1).is_some_and(|job| job.state == State::Started) => {
            let photo = photo(stage, "a-photo-of-the-report");
            answered(step(stage, "finish-job", &key, &json!({ "photo": photo })))
        }
        Act::Finishes => true,
        Act::Fails => answered(step(stage, "fail-job", &key, &json!({ "reason": "No ladder" }))),
        Act::Withdraws => answered(step(stage, "withdraw-job", &key, &json!({}))),
    }
}

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn of_one_request_one_job_is_settled_and_all_of_it_is_announced_once(
        acts in prop::collection::vec((act(), luck()), 1..25)
    ) {
        let stage = town();
        // Twenty minutes before noon.
        wait_until(&stage, Timestamp::from_millis(noon().as_millis() - 1_200_000));
        let mut told = Vec::new();
        for (n, (act, luck)) in acts.into_iter().enumerate() {
            tempt(&stage, luck);
            let over = attempt(&stage, act, n);
            stage.calm();
            if !over {
                // The message comes again, the person repeats the request, the clock ticks.
                prop_assert!(attempt(&stage, act, n), "{:?}: {:?}", act, stage.log().last());
            }
            told.extend(announced(&stage));
        }
        let told_once = by_id(told.clone());
        prop_assert_eq!(told_once.len(), told.len(), "each announcement once");
        let count = |kind: &str| told.iter().filter(|event| event["type"] == format!("jobs.{kind}.v1")).count();
        let settled = count("job-completed") + count("job-failed") + count("job-missed") + count("job-cancelled");
        prop_assert!(settled <= 1 && count("job-started") <= 1, "{:?}", told_once.keys());
        prop_assert!(settled + count("request-released") <= 1);
        for number in 1..4 {
            let job = stored(&stage, number);
            let about = |event: &&Value| event["data"]["job"] == json!(job_id(number));
            let events = told.iter().filter(about).count();
            let steps = job.map_or(0, |job| {
                // One that was cancelled before it was heard of was never announced as created.
                let was_assigned = job.timeline.first().is_none_or(|step| step.state != State::Cancelled);
                let created = told.iter().filter(about).any(|event| event["type"] == "jobs.job-created.v1");
                usize::from(was_assigned || created) + job.timeline.len()
            });
            prop_assert_eq!(events, steps, "match {}", number);
        }
        stage.calls();
        stage.invoke("republish-jobs", b"{}".to_vec()).unwrap();
        prop_assert_eq!(by_id(published(&stage).concat()), told_once);
    }
}
