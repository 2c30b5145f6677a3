//! Hiring: a day on which one candidate is hired and another is not, and applications that two people have open.

use crate::people::register_as;
use kernel::{Principal, Role, TestId};
use local::stage::Stage;
use local::testing::{caller, good};
use serde_json::json;

/// The test that samples speak of.
pub const TEST: TestId = TestId::from_bits(19);
/// Another one.
pub const OTHER_TEST: TestId = TestId::from_bits(20);

/// Everything that hiring announces happens once.
pub fn day(stage: &Stage) {
    bank(stage);
    let [hired, rejected] = ["olga@example.com", "vera@example.com"].map(|email| {
        let account = register_as(stage, email, &format!("a-candidate-{email}"));
        let candidate = Principal { account, roles: vec![Role::Customer] };
        let application = applied(stage, &candidate);
        let answers = json!({ "test": TEST, "answers": [{ "question": 1, "options": [1] }] });
        good(&stage.ask("submit-test").by(&candidate).at(&application).send(&answers));
        application
    });
    for (application, verdict) in [(hired, "hire"), (rejected, "reject")] {
        let ask = stage.ask("decide-application").by(&manager()).at(&application).key("the-decision-of-a-manager");
        good(&ask.send(&json!({ "verdict": verdict })));
    }
    stage.settle().unwrap();
}

/// Puts two tests into the bank.
pub fn bank(stage: &Stage) {
    let options = json!([{ "text": "Yes", "right": true }, { "text": "No", "right": false }]);
    let exam = json!({
        "title": "Windows", "skill": "windows", "minutes": 240, "drawn": 1, "pass_percent": 60,
        "questions": [{ "text": "Is glass brittle?", "options": options }],
    });
    for test in [TEST, OTHER_TEST] {
        good(&stage.ask("set-test").by(&manager()).at(test).send(&exam));
    }
}

/// The application of somebody who has begun a test.
pub fn applied(stage: &Stage, candidate: &Principal) -> String {
    let name = format!("Candidate {}", candidate.account);
    let person = json!({ "name": name, "birth_date": "1990-05-17", "phone": "+442079460018" });
    let ask = stage.ask("apply").by(candidate).key("the-application-of-a-candidate");
    let id = good(&ask.send(&person))["id"].as_str().unwrap().to_owned();
    let tests = json!({ "tests": [TEST], "begin_until": "2026-02-07T12:00:00.000Z" });
    good(&stage.ask("assign-tests").by(&manager()).at(&id).send(&tests));
    good(&stage.ask("start-test").by(candidate).at(&id).send(&json!({ "test": TEST })));
    id
}

fn manager() -> Principal {
    caller(1000, Role::Manager)
}
