//! `decide-application`, `withdraw-application`, `close-undecided-applications`, `erase-applications`.

use crate::support::{
    HIRED, KEY, RECEIVED, REJECTED, STATES, WEEK, announced, application_in, apply, assign, candidate, decide,
    first_write, id, kinds, later, manager, meanwhile, person, sit, start, stored, stranger, test, writes,
};
use hiring::application::State;
use hiring::life::UNDECIDED;
use hiring::likeness::Likeness;
use hiring::store::likeness_key;
use kernel::{ApplicationId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{item, only_for, problem, raw_item};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const OTHER_KEY: &str = "the-key-of-another-request";
const KEPT: Duration = Duration::from_secs(180 * 86_400);
const MOMENT: Duration = Duration::from_millis(1);

fn hire() -> Value {
    json!({ "verdict": "hire" })
}

fn reject() -> Value {
    json!({ "verdict": "reject" })
}

fn withdraw(stage: &Stage, id: ApplicationId) -> HttpResponse {
    stage.ask("withdraw-application").by(&candidate()).at(id).get()
}

fn run(stage: &Stage, sweeper: &str) -> Vec<String> {
    assert!(stage.start(sweeper), "{:?}", stage.log().last());
    kinds(stage)
}

#[test]
fn only_managers_decide_and_only_candidates_withdraw() {
    let (stage, id) = application_in(State::Received);
    stage.calls();
    only_for(Role::Manager, || stage.ask("decide-application").at(id).key(KEY));
    assert!(stage.calls().is_empty());
    let (stage, _) = application_in(State::Rejected);
    only_for(Role::Customer, || stage.ask("withdraw-application").at(id));
}

#[test]
fn who_is_hired_has_the_skills_that_the_tests_showed() {
    let (stage, id) = application_in(State::Tested);
    assign(&stage, id, &[test(2)], &later(&stage, WEEK));
    sit(&stage, id, test(2), 6);
    kinds(&stage);
    let answer = decide(&stage, id, KEY, &hire());
    let expected = json!({ "id": id, "state": "hired", "closed_at": stage.now() });
    assert_eq!((answer.status_code, answer.json()), (200, expected));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], HIRED);
    let expected = json!({
        "application": id, "worker": candidate().account, "skills": { "windows": 5, "floors": 3 },
        "strengths": ["windows"], "weaknesses": ["floors"],
    });
    assert_eq!(events[0]["data"], expected);
    assert_eq!(stored(&stage, id).decided.unwrap().manager, manager().account);
}

#[test]
fn a_failed_test_shows_nothing_and_one_skill_is_no_weakness() {
    let (stage, id) = application_in(State::Tested);
    assign(&stage, id, &[test(2)], &later(&stage, WEEK));
    sit(&stage, id, test(2), 5);
    kinds(&stage);
    assert_eq!(decide(&stage, id, KEY, &hire()).status_code, 200);
    let data = announced(&stage)[0]["data"].clone();
    assert_eq!(data["skills"], json!({ "windows": 5 }));
    assert_eq!((&data["strengths"], &data["weaknesses"]), (&json!(["windows"]), &json!([])));
}

#[test]
fn who_passed_nothing_is_hired_for_a_reason_only() {
    for state in [State::Received, State::Testing] {
        let (stage, id) = application_in(state);
        problem(&decide(&stage, id, KEY, &hire()), 409, "nothing-passed");
        let in_spite = json!({ "verdict": "hire", "override_reason": "Ten years of it" });
        assert_eq!(decide(&stage, id, KEY, &in_spite).status_code, 200);
        assert_eq!(announced(&stage)[0]["data"]["skills"], json!({}), "nothing was shown");
        assert_eq!(stored(&stage, id).decided.unwrap().override_reason.as_deref(), Some("Ten years of it"));
    }
    let (stage, id) = application_in(State::Testing);
    sit(&stage, id, test(1), 5);
    problem(&decide(&stage, id, KEY, &hire()), 409, "nothing-passed");
    let in_spite = json!({ "verdict": "hire", "override_reason": "Was ill that day" });
    kinds(&stage);
    assert_eq!(decide(&stage, id, KEY, &in_spite).status_code, 200);
    assert_eq!(announced(&stage)[0]["data"]["skills"], json!({ "windows": 1 }), "a beginner");
}

#[test]
fn who_is_rejected_is_told_so() {
    for state in [State::Received, State::Testing, State::Tested] {
        let (stage, id) = application_in(state);
        let answer = decide(&stage, id, KEY, &reject());
        assert_eq!((answer.status_code, &answer.json()["state"]), (200, &json!("rejected")));
        let events = announced(&stage);
        assert_eq!(events[0]["type"], REJECTED);
        assert_eq!(events[0]["data"], json!({ "application": id, "candidate": candidate().account }));
        assert_eq!(events.len(), 1);
    }
}

