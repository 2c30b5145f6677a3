//! From an application to a worker.

use super::measure::{Till, expect, manager};
use serde_json::json;
use std::time::Duration;

impl Till {
    /// The customer applies, takes a test of ten questions out of a hundred, and is hired.
    pub(super) fn hiring(&mut self) -> Result<(), String> {
        let test = "tst_00000000000000000000000001";
        let question = |n: usize| {
            let option = |o: usize| json!({ "text": format!("Answer {o} of {n}"), "right": o == 0 });
            let options: Vec<_> = (0..4).map(option).collect();
            json!({ "text": format!("What is best about window number {n}?"), "options": options })
        };
        let exam = json!({
            "title": "Windows", "skill": "windows", "minutes": 20, "drawn": 10, "pass_percent": 60,
            "questions": (0..100).map(question).collect::<Vec<_>>(),
        });
        expect(200, self.stage.ask("set-test").by(&manager()).at(test).send(&exam))?;
        self.note("set-test, 100 questions", "set-test");

        let person = json!({
            "name": "Maria Alexandrovna Petrova", "birth_date": "1990-05-17", "phone": "+442079460018",
            "about": "I cleaned hotel windows for six years.",
        });
        let ask = self.stage.ask("apply").by(&self.customer).key("the-key-of-an-application");
        let application = expect(201, ask.send(&person))?["id"].as_str().unwrap_or_default().to_owned();
        self.note("apply", "apply");
        let tomorrow = self.stage.now().after(Duration::from_secs(86_400));
        let tests = json!({ "tests": [test], "begin_until": tomorrow });
        expect(200, self.stage.ask("assign-tests").by(&manager()).at(&application).send(&tests))?;
        self.note("assign-tests, 1 test", "assign-tests");
        let begun = json!({ "test": test });
        expect(200, self.stage.ask("start-test").by(&self.customer).at(&application).send(&begun))?;
        self.note("start-test, 100 questions", "start-test");
        let answers: Vec<_> = (1..=10).map(|n| json!({ "question": n, "options": [1] })).collect();
        let answered = json!({ "test": test, "answers": answers });
        expect(200, self.stage.ask("submit-test").by(&self.customer).at(&application).send(&answered))?;
        self.note("submit-test, 100 questions", "submit-test");
        let ask = self.stage.ask("decide-application").by(&manager()).at(&application).key("the-key-of-a-decision");
        expect(200, ask.send(&json!({ "verdict": "hire" })))?;
        self.note("decide-application", "decide-application");
        self.stage.settle()?;
        self.note("grant-worker", "grant-worker");
        Ok(())
    }
}
