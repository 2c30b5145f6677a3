//! `assign-tests`, `start-test`, `submit-test`, `close-overdue-tests`.

use crate::support::{
    ASSIGNED, GRADED, KEY, STATES, WEEK, announced, answers, application_in, apply, assign, candidate, decide, exam,
    first_write, id, kinds, later, meanwhile, named, set, sit, start, stored, stranger, submit, test, writes,
};
use hiring::application::{State, Waiting};
use hiring::life::UNDECIDED;
use kernel::{ApplicationId, Role};
use local::faults::Fate;
use local::stage::Stage;
use local::testing::{only_for, problem};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const MINUTES: Duration = Duration::from_secs(20 * 60);
const GRACE: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(1);

fn sweep(stage: &Stage) -> Vec<String> {
    assert!(stage.start("close-overdue-tests"), "{:?}", stage.log().last());
    kinds(stage)
}

/// An application whose test `windows` runs, as it is shown.
fn running() -> (Stage, ApplicationId, Value) {
    let (stage, id) = application_in(State::Testing);
    let shown = start(&stage, id, test(1));
    assert_eq!(shown.status_code, 200, "{}", shown.body);
    (stage, id, shown.json())
}

#[test]
fn only_managers_assign_and_only_candidates_take_tests() {
    let (stage, id) = application_in(State::Testing);
    stage.calls();
    only_for(Role::Manager, || stage.ask("assign-tests").at(id));
    only_for(Role::Customer, || stage.ask("start-test").at(id));
    only_for(Role::Customer, || stage.ask("submit-test").at(id));
    assert!(stage.calls().is_empty());
}

#[test]
fn assigned_tests_are_announced_with_the_time_to_begin_them() {
    let (stage, id) = application_in(State::Received);
    let until = later(&stage, WEEK);
    let answer = assign(&stage, id, &[test(1), test(2)], &until);
    let tests = json!([{ "test": test(1), "begin_until": until }, { "test": test(2), "begin_until": until }]);
    assert_eq!((answer.status_code, answer.json()), (200, json!({ "id": id, "tests": tests })));
    let application = stored(&stage, id);
    assert_eq!((application.state, application.waiting), (State::Testing, Some(Waiting::Test)));
    assert_eq!(json!(application.due), until);
    let events = announced(&stage);
    for (event, n) in events.iter().zip(1..) {
        assert_eq!(event["type"], ASSIGNED);
        let expected =
            json!({ "application": id, "candidate": candidate().account, "test": test(n), "begin_until": until });
        assert_eq!(event["data"], expected);
    }
    assert_eq!(events.len(), 2);
}

#[test]
fn assigning_again_changes_nothing_but_not_with_another_time() {
    let (stage, id) = application_in(State::Received);
    let until = later(&stage, WEEK);
    let first = assign(&stage, id, &[test(1)], &until);
    stage.pass(Duration::from_secs(2 * WEEK));
    stage.calls();
    let again = assign(&stage, id, &[test(1)], &until);
    assert_eq!((again.status_code, &again.body), (200, &first.body), "even when that time is over");
    assert!(!stage.calls().iter().any(writes));
    let refused = problem(&assign(&stage, id, &[test(1)], &later(&stage, WEEK)), 409, "assigned-otherwise");
    assert_eq!(refused["tests"], json!([test(1)]));
    assert_eq!(assign(&stage, id, &[test(2), test(2)], &later(&stage, WEEK)).status_code, 200);
    assert_eq!(stored(&stage, id).sittings.len(), 2, "each test once");
    assert_eq!(kinds(&stage), [ASSIGNED, ASSIGNED]);
}

#[test]
fn tests_that_are_not_there_not_in_time_or_too_many_are_not_assigned() {
    let (stage, id) = application_in(State::Received);
    let refused = problem(&assign(&stage, id, &[test(1), test(9)], &later(&stage, WEEK)), 422, "no-such-test");
    assert_eq!(refused["tests"], json!([test(9)]));
    problem(&assign(&stage, id, &[test(1)], &later(&stage, 0)), 422, "bad-time");
    problem(&assign(&stage, id, &[test(1)], &later(&stage, UNDECIDED.as_secs() + 1)), 422, "bad-time");
    problem(&assign(&stage, ApplicationId::from_bits(7), &[test(1)], &later(&stage, WEEK)), 404, "not-found");
    problem(&assign(&stage, id, &[], &later(&stage, WEEK)), 400, "invalid-body");
    for n in 1..12 {
        set(&stage, test(n), &exam("windows", 30, 10));
    }
    let ten: Vec<_> = (1..11).map(test).collect();
    assert_eq!(assign(&stage, id, &ten, &later(&stage, WEEK)).status_code, 200);
    let refused = problem(&assign(&stage, id, &[test(11)], &later(&stage, WEEK)), 409, "too-many-tests");
    assert_eq!(refused["at_most"], 10);
    for state in STATES.into_iter().filter(|state| !state.is_open()) {
        let (stage, id) = application_in(state);
        let refused = problem(&assign(&stage, id, &[test(2)], &later(&stage, WEEK)), 409, "application-closed");
        assert_eq!(refused["state"], json!(state));
    }
}