#[test]
fn the_same_decision_again_gets_the_same_reply_and_another_is_refused() {
    for (body, kind) in [(hire(), HIRED), (reject(), REJECTED)] {
        let (stage, id) = application_in(State::Tested);
        let first = decide(&stage, id, KEY, &body);
        stage.pass(Duration::from_secs(3600));
        let again = decide(&stage, id, KEY, &body);
        assert_eq!((again.status_code, &again.body), (200, &first.body));
        let changed = json!({ "verdict": "hire", "override_reason": "Another" });
        problem(&decide(&stage, id, KEY, &changed), 422, "idempotency-key-reused");
        problem(&decide(&stage, id, OTHER_KEY, &reject()), 409, "application-closed");
        problem(&decide(&stage, id, OTHER_KEY, &hire()), 409, "application-closed");
        assert_eq!(kinds(&stage), [kind]);
    }
}

#[test]
fn decisions_that_are_not_as_described_are_refused() {
    let (stage, id) = application_in(State::Tested);
    stage.calls();
    for body in [
        json!({}),
        json!({ "verdict": "promote" }),
        json!({ "verdict": "hire", "override_reason": "" }),
        json!({ "verdict": "hire", "skills": {} }),
    ] {
        problem(&decide(&stage, id, KEY, &body), 400, "invalid-body");
    }
    problem(&stage.ask("decide-application").by(&manager()).at(id).send(&hire()), 400, "idempotency-key-missing");
    problem(&decide(&stage, ApplicationId::from_bits(7), KEY, &hire()), 404, "not-found");
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn an_application_is_withdrawn_until_it_is_decided_and_nothing_is_announced() {
    for state in STATES {
        let (stage, id) = application_in(state);
        stage.pass(Duration::from_secs(60));
        let answer = withdraw(&stage, id);
        match state {
            State::Hired | State::Rejected => {
                assert_eq!(problem(&answer, 409, "application-closed")["state"], json!(state));
            }
            _ => {
                let at = stored(&stage, id).closed_at;
                assert_eq!(answer.json(), json!({ "id": id, "state": "withdrawn", "closed_at": at }));
                stage.pass(Duration::from_secs(60));
                assert_eq!(withdraw(&stage, id).body, answer.body);
                problem(&decide(&stage, id, KEY, &hire()), 409, "application-closed");
            }
        }
        assert!(kinds(&stage).is_empty());
    }
    let (stage, id) = application_in(State::Received);
    let theirs = stage.ask("withdraw-application").by(&stranger()).at(id).get();
    problem(&theirs, 404, "not-found");
    assert_eq!(theirs.json(), withdraw(&stage, ApplicationId::from_bits(7)).json());
    assert_eq!(stored(&stage, id).state, State::Received);
}

#[test]
fn a_decision_and_a_withdrawal_at_once_are_one_of_them() {
    let (stage, id) = application_in(State::Tested);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(withdraw(stage, id).status_code, 200));
    problem(&decide(&stage, id, KEY, &hire()), 409, "application-closed");
    stage.calm();
    assert!(kinds(&stage).is_empty());

    let (stage, id) = application_in(State::Tested);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(decide(stage, id, KEY, &hire()).status_code, 200));
    problem(&withdraw(&stage, id), 409, "application-closed");
    stage.calm();
    assert_eq!(kinds(&stage), [HIRED]);
}

#[test]
fn of_two_managers_at_once_one_decides() {
    let (stage, id) = application_in(State::Tested);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| assert_eq!(decide(stage, id, OTHER_KEY, &reject()).status_code, 200));
    problem(&decide(&stage, id, KEY, &hire()), 409, "application-closed");
    stage.calm();
    assert_eq!(kinds(&stage), [REJECTED]);
}

#[test]
fn lost_replies_of_the_table_change_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = application_in(State::Tested);
        first_write(&stage, fate.clone());
        assert_eq!(decide(&stage, id, KEY, &hire()).status_code, 200);
        assert_eq!(kinds(&stage), [HIRED]);
        let (stage, id) = application_in(State::Received);
        first_write(&stage, fate.clone());
        assert_eq!(withdraw(&stage, id).status_code, 200);
        stage.pass(KEPT);
        first_write(&stage, fate);
        assert!(run(&stage, "erase-applications").is_empty());
        assert_eq!(stored(&stage, id).person, None);
    }
}

#[test]
fn what_nobody_decides_for_three_months_ends_and_the_candidate_may_apply_again() {
    for state in [State::Received, State::Tested] {
        let (stage, id) = application_in(state);
        let due = stored(&stage, id).due.unwrap();
        let wait = Duration::from_millis(u64::try_from(due.as_millis() - stage.now().as_millis()).unwrap());
        assert!(wait <= UNDECIDED);
        stage.pass(wait - MOMENT);
        assert!(run(&stage, "close-undecided-applications").is_empty());
        stage.pass(MOMENT);
        assert_eq!(run(&stage, "close-undecided-applications"), [REJECTED]);
        assert!(run(&stage, "close-undecided-applications").is_empty());
        assert_eq!(stored(&stage, id).state, State::Rejected);
        assert_eq!(apply(&stage, &candidate(), OTHER_KEY, &person()).status_code, 201);
        assert_eq!(kinds(&stage), [RECEIVED]);
    }
}

