//! `follow-match`.

use crate::support::{STATES, Said, announced, client, first_write, kinds, request_in, say, stored, worker, writes};
use contracts::matching::{MatchEnd, RequestUnmatched};
use kernel::{AccountId, RequestId};
use local::faults::Fate;
use local::testing::{event, reports_only_what_it_cannot_read};
use serde_json::json;
use services::request::State;
use std::time::Duration;

#[test]
fn a_worker_is_found_and_shown_to_the_client() {
    let (stage, id) = request_in(State::Requested);
    stage.pass(Duration::from_secs(60));
    assert!(say(&stage, id, Said::Matched(1)));
    let view = stage.ask("get-service-request").by(&client()).at(id).get().json();
    assert_eq!((&view["state"], &view["appointment"]["worker"]), (&json!("matched"), &json!(worker())));
    assert_eq!(view["timeline"], json!([{ "state": "matched", "at": stage.now() }]));
    assert!(kinds(&stage).is_empty(), "matching told everybody");
}

#[test]
fn the_later_of_two_matches_counts_in_whatever_order_they_come() {
    let ended = |attempt| Said::MatchEnded(attempt, MatchEnd::Rematched);
    for order in [
        [Said::Matched(1), ended(1), Said::Matched(2)],
        [Said::Matched(1), Said::Matched(2), ended(1)],
        [ended(1), Said::Matched(1), Said::Matched(2)],
        [ended(1), Said::Matched(2), Said::Matched(1)],
        [Said::Matched(2), Said::Matched(1), ended(1)],
        [Said::Matched(2), ended(1), Said::Matched(1)],
    ] {
        let (stage, id) = request_in(State::Requested);
        for said in order.into_iter().chain(order) {
            assert!(say(&stage, id, said));
        }
        let request = stored(&stage, id);
        assert_eq!((request.state, request.matched.map(|found| found.attempt)), (State::Matched, Some(2)), "{order:?}");
    }
}

#[test]
fn a_match_that_ends_leaves_the_request_looking_for_somebody_else() {
    for said in [
        Said::MatchEnded(1, MatchEnd::WorkerWithdrew),
        Said::MatchEnded(1, MatchEnd::Rematched),
        Said::MatchEnded(3, MatchEnd::Rematched),
        Said::Withdrawn(1),
    ] {
        let (stage, id) = request_in(State::Matched);
        assert!(say(&stage, id, said));
        let request = stored(&stage, id);
        assert_eq!((request.state, request.matched), (State::Requested, None), "{said:?}");
        assert!(say(&stage, id, Said::Matched(1)), "late");
        assert_eq!(stored(&stage, id).state, State::Requested, "{said:?}");
        assert!(say(&stage, id, Said::Matched(4)));
        assert_eq!(stored(&stage, id).state, State::Matched, "{said:?}");
    }
}

#[test]
fn a_match_that_the_client_ended_is_for_jobs_to_settle() {
    let (stage, id) = request_in(State::Matched);
    let before = stored(&stage, id);
    assert!(say(&stage, id, Said::MatchEnded(1, MatchEnd::ClientCancelled)));
    assert_eq!(stored(&stage, id), before);
}

#[test]
fn nobody_in_time_ends_the_request_and_that_is_announced_once() {
    for from in [State::Requested, State::Matched] {
        let (stage, id) = request_in(from);
        for said in [Said::Waiting, Said::Unmatched, Said::Unmatched, Said::Matched(2)] {
            assert!(say(&stage, id, said));
        }
        assert_eq!(stored(&stage, id).state, State::Unmatched);
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["data"], json!({ "request": id, "client": client().account, "end": "unmatched" }));
    }
}

#[test]
fn what_began_or_ended_stays_as_it_is_whatever_matching_says() {
    for state in STATES {
        if [State::Requested, State::Matched, State::Cancelling].contains(&state) {
            continue;
        }
        let (stage, id) = request_in(state);
        let before = stored(&stage, id);
        stage.calls();
        for said in [
            Said::Matched(5),
            Said::Waiting,
            Said::Unmatched,
            Said::MatchEnded(1, MatchEnd::WorkerWithdrew),
        ] {
            assert!(say(&stage, id, said));
        }
        assert!(!stage.calls().iter().any(writes));
        assert_eq!(stored(&stage, id), before);
    }
}

#[test]
fn a_request_that_is_not_here_is_waited_for_and_what_is_no_event_is_reported() {
    let (stage, id) = request_in(State::Requested);
    let nobodys = RequestUnmatched {
        request: RequestId::from_bits(7),
        client: AccountId::from_bits(1),
    };
    assert!(!stage.deliver("follow-match", &event(&stage, &nobodys, 1, 1)));
    let good = event(&stage, &RequestUnmatched { request: id, client: client().account }, 1, 1);
    reports_only_what_it_cannot_read(&stage, "follow-match", &good);
}

#[test]
fn a_lost_reply_of_the_table_changes_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = request_in(State::Matched);
        first_write(&stage, fate);
        assert!(say(&stage, id, Said::Unmatched));
        assert_eq!(kinds(&stage), ["services.request-ended.v1"]);
    }
}