#[test]
fn a_candidate_sees_questions_without_their_right_answers() {
    let (stage, _, shown) = running();
    assert_eq!((&shown["test"], &shown["deadline"]), (&json!(test(1)), &later(&stage, 20 * 60)));
    let questions = shown["questions"].as_array().unwrap();
    let texts: BTreeSet<&str> = questions.iter().map(|question| question["text"].as_str().unwrap()).collect();
    assert_eq!(texts.len(), 10, "ten of thirty, each once");
    assert!(!shown.to_string().contains("right"));
    for question in questions {
        assert_eq!(question["options"].as_array().unwrap().len(), 4);
        let number: usize = question["text"].as_str().unwrap()[9..].trim_end_matches('?').parse().unwrap();
        assert_eq!(question["several"], number.is_multiple_of(3));
    }
}

#[test]
fn a_reload_shows_the_same_questions_and_the_same_deadline() {
    let (stage, id, shown) = running();
    for seconds in [1, 600, 598] {
        stage.pass(Duration::from_secs(seconds));
        assert_eq!(start(&stage, id, test(1)).json(), shown);
    }
    stage.pass(Duration::from_secs(1));
    problem(&start(&stage, id, test(1)), 409, "time-over");
}

#[test]
fn another_application_draws_other_questions() {
    let (stage, _, shown) = running();
    let other = id(&apply(&stage, &stranger(), KEY, &named("Ольга")));
    assign(&stage, other, &[test(1)], &later(&stage, WEEK));
    let theirs = stage.ask("start-test").by(&stranger()).at(other).send(&json!({ "test": test(1) })).json();
    assert_ne!(theirs["questions"], shown["questions"]);
}

#[test]
fn two_devices_at_once_get_one_paper() {
    let (stage, id) = application_in(State::Testing);
    let stage = Arc::new(stage);
    meanwhile(&stage, move |stage| {
        assert_eq!(start(stage, id, test(1)).status_code, 200);
        // The slower one decided a little earlier.
        stage.pass(Duration::from_secs(1));
    });
    let second = start(&stage, id, test(1));
    stage.calm();
    assert_eq!(second.body, start(&stage, id, test(1)).body);
    assert_eq!(stored(&stage, id).sittings[0].paper.as_ref().unwrap().questions.len(), 10);
}

#[test]
fn what_is_not_begun_in_time_is_graded_as_nothing() {
    let (stage, id) = application_in(State::Testing);
    stage.pass(Duration::from_secs(WEEK) - MOMENT);
    assert!(sweep(&stage).is_empty());
    stage.pass(MOMENT);
    problem(&start(&stage, id, test(1)), 409, "too-late-to-begin");
    assert!(stage.start("close-overdue-tests"));
    let events = announced(&stage);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], GRADED);
    let expected = json!({
        "application": id, "candidate": candidate().account, "test": test(1), "percent": 0, "passed": false,
    });
    assert_eq!(events[0]["data"], expected);
    problem(&start(&stage, id, test(1)), 409, "too-late-to-begin");
    assert!(sweep(&stage).is_empty());
    assert_eq!(stored(&stage, id).state, State::Tested);
}

#[test]
fn what_is_begun_and_not_answered_is_graded_as_nothing() {
    let (stage, id, shown) = running();
    stage.pass(MINUTES + GRACE - MOMENT);
    assert!(sweep(&stage).is_empty());
    stage.pass(MOMENT);
    assert_eq!(sweep(&stage), [GRADED]);
    problem(&start(&stage, id, test(1)), 409, "time-over");
    problem(&submit(&stage, id, test(1), &answers(&shown, 10)), 409, "time-over");
    assert!(kinds(&stage).is_empty());
    assert_eq!(stored(&stage, id).sittings[0].outcome.as_ref().unwrap().percent, 0);
}

