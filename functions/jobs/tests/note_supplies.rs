//! `note-supplies`.

use crate::support::{STATES, Said, client, job_id, job_in, kinds, meanwhile, say, stored, tell, town, writes};
use contracts::supplies::SuppliesNotNeeded;
use jobs::job::State;
use local::testing::{event, reports_only_what_it_cannot_read};
use std::sync::Arc;

#[test]
fn a_job_is_supplied_once_whichever_way() {
    for said in [Said::Issued(1), Said::NotNeeded(1)] {
        let stage = job_in(State::Assigned);
        assert!(!stored(&stage, 1).unwrap().supplied);
        assert!(say(&stage, said));
        assert!(stored(&stage, 1).unwrap().supplied);
        stage.calls();
        assert!(say(&stage, said));
        assert!(!stage.calls().iter().any(writes));
        assert!(kinds(&stage).is_empty(), "supplies told everybody");
    }
}

#[test]
fn somebody_elses_supplies_are_not_this_workers() {
    let stage = job_in(State::Assigned);
    assert!(tell(&stage, "note-supplies", &SuppliesNotNeeded { job: job_id(1), worker: client() }));
    assert!(!stored(&stage, 1).unwrap().supplied);
}

#[test]
fn a_job_that_is_not_here_is_waited_for() {
    let stage = town();
    assert!(!say(&stage, Said::Issued(1)));
    assert!(say(&stage, Said::Matched(1)));
    assert!(say(&stage, Said::Issued(1)));
}

#[test]
fn it_moves_no_job() {
    for from in STATES {
        let stage = job_in(from);
        assert!(say(&stage, Said::NotNeeded(1)));
        assert_eq!(stored(&stage, 1).unwrap().state, from);
    }
}

#[test]
fn a_job_that_ends_at_that_moment_has_ended() {
    let stage = Arc::new(job_in(State::Assigned));
    meanwhile(&stage, |stage| assert!(say(stage, Said::Cancelled(Some(1)))));
    assert!(say(&stage, Said::Issued(1)));
    stage.calm();
    assert_eq!(stored(&stage, 1).unwrap().state, State::Cancelled);
}

#[test]
fn what_is_no_event_of_these_is_reported() {
    let stage = job_in(State::Assigned);
    let good = SuppliesNotNeeded { job: job_id(1), worker: crate::support::worker().account };
    reports_only_what_it_cannot_read(&stage, "note-supplies", &event(&stage, &good, 1, 1));
}
