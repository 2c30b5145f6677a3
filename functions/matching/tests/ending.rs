//! `cancel-match`, `withdraw-match` and `mark-final`: how matches end before their job, and when they do not any more.

use crate::support::{
    ENDED, HOUR, KEY, MATCHED, OFFER_ENDED, OFFERED, WAITING, announced, asked, at, begin, cancel, client, doer, hired,
    id_of, job, kill_at, kinds, manager, meanwhile, member, missed, place, policy, request, stored, strike, taken,
    town, town_with, withdraw, writes,
};
use contracts::jobs::{JobStarted, JobWithdrawn};
use contracts::services::RequestCancelled;
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{event, reports_only_what_it_cannot_read};
use matching::request::{Closed, Standing};
use serde_json::json;
use std::sync::Arc;

const CLOSED: Standing = Standing::Closed { because: Closed::Cancelled };

#[test]
fn a_cancelled_match_frees_the_slot() {
    let stage = town_with(1);
    place(&stage, 1);
    kinds(&stage);
    assert!(cancel(&stage, 1) && cancel(&stage, 1));
    let events = announced(&stage);
    assert_eq!(events.len(), 1, "once");
    assert_eq!(events[0]["type"], ENDED);
    let expected = json!({ "request": request(1), "attempt": 1, "worker": id_of(1), "end": "client-cancelled" });
    assert_eq!(events[0]["data"], expected);
    assert_eq!((stored(&stage, 1).standing, taken(&stage, 1)), (CLOSED, 0));
    assert!(place(&stage, 2), "somebody else can have it");
    assert_eq!(doer(&stage, 2), Some(id_of(1)));
}

#[test]
fn a_request_that_waits_is_cancelled_silently() {
    let stage = town();
    place(&stage, 1);
    kinds(&stage);
    assert!(cancel(&stage, 1));
    stage.pass(HOUR);
    assert!(stage.start("match-waiting"));
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, 1).standing, CLOSED);
}

#[test]
fn an_offer_of_a_cancelled_request_ends() {
    let stage = town_with(1);
    policy(&stage, &json!({ "offer_timeout_s": 300 }));
    place(&stage, 1);
    assert_eq!(kinds(&stage), [OFFERED]);
    assert!(cancel(&stage, 1));
    let events = announced(&stage);
    assert_eq!((events.len(), &events[0]["type"]), (1, &json!(OFFER_ENDED)));
    assert_eq!(events[0]["data"]["end"], "closed");
    assert_eq!((stored(&stage, 1).standing, taken(&stage, 1)), (CLOSED, 0));
}

#[test]
fn a_job_that_has_begun_goes_on() {
    let stage = town_with(2);
    place(&stage, 1);
    kinds(&stage);
    assert!(begin(&stage, 1, 1) && begin(&stage, 1, 1));
    assert!(cancel(&stage, 1) && withdraw(&stage, 1, 1));
    assert!(kinds(&stage).is_empty());
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (Some(id_of(1)), 1));
    let again = stage.ask("rematch-request").by(&manager()).at(request(1)).key(KEY).send(&json!({}));
    assert_eq!(again.status_code, 409);
}

#[test]
fn a_job_that_nobody_came_to_is_nobody_elses() {
    let stage = town_with(2);
    place(&stage, 1);
    kinds(&stage);
    for _ in 0..2 {
        assert!(stage.deliver("mark-final", &missed(&stage, 1, 1)));
    }
    let again = stage.ask("rematch-request").by(&manager()).at(request(1)).key(KEY).send(&json!({}));
    assert_eq!(again.status_code, 409, "its client is offered another time");
    assert!(kinds(&stage).is_empty());
    assert_eq!(taken(&stage, 2), 0);
}

#[test]
fn a_job_that_began_or_was_missed_before_a_manager_chose_somebody_else_counts() {
    let began = |stage: &Stage| begin(stage, 1, 1);
    let was_missed = |stage: &Stage| stage.deliver("mark-final", &missed(stage, 1, 1));
    for end in [&began as &dyn Fn(&Stage) -> bool, &was_missed] {
        let stage = town_with(3);
        place(&stage, 1);
        let rematch = |key: &str| stage.ask("rematch-request").by(&manager()).at(request(1)).key(key).send(&json!({}));
        assert_eq!(rematch(KEY).status_code, 200);
        assert_eq!(doer(&stage, 1), Some(id_of(2)));
        kinds(&stage);
        assert!(end(&stage) && end(&stage));
        let events = announced(&stage);
        assert_eq!((events.len(), &events[0]["type"]), (1, &json!(ENDED)));
        assert_eq!((&events[0]["data"]["attempt"], &events[0]["data"]["worker"]), (&json!(2), &json!(id_of(2))));
        assert_eq!((taken(&stage, 2), taken(&stage, 3)), (0, 0), "nobody waits for a job that never comes");
        assert_eq!(stored(&stage, 1).standing, Standing::Closed { because: Closed::Kept });
        assert!(withdraw(&stage, 2, 2) && cancel(&stage, 1));
        assert!(kinds(&stage).is_empty());
        assert_eq!(rematch("another-key-of-a-manager").status_code, 409);
    }
}

