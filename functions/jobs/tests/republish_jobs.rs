//! `relay-jobs`, `republish-jobs`.

use crate::support::{KEY, STATES, announced, found_for, job_id, job_in, quality, tell, town, worker};
use contracts::services::RequestCancelled;
use jobs::job::State;
use kernel::RequestId;
use local::stage::Stage;
use local::testing::published;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn by_id(events: Vec<Value>) -> BTreeMap<String, Value> {
    let count = events.len();
    let events: BTreeMap<_, _> =
        events.into_iter().map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect();
    assert_eq!(events.len(), count, "each event once");
    events
}

fn republish(stage: &Stage) -> BTreeMap<String, Value> {
    stage.calls();
    stage.invoke("republish-jobs", b"{}".to_vec()).unwrap();
    by_id(published(stage).concat())
}

#[test]
fn every_step_of_every_job_is_announced_again() {
    let mut kinds = BTreeSet::new();
    for state in STATES {
        let stage = job_in(state);
        if state == State::Failed {
            let body = json!({ "finding": "good" });
            let answer = stage.ask("record-review").by(&quality()).at(job_id(1)).key(KEY).send(&body);
            assert_eq!(answer.status_code, 200, "{}", answer.body);
            stage.settle().unwrap();
        }
        if state == State::Withdrawn {
            assert!(crate::support::say(&stage, crate::support::Said::Cancelled(Some(1))));
            stage.settle().unwrap();
        }
        stage.pass(crate::support::HOUR);
        let first = republish(&stage);
        assert_eq!(republish(&stage), first, "as often as one likes");
        kinds.extend(first.values().map(|event| event["type"].as_str().unwrap().to_owned()));
        let steps = stored_steps(&stage);
        assert_eq!(first.len(), steps, "{state:?}");
    }
    assert_eq!(kinds.len(), 10, "every event of jobs occurs: {kinds:?}");
}

/// How many announcements the job and the course of its request have made.
fn stored_steps(stage: &Stage) -> usize {
    let job = crate::support::stored(stage, 1).unwrap();
    let reviewed = usize::from(job.review.verdict.is_some());
    let released = crate::support::course(stage)
        .unwrap()
        .cancelled
        .is_some_and(|cancelled| cancelled.attempt.is_some() && job.state != State::Cancelled);
    1 + job.timeline.len() + reviewed + usize::from(released)
}

#[test]
fn what_is_announced_again_is_the_same_to_the_letter() {
    let stage = town();
    let mut told = Vec::new();
    for n in 0..3u128 {
        let request = RequestId::from_bits(100 + n);
        assert!(tell(&stage, "create-job", &found_for(request, 1, worker().account)));
        stage.pass(crate::support::MINUTE);
        let attempt = Some(u32::try_from(n).unwrap());
        let cancelled = RequestCancelled { request, client: crate::support::client(), attempt };
        assert!(tell(&stage, "cancel-job", &cancelled));
        told.extend(announced(&stage));
    }
    stage.pass(crate::support::HOUR);
    assert_eq!(republish(&stage), by_id(told));
}