#[test]
fn answers_are_graded_and_that_is_announced() {
    for (right, passed) in [(0, false), (5, false), (6, true), (9, true), (10, true)] {
        let (stage, id, shown) = running();
        stage.pass(Duration::from_secs(300));
        let answer = submit(&stage, id, test(1), &answers(&shown, right));
        let expected = json!({ "test": test(1), "percent": 10 * right, "passed": passed, "at": stage.now() });
        assert_eq!((answer.status_code, answer.json()), (200, expected));
        let events = announced(&stage);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["type"], GRADED);
        assert_eq!((&events[0]["data"]["percent"], &events[0]["data"]["passed"]), (&json!(10 * right), &json!(passed)));
        assert_eq!(stored(&stage, id).state, State::Tested);
    }
}

#[test]
fn a_question_is_right_with_exactly_its_right_options() {
    let (stage, id, shown) = running();
    let several = shown["questions"].as_array().unwrap().iter().position(|question| question["several"] == true);
    let place = several.expect("one of ten has several") + 1;
    let with = |options: Value| json!([{ "question": place, "options": options }]);
    for wrong in [json!([]), json!([1]), json!([4]), json!([1, 2, 4]), json!([1, 2, 3, 4])] {
        let (stage, other, again) = running();
        assert_eq!((other, &again["questions"]), (id, &shown["questions"]), "the same application draws the same");
        assert_eq!(submit(&stage, id, test(1), &with(wrong)).json()["percent"], 0);
    }
    assert_eq!(submit(&stage, id, test(1), &with(json!([4, 1]))).json()["percent"], 10);
}

#[test]
fn the_same_answers_again_get_the_same_reply_and_others_are_refused() {
    let (stage, id, shown) = running();
    let first = submit(&stage, id, test(1), &answers(&shown, 8));
    stage.pass(Duration::from_secs(3600));
    let mut other_order = answers(&shown, 8);
    other_order.as_array_mut().unwrap().reverse();
    stage.calls();
    for same in [answers(&shown, 8), other_order] {
        let again = submit(&stage, id, test(1), &same);
        assert_eq!((again.status_code, &again.body), (200, &first.body), "however late");
    }
    problem(&submit(&stage, id, test(1), &answers(&shown, 9)), 409, "already-answered");
    problem(&start(&stage, id, test(1)), 409, "already-answered");
    assert!(!stage.calls().iter().any(writes));
    assert_eq!(kinds(&stage), [GRADED]);
}

#[test]
fn answers_may_be_ten_seconds_late() {
    let (stage, id, shown) = running();
    stage.pass(MINUTES + GRACE - MOMENT);
    assert_eq!(submit(&stage, id, test(1), &answers(&shown, 7)).json()["percent"], 70);
    assert!(sweep(&stage).contains(&GRADED.to_owned()));

    let (stage, id, shown) = running();
    stage.pass(MINUTES + GRACE);
    problem(&submit(&stage, id, test(1), &answers(&shown, 7)), 409, "time-over");
    assert_eq!(kinds(&stage), [GRADED], "it is graded as what came in time");
    assert_eq!(stored(&stage, id).sittings[0].outcome.as_ref().unwrap().percent, 0);
    problem(&submit(&stage, id, test(1), &answers(&shown, 7)), 409, "time-over");
    assert!(sweep(&stage).is_empty());
}

#[test]
fn answers_and_the_sweeper_at_once_grade_once() {
    let (stage, id, shown) = running();
    let stage = Arc::new(stage);
    stage.pass(MINUTES + GRACE - MOMENT);
    let given = answers(&shown, 7);
    meanwhile(&stage, |stage| {
        stage.pass(MOMENT);
        assert!(stage.start("close-overdue-tests"));
    });
    problem(&submit(&stage, id, test(1), &given), 409, "time-over");
    stage.calm();
    assert_eq!(kinds(&stage), [GRADED]);

    let (stage, id, shown) = running();
    let stage = Arc::new(stage);
    let given = answers(&shown, 7);
    let same = given.clone();
    meanwhile(&stage, move |stage| assert_eq!(submit(stage, id, test(1), &same).status_code, 200));
    let second = submit(&stage, id, test(1), &given);
    stage.calm();
    assert_eq!((second.status_code, second.json()["percent"].clone()), (200, json!(70)));
    assert_eq!(kinds(&stage), [GRADED], "sent twice at once");
}

#[test]
fn answers_that_cannot_be_are_refused_and_change_nothing() {
    let (stage, id, _) = running();
    stage.calls();
    for (given, question) in [
        (json!([{ "question": 11, "options": [1] }]), 11),
        (json!([{ "question": 1, "options": [1] }, { "question": 2, "options": [5] }]), 2),
        (json!([{ "question": 3, "options": [1] }, { "question": 3, "options": [2] }]), 3),
    ] {
        let refused = problem(&submit(&stage, id, test(1), &given), 422, "no-such-answer");
        assert_eq!(refused["question"], question);
    }
    for given in [
        json!([{ "question": 0, "options": [1] }]),
        json!([{ "question": 1, "options": [0] }]),
        json!([{ "question": 1, "options": [7] }]),
        json!([{ "question": 1 }]),
        json!({}),
    ] {
        problem(&submit(&stage, id, test(1), &given), 400, "invalid-body");
    }
    assert!(!stage.calls().iter().any(writes));
}

