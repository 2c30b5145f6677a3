//! `follow-job`.

use crate::support::{STATES, Said, announced, client, kinds, meanwhile, request_in, say, stored, writes};
use contracts::jobs::RequestReleased;
use kernel::{AccountId, RequestId};
use local::testing::{event, reports_only_what_it_cannot_read};
use serde_json::json;
use services::request::State;
use std::sync::Arc;

#[test]
fn work_goes_from_its_beginning_to_its_end() {
    for (said, state, end) in [
        (Said::Completed(1), State::Completed, "completed"),
        (Said::Failed(1), State::Failed, "failed"),
    ] {
        let (stage, id) = request_in(State::Matched);
        assert!(say(&stage, id, Said::Started(1)));
        assert_eq!(stored(&stage, id).state, State::InProgress);
        assert!(kinds(&stage).is_empty());
        assert!(say(&stage, id, said));
        assert_eq!(stored(&stage, id).state, state);
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["type"], "services.request-ended.v1");
        assert_eq!(events[0]["data"], json!({ "request": id, "client": client().account, "end": end }));
    }
}

#[test]
fn a_worker_who_does_not_come_ends_the_request_as_missed() {
    let (stage, id) = request_in(State::Matched);
    assert!(say(&stage, id, Said::Missed(1)));
    assert_eq!(stored(&stage, id).state, State::NoShow);
    assert_eq!(announced(&stage)[0]["data"]["end"], "no-show");
}

#[test]
fn what_jobs_says_may_overtake_what_matching_says() {
    let (stage, id) = request_in(State::Requested);
    assert!(say(&stage, id, Said::Started(1)));
    assert!(say(&stage, id, Said::Matched(1)));
    assert_eq!(stored(&stage, id).state, State::InProgress);

    let (stage, id) = request_in(State::Requested);
    assert!(say(&stage, id, Said::Completed(1)));
    assert!(say(&stage, id, Said::Started(1)));
    assert!(say(&stage, id, Said::Matched(1)));
    assert_eq!(stored(&stage, id).state, State::Completed);
    assert_eq!(kinds(&stage), ["services.request-ended.v1"]);

    let (stage, id) = request_in(State::Requested);
    assert!(say(&stage, id, Said::Withdrawn(1)));
    assert!(say(&stage, id, Said::Matched(1)));
    assert_eq!(stored(&stage, id).state, State::Requested, "that worker had withdrawn");
}

#[test]
fn a_request_ends_once() {
    let said = [
        Said::Started(1),
        Said::Completed(1),
        Said::Failed(1),
        Said::Missed(1),
        Said::Cancelled(1),
        Said::Withdrawn(1),
        Said::Released,
    ];
    for state in STATES.into_iter().filter(|state| !state.is_open()) {
        let (stage, id) = request_in(state);
        let before = stored(&stage, id);
        stage.calls();
        for said in said {
            assert!(say(&stage, id, said), "{said:?}");
        }
        assert!(!stage.calls().iter().any(writes));
        assert_eq!(stored(&stage, id), before);
    }
}

#[test]
fn a_release_ends_only_what_was_cancelled() {
    for state in [State::Requested, State::Matched, State::InProgress] {
        let (stage, id) = request_in(state);
        assert!(say(&stage, id, Said::Released));
        assert_eq!(stored(&stage, id).state, state);
    }
}

#[test]
fn two_ends_at_once_end_it_once() {
    let (stage, id) = request_in(State::InProgress);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert!(say(stage, id, Said::Completed(1))));
    assert!(say(&stage, id, Said::Failed(1)));
    stage.calm();
    assert_eq!(stored(&stage, id).state, State::Completed);
    assert_eq!(kinds(&stage), ["services.request-ended.v1"]);
}

#[test]
fn a_request_that_is_not_here_is_waited_for_and_what_is_no_event_is_reported() {
    let (stage, id) = request_in(State::Requested);
    let nobodys = RequestReleased {
        request: RequestId::from_bits(7),
        client: AccountId::from_bits(1),
    };
    assert!(!stage.deliver("follow-job", &event(&stage, &nobodys, 1, 1)));
    let good = event(&stage, &RequestReleased { request: id, client: client().account }, 1, 1);
    reports_only_what_it_cannot_read(&stage, "follow-job", &good);
}
