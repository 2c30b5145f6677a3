//! What the tests of hiring share: candidates and managers, a bank of tests, and applications on their way.

use hiring::application::{Application, State};
use hiring::store::application_key;
use kernel::{ApplicationId, Principal, Role, TestId};
use local::stage::Stage;
use local::testing::{caller, item};
use local::trigger::HttpResponse;
use serde_json::{Value, json};
use std::time::Duration;

pub use local::testing::{announced, first_write, kinds, meanwhile, writes};

/// Who applies in most tests.
pub fn candidate() -> Principal {
    caller(1, Role::Customer)
}

/// Somebody else.
pub fn stranger() -> Principal {
    caller(2, Role::Customer)
}

/// Who assigns tests and decides.
pub fn manager() -> Principal {
    caller(3, Role::Manager)
}

/// The key of the requests for which it does not matter.
pub const KEY: &str = "the-key-of-this-request";

/// A stage without a limit for networks.
pub fn stage() -> Stage {
    let stage = Stage::new(vec![hiring::context()]).unwrap();
    stage.set("APPLICATION_LIMIT", "0,1");
    stage
}

/// Somebody of this name.
pub fn named(name: &str) -> Value {
    json!({ "name": name, "birth_date": "1990-05-17", "phone": "+442079460018", "about": "Мыла окна шесть лет 🪟" })
}

/// Who applies in most tests.
pub fn person() -> Value {
    named("Мария Петрова")
}

/// Test `n` of the bank.
pub fn test(n: u128) -> TestId {
    TestId::from_bits(n)
}

/// A test of so many questions, of which so many are drawn. The first option of each is right, and of every third the
/// last one as well.
pub fn exam(skill: &str, questions: usize, drawn: usize) -> Value {
    let question = |n: usize| {
        let options: Vec<Value> = (0..4)
            .map(|o| json!({ "text": format!("{n}.{o}"), "right": o == 0 || (o == 3 && n.is_multiple_of(3)) }))
            .collect();
        json!({ "text": format!("Question {n}?"), "options": options })
    };
    json!({
        "title": format!("All about {skill}"), "skill": skill, "minutes": 20, "drawn": drawn, "pass_percent": 60,
        "questions": (0..questions).map(question).collect::<Vec<_>>(),
    })
}

/// Puts a test into the bank.
pub fn set(stage: &Stage, id: TestId, exam: &Value) -> HttpResponse {
    stage.ask("set-test").by(&manager()).at(id).send(exam)
}

/// Applies.
pub fn apply(stage: &Stage, by: &Principal, key: &str, body: &Value) -> HttpResponse {
    stage.ask("apply").by(by).key(key).send(body)
}

/// The candidate's application.
pub fn applied(stage: &Stage) -> ApplicationId {
    id(&apply(stage, &candidate(), KEY, &person()))
}

/// The id of what was created.
pub fn id(answer: &HttpResponse) -> ApplicationId {
    assert_eq!(answer.status_code, 201, "{}", answer.body);
    answer.json()["id"].as_str().unwrap().parse().unwrap()
}

/// A time so many seconds from now.
pub fn later(stage: &Stage, seconds: u64) -> Value {
    json!(stage.now().after(Duration::from_secs(seconds)))
}

/// How long candidates have to begin in most tests.
pub const WEEK: u64 = 7 * 86_400;

/// Assigns tests.
pub fn assign(stage: &Stage, id: ApplicationId, tests: &[TestId], until: &Value) -> HttpResponse {
    stage
        .ask("assign-tests")
        .by(&manager())
        .at(id)
        .send(&json!({ "tests": tests, "begin_until": until }))
}

/// Begins a test.
pub fn start(stage: &Stage, id: ApplicationId, test: TestId) -> HttpResponse {
    stage.ask("start-test").by(&candidate()).at(id).send(&json!({ "test": test }))
}

/// Answers a test.
pub fn submit(stage: &Stage, id: ApplicationId, test: TestId, answers: &Value) -> HttpResponse {
    stage.ask("submit-test").by(&candidate()).at(id).send(&json!({ "test": test, "answers": answers }))
}

/// Answers to what is shown of a begun test: the first so many right, the others wrong.
pub fn answers(running: &Value, right: usize) -> Value {
    let questions = running["questions"].as_array().unwrap().iter().zip(1..);
    let answer = |(question, place): (&Value, usize)| {
        let options = match (place <= right, question["several"] == json!(true)) {
            (true, true) => json!([4, 1]),
            (true, false) => json!([1]),
            (false, _) => json!([2]),
        };
        json!({ "question": place, "options": options })
    };
    json!(questions.map(answer).collect::<Vec<_>>())
}

/// Decides.
pub fn decide(stage: &Stage, id: ApplicationId, key: &str, body: &Value) -> HttpResponse {
    stage.ask("decide-application").by(&manager()).at(id).key(key).send(body)
}

/// Takes a test that is assigned, with so many right answers of ten.
pub fn sit(stage: &Stage, id: ApplicationId, test: TestId, right: usize) -> Value {
    let running = start(stage, id, test);
    assert_eq!(running.status_code, 200, "{}", running.body);
    let graded = submit(stage, id, test, &answers(&running.json(), right));
    assert_eq!(graded.status_code, 200, "{}", graded.body);
    graded.json()
}

/// An application of the candidate in this state, with the tests `windows` and `floors` in the bank; of those it was
/// assigned (to be begun within a week, none was begun) or took the first. What led there is forgotten.
pub fn application_in(state: State) -> (Stage, ApplicationId) {
    let stage = stage();
    for (n, skill) in [(1, "windows"), (2, "floors")] {
        assert_eq!(set(&stage, test(n), &exam(skill, 30, 10)).status_code, 200);
    }
    let id = applied(&stage);
    let done = |answer: HttpResponse| assert_eq!(answer.status_code, 200, "{}", answer.body);
    stage.pass(Duration::from_secs(60));
    if matches!(state, State::Testing | State::Tested | State::Hired) {
        done(assign(&stage, id, &[test(1)], &later(&stage, WEEK)));
    }
    if matches!(state, State::Tested | State::Hired) {
        sit(&stage, id, test(1), 9);
    }
    match state {
        State::Hired => done(decide(&stage, id, "the-key-of-the-hiring", &json!({ "verdict": "hire" }))),
        State::Rejected => done(decide(&stage, id, "the-key-of-the-rejection", &json!({ "verdict": "reject" }))),
        State::Withdrawn => done(stage.ask("withdraw-application").by(&candidate()).at(id).get()),
        State::Received | State::Testing | State::Tested => {}
    }
    assert_eq!(stored(&stage, id).state, state);
    kinds(&stage);
    (stage, id)
}

/// Every state.
pub const STATES: [State; 6] = [
    State::Received,
    State::Testing,
    State::Tested,
    State::Hired,
    State::Rejected,
    State::Withdrawn,
];

/// The application as it stands in the table.
pub fn stored(stage: &Stage, id: ApplicationId) -> Application {
    item(stage, "hiring", &application_key(id)).expect("the application is stored")
}

pub const RECEIVED: &str = "hiring.application-received.v1";
pub const ASSIGNED: &str = "hiring.test-assigned.v1";
pub const GRADED: &str = "hiring.test-graded.v1";
pub const HIRED: &str = "hiring.worker-hired.v1";
pub const REJECTED: &str = "hiring.application-rejected.v1";