#[test]
fn an_earlier_start_counts_whoever_has_it_by_then() {
    let stage = town_with(2);
    place(&stage, 1);
    let ask = stage.ask("rematch-request").by(&manager()).at(request(1)).key(KEY).send(&json!({}));
    assert_eq!(ask.status_code, 200, "{}", ask.body);
    assert!(withdraw(&stage, 2, 2));
    assert_eq!((doer(&stage, 1), stored(&stage, 1).attempt), (Some(id_of(1)), 3));
    kinds(&stage);
    assert!(begin(&stage, 1, 1));
    assert_eq!(kinds(&stage), [ENDED]);
    assert_eq!(stored(&stage, 1).standing, Standing::Closed { because: Closed::Kept });
    stage.pass(HOUR);
    assert!(stage.start("match-waiting"));
    assert!(kinds(&stage).is_empty());
}

#[test]
fn whoever_withdraws_is_replaced_at_once_and_not_asked_again() {
    let stage = town_with(2);
    place(&stage, 1);
    kinds(&stage);
    assert!(withdraw(&stage, 1, 1));
    let events = announced(&stage);
    let kinds_of: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds_of, [ENDED, MATCHED]);
    assert_eq!(events[0]["data"]["end"], "worker-withdrew");
    assert_eq!((&events[1]["data"]["attempt"], &events[1]["data"]["worker"]), (&json!(2), &json!(id_of(2))));
    assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
    assert!(withdraw(&stage, 1, 1), "a repeated event changes nothing");
    assert!(kinds(&stage).is_empty());
    assert!(withdraw(&stage, 2, 2));
    assert_eq!(kinds(&stage), [ENDED, WAITING], "the first is free and is not asked again");
    assert!(place(&stage, 2), "other requests may have either");
    assert_eq!(doer(&stage, 2), Some(id_of(1)));
}

#[test]
fn the_word_of_an_attempt_that_has_ended_changes_nothing() {
    let stage = town_with(2);
    place(&stage, 1);
    withdraw(&stage, 1, 1);
    kinds(&stage);
    assert!(withdraw(&stage, 1, 1));
    assert!(cancel(&stage, 1));
    assert_eq!(kinds(&stage), [ENDED], "the second had not begun");
    assert!(withdraw(&stage, 2, 2) && begin(&stage, 2, 2));
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, 1).standing, CLOSED);
}

#[test]
fn what_is_said_of_a_request_that_is_not_here_comes_again() {
    let stage = town();
    assert!(!withdraw(&stage, 1, 1) && !begin(&stage, 1, 1));
}

#[test]
fn a_slot_that_is_over_is_not_free_again() {
    let stage = town_with(1);
    place(&stage, 1);
    stage.pass(HOUR * 5);
    assert!(withdraw(&stage, 1, 1));
    assert!(member(&stage, 1).free(stage.now()).next().is_none());
    assert_eq!(member(&stage, 1).jobs.iter().map(|known| known.jobs).sum::<u32>(), 0);
}

#[test]
fn of_withdrawal_and_cancellation_at_once_one_ends_the_match() {
    for write in 0..2 {
        let stage = Arc::new(town_with(2));
        place(&stage, 1);
        kinds(&stage);
        meanwhile(&stage, write, |stage| assert!(cancel(stage, 1)));
        assert!(withdraw(&stage, 1, 1));
        stage.calm();
        assert_eq!(stored(&stage, 1).standing, CLOSED);
        assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 0));
        assert_eq!(kinds(&stage), [ENDED], "before write {write}");
    }
}

#[test]
fn of_cancellation_and_start_at_once_the_first_counts() {
    let stage = Arc::new(town_with(1));
    place(&stage, 1);
    kinds(&stage);
    meanwhile(&stage, 0, |stage| assert!(begin(stage, 1, 1)));
    assert!(cancel(&stage, 1));
    stage.calm();
    assert!(kinds(&stage).is_empty());
    assert_eq!((doer(&stage, 1), taken(&stage, 1)), (Some(id_of(1)), 1));
}

#[test]
fn of_a_request_and_its_cancellation_at_once_nothing_is_left_over() {
    for write in 0..3 {
        let stage = Arc::new(town_with(1));
        meanwhile(&stage, write, |stage| assert!(cancel(stage, 1)));
        assert!(place(&stage, 1));
        stage.calm();
        assert!(cancel(&stage, 1));
        assert_eq!((stored(&stage, 1).standing, taken(&stage, 1)), (CLOSED, 0), "before write {write}");
        let told = kinds(&stage);
        let count = |kind: &str| told.iter().filter(|one| *one == kind).count();
        assert_eq!(count(MATCHED), count(ENDED), "{told:?}");
    }
}

