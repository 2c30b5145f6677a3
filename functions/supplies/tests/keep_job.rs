//! `keep-job`.

use crate::support::{
    AHEAD, KEY, NOT_NEEDED, announced, cancelled, created, depot, empty, interfere, job, kinds, known_job, need,
    requested, shelve, worker, writes,
};
use local::faults::Fate;
use local::testing::reports_only_what_it_cannot_read;
use serde_json::json;

#[test]
fn a_job_is_noted_with_what_its_service_needs() {
    let stage = depot();
    let known = known_job(&stage, 1).unwrap();
    assert_eq!((known.worker, known.from), (worker().account, stage.now().after(AHEAD)));
    assert_eq!(known.needs.len(), 2);
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_job_of_a_service_that_needs_nothing_may_start_without() {
    for told in [false, true] {
        let stage = empty();
        if told {
            need(&stage, &[]);
        }
        assert!(stage.deliver("keep-job", &created(&stage, 1)));
        let data = json!({ "job": job(1), "worker": worker().account });
        assert_eq!(announced(&stage), [(NOT_NEEDED.to_owned(), data)]);
    }
}

#[test]
fn a_repeated_event_changes_nothing() {
    let stage = depot();
    let id = requested(&stage, 1, KEY);
    need(&stage, &[]);
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    let known = known_job(&stage, 1).unwrap();
    assert_eq!((known.draw, known.needs.len()), (Some(id), 2));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn a_job_that_cannot_be_noted_now_is_noted_later() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let stage = empty();
        interfere(&stage, usize::MAX, fate, writes);
        assert!(!stage.deliver("keep-job", &created(&stage, 1)));
        stage.calm();
        assert!(stage.deliver("keep-job", &created(&stage, 1)));
        assert_eq!(kinds(&stage), [NOT_NEEDED]);
    }
}

#[test]
fn what_it_announced_can_be_announced_again_after_the_job_ended() {
    let stage = empty();
    assert!(stage.deliver("keep-job", &created(&stage, 1)));
    assert_eq!(kinds(&stage), [NOT_NEEDED]);
    assert!(stage.deliver("lapse-draw", &cancelled(&stage, 1)));
    assert!(kinds(&stage).is_empty());
    assert!(stage.invoke("republish-supplies", b"{}".to_vec()).is_ok());
    assert_eq!(kinds(&stage), [NOT_NEEDED]);
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = empty();
    shelve(&stage, 0, 10);
    reports_only_what_it_cannot_read(&stage, "keep-job", &created(&stage, 1));
}