#[test]
fn a_test_under_way_is_not_ended_for_want_of_a_decision() {
    let (stage, id) = application_in(State::Testing);
    stage.pass(Duration::from_secs(WEEK) - MOMENT);
    assert_eq!(start(&stage, id, test(1)).status_code, 200);
    stage.pass(UNDECIDED);
    assert!(run(&stage, "close-undecided-applications").is_empty());
    assert_eq!(run(&stage, "close-overdue-tests").len(), 1);
    assert!(run(&stage, "close-undecided-applications").is_empty(), "the manager has three months from then on");
}

#[test]
fn a_decision_and_the_sweeper_at_once_are_one_of_them() {
    let (stage, id) = application_in(State::Tested);
    let stage = Arc::new(stage);
    stage.pass(UNDECIDED);
    meanwhile(&stage, move |stage| assert_eq!(decide(stage, id, KEY, &hire()).status_code, 200));
    assert_eq!(run(&stage, "close-undecided-applications"), [HIRED]);
    stage.calm();
    assert_eq!(stored(&stage, id).state, State::Hired);
}

#[test]
fn who_was_not_hired_is_forgotten_half_a_year_later() {
    for state in [State::Rejected, State::Withdrawn] {
        let (stage, application) = application_in(state);
        let mark = stored(&stage, application).likeness.unwrap();
        let other = id(&apply(&stage, &stranger(), KEY, &person()));
        kinds(&stage);
        stage.pass(KEPT - MOMENT);
        assert!(run(&stage, "erase-applications").is_empty());
        assert!(stored(&stage, application).person.is_some());
        stage.pass(MOMENT);
        assert!(run(&stage, "erase-applications").is_empty());
        let erased = stored(&stage, application);
        assert_eq!((erased.person, erased.likeness, erased.state), (None, None, state));
        assert_eq!((erased.waiting, erased.due), (None, None));
        assert_eq!(erased.request, "", "a hash of who applied");
        problem(&apply(&stage, &candidate(), KEY, &person()), 422, "idempotency-key-reused");
        let alike: Likeness = item(&stage, "hiring", &likeness_key(&mark)).unwrap();
        let left: Vec<_> = alike.alike.iter().map(|one| one.application).collect();
        assert_eq!(left, [other]);
        let raw = raw_item(&stage, "hiring", &hiring::store::application_key(application)).unwrap().to_string();
        for word in ["Мария", "Петрова", "1990", "442079460018", "окна"] {
            assert!(!raw.contains(word), "{word}: {raw}");
        }
        stage.calls();
        assert!(run(&stage, "erase-applications").is_empty());
        assert!(!stage.calls().iter().any(writes), "the second time nothing is to be done");
    }
}

#[test]
fn who_was_hired_or_waits_is_not_forgotten() {
    for state in [State::Received, State::Testing, State::Tested, State::Hired] {
        let (stage, id) = application_in(state);
        stage.pass(10 * KEPT);
        assert!(run(&stage, "erase-applications").is_empty());
        assert!(stored(&stage, id).person.is_some(), "{state:?}");
    }
}

#[test]
fn forgetting_and_a_new_application_at_once_both_happen() {
    let (stage, application) = application_in(State::Withdrawn);
    let stage = Arc::new(stage);
    stage.pass(KEPT);
    meanwhile(&stage, |stage| {
        id(&apply(stage, &stranger(), KEY, &person()));
    });
    assert_eq!(run(&stage, "erase-applications"), [RECEIVED]);
    stage.calm();
    assert_eq!(stored(&stage, application).person, None);
}

#[test]
fn one_that_cannot_be_forgotten_holds_up_no_other() {
    let (stage, first) = application_in(State::Withdrawn);
    let second = id(&apply(&stage, &stranger(), KEY, &person()));
    assert_eq!(stage.ask("withdraw-application").by(&stranger()).at(second).get().status_code, 200);
    kinds(&stage);
    stage.pass(KEPT);
    let broken = first.to_string();
    stage.interfere(move |call| {
        let body = String::from_utf8_lossy(&call.body);
        match call.operation == "GetItem" && body.contains(&broken) {
            true => Fate::NeverSent,
            false => Fate::Answered,
        }
    });
    assert!(!stage.start("erase-applications"));
    stage.calm();
    assert!(stored(&stage, first).person.is_some());
    assert_eq!(stored(&stage, second).person, None);
    assert!(run(&stage, "erase-applications").is_empty());
    assert_eq!(stored(&stage, first).person, None);
}