#[test]
fn what_was_not_begun_or_not_assigned_cannot_be_answered() {
    let (stage, id) = application_in(State::Testing);
    problem(&submit(&stage, id, test(1), &json!([])), 409, "not-begun");
    problem(&submit(&stage, id, test(2), &json!([])), 404, "not-found");
    problem(&start(&stage, id, test(2)), 404, "not-found");
    for (function, body) in [
        ("start-test", json!({ "test": test(1) })),
        ("submit-test", json!({ "test": test(1), "answers": [] })),
    ] {
        let theirs = stage.ask(function).by(&stranger()).at(id).send(&body);
        let nobodys = stage.ask(function).by(&candidate()).at(ApplicationId::from_bits(7)).send(&body);
        problem(&theirs, 404, "not-found");
        assert_eq!(theirs.json(), nobodys.json(), "an answer does not tell that the application exists");
        problem(&stage.ask(function).by(&candidate()).at("app_7").send(&body), 404, "not-found");
    }
}

#[test]
fn tests_of_an_application_that_ended_are_not_taken_any_more() {
    let (stage, id, shown) = running();
    assert_eq!(decide(&stage, id, KEY, &json!({ "verdict": "reject" })).status_code, 200);
    kinds(&stage);
    problem(&start(&stage, id, test(1)), 409, "application-closed");
    problem(&submit(&stage, id, test(1), &answers(&shown, 9)), 409, "application-closed");
    stage.pass(Duration::from_secs(WEEK));
    problem(&submit(&stage, id, test(1), &answers(&shown, 9)), 409, "time-over");
    assert!(sweep(&stage).is_empty());
    assert_eq!(stored(&stage, id).state, State::Rejected);
}

#[test]
fn many_overdue_tests_are_closed_in_one_run_and_a_broken_one_holds_up_no_other() {
    let (stage, first) = application_in(State::Testing);
    let mut all = vec![first];
    for n in 0..60 {
        let by = local::testing::caller(100 + n, Role::Customer);
        let other = id(&apply(&stage, &by, KEY, &named(&format!("Person {n}"))));
        assert_eq!(assign(&stage, other, &[test(1)], &later(&stage, WEEK)).status_code, 200);
        all.push(other);
    }
    stage.pass(Duration::from_secs(WEEK));
    kinds(&stage);
    let broken = all[30].to_string();
    stage.interfere(move |call| match writes(call) && String::from_utf8_lossy(&call.body).contains(&broken) {
        true => Fate::NeverSent,
        false => Fate::Answered,
    });
    assert!(!stage.start("close-overdue-tests"), "it says that something is left");
    stage.calm();
    assert_eq!(kinds(&stage).len(), 60);
    assert_eq!(sweep(&stage), [GRADED]);
    assert!(all.iter().all(|id| stored(&stage, *id).state == State::Tested));
}

#[test]
fn lost_replies_of_the_table_change_nothing() {
    for fate in [Fate::ReplyLost, Fate::NeverSent] {
        let (stage, id) = application_in(State::Received);
        first_write(&stage, fate.clone());
        assert_eq!(assign(&stage, id, &[test(1)], &later(&stage, WEEK)).status_code, 200);
        first_write(&stage, fate.clone());
        let shown = start(&stage, id, test(1));
        stage.pass(MOMENT);
        first_write(&stage, fate.clone());
        assert_eq!(submit(&stage, id, test(1), &answers(&shown.json(), 7)).json()["percent"], 70);
        assert_eq!(assign(&stage, id, &[test(2)], &later(&stage, 60)).status_code, 200);
        stage.pass(Duration::from_secs(60));
        first_write(&stage, fate);
        assert!(stage.start("close-overdue-tests"));
        stage.calm();
        assert_eq!(kinds(&stage), [ASSIGNED, GRADED, ASSIGNED, GRADED]);
    }
}

#[test]
fn a_test_after_another_brings_the_application_back() {
    let (stage, id) = application_in(State::Tested);
    assert_eq!(assign(&stage, id, &[test(2)], &later(&stage, WEEK)).status_code, 200);
    assert_eq!(stored(&stage, id).state, State::Testing);
    assert_eq!(sit(&stage, id, test(2), 4)["passed"], false);
    let application = stored(&stage, id);
    assert_eq!((application.state, application.waiting), (State::Tested, Some(Waiting::Decision)));
}