#[test]
fn a_request_that_overtakes_its_cancellation_at_that_moment_is_closed() {
    for workers in 0..2 {
        let stage = Arc::new(town_with(workers));
        meanwhile(&stage, 0, |stage| assert!(place(stage, 1)));
        assert!(cancel(&stage, 1));
        stage.calm();
        assert_eq!(stored(&stage, 1).standing, CLOSED);
        assert!(workers == 0 || taken(&stage, 1) == 0);
    }
}

#[test]
fn a_request_that_nobody_can_do_and_its_cancellation_at_once_leave_it_closed() {
    for known in [false, true] {
        let stage = Arc::new(town_with(0));
        if known {
            assert!(place(&stage, 1));
            stage.pass(HOUR);
        }
        meanwhile(&stage, 0, |stage| assert!(cancel(stage, 1)));
        assert!(place(&stage, 1));
        stage.calm();
        assert!(!known || stored(&stage, 1).standing == CLOSED);
        assert!(cancel(&stage, 1));
        assert_eq!(stored(&stage, 1).standing, CLOSED);
    }
}

#[test]
fn a_request_whose_decision_was_cut_off_and_its_cancellation_at_once_leave_it_closed() {
    for (cut, write) in (1..6).flat_map(|cut| [(cut, 0), (cut, 1)]) {
        let stage = Arc::new(town_with(0));
        kill_at(&stage, cut);
        place(&stage, 1);
        stage.calm();
        meanwhile(&stage, write, |stage| assert!(cancel(stage, 1)));
        assert!(place(&stage, 1));
        stage.calm();
        assert_eq!(stored(&stage, 1).standing, CLOSED, "cut off at call {cut}, cancelled before write {write}");
    }
}

#[test]
fn what_is_said_of_a_worker_while_a_match_ends_counts() {
    let stage = Arc::new(town_with(1));
    place(&stage, 1);
    meanwhile(&stage, 0, |stage| assert!(stage.deliver("note-job", &crate::support::completed(stage, 7, 1))));
    assert!(cancel(&stage, 1));
    stage.calm();
    assert_eq!((member(&stage, 1).tally.jobs, taken(&stage, 1)), (1, 0));
}

#[test]
fn a_lost_reply_of_any_call_ends_it_once() {
    for call in 0..12 {
        for fate in [Fate::ReplyLost, Fate::NeverSent] {
            let stage = town_with(2);
            place(&stage, 1);
            kinds(&stage);
            strike(&stage, call, fate, |_| true);
            assert!(withdraw(&stage, 1, 1), "call {call}");
            stage.calm();
            assert_eq!(kinds(&stage), [ENDED, MATCHED], "call {call}");
            assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
        }
    }
}

#[test]
fn killed_between_the_end_and_the_next_match_somebody_goes_on() {
    for call in 0..8 {
        for by_the_clock in [true, false] {
            let stage = town_with(2);
            place(&stage, 1);
            kinds(&stage);
            kill_at(&stage, call);
            let done = withdraw(&stage, 1, 1);
            stage.calm();
            stage.pass(crate::support::MINUTE);
            match by_the_clock && doer(&stage, 1) != Some(id_of(1)) {
                true => assert!(stage.start("match-waiting")),
                false => assert!(withdraw(&stage, 1, 1)),
            }
            assert_eq!(kinds(&stage), [ENDED, MATCHED], "call {call}, {done}");
            assert_eq!((taken(&stage, 1), taken(&stage, 2)), (0, 1));
        }
    }
}

#[test]
fn a_worker_who_cancels_availability_while_matched_keeps_the_job() {
    let stage = town_with(1);
    place(&stage, 1);
    let word = event(&stage, &hired(1, &[("windows", 1)]), 1, 9);
    assert!(stage.deliver("keep-worker", &word));
    assert_eq!(taken(&stage, 1), 1);
    assert_eq!(member(&stage, 1).slots[0].taken.as_ref().unwrap().from, at(1));
}

#[test]
fn of_a_batch_only_what_cannot_be_read_is_reported() {
    let stage = town_with(2);
    place(&stage, 1);
    let (request, worker) = (request(1), id_of(1));
    let started = JobStarted { job: job(1), request, attempt: 9, client: client(), worker };
    reports_only_what_it_cannot_read(&stage, "mark-final", &event(&stage, &started, 1, 1));
    let withdrawn = JobWithdrawn { job: job(1), request, attempt: 9, worker };
    reports_only_what_it_cannot_read(&stage, "withdraw-match", &event(&stage, &withdrawn, 1, 1));
    let cancelled = RequestCancelled { request, client: client(), attempt: None };
    reports_only_what_it_cannot_read(&stage, "cancel-match", &event(&stage, &cancelled, 1, 1));
    assert!(stage.calls().iter().any(writes));
    assert_eq!(asked(1).request, request);
}
