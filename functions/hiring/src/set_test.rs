//! A manager puts a test into the bank, or changes it.
//!
//! Called by a manager with the whole test, under an id that the manager made; `If-Match` guards against overwriting a
//! colleague's change. A change is a new edition: who has begun the test goes on with the questions of theirs. Setting
//! what is already so changes nothing, so a repeated request is harmless. Nobody else needs to know: nothing is
//! announced.

use crate::bank::{Question, Rules, Test, parts};
use crate::store;
use derive::Refusal;
use kernel::{Count, Digest, List, TestId, Text};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Commit, Error, Failure, Function, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// A test as it is to be.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = SetTest::example())]
pub struct SetTest {
    /// Its title. Candidates see it.
    pub title: Text<1, 200>,
    /// The skill that it shows.
    pub skill: Text<1, 40>,
    /// How many minutes a candidate has.
    pub minutes: Count<1, 240>,
    /// How many of its questions a candidate gets.
    pub drawn: Count<1, 100>,
    /// How many per cent of them are to be right.
    pub pass_percent: Count<1, 100>,
    /// The questions to draw from. All of the test fits into one request.
    pub questions: List<Question, 1, 500>,
}

/// The test as it is set now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestSet {
    /// Names it.
    pub id: TestId,
    /// Counts its changes, from 1.
    pub edition: u32,
}

/// Why a test is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The test has fewer questions than a candidate is to get.
    #[problem(422, "too-few-questions", "There are {questions} questions to draw {drawn} from.")]
    TooFewQuestions {
        /// How many there are.
        questions: usize,
        /// How many a candidate is to get.
        drawn: u32,
    },
    /// A question has no right answer.
    #[problem(422, "no-right-answer", "Of question {question}, say which options are right: one of them at least.")]
    NoRightAnswer {
        /// Which, from 1.
        question: usize,
    },
}

/// `PUT /v1/hiring/tests/{test}`
pub fn function() -> Function {
    http::put("/v1/hiring/tests/{test}", set_test).memory_mb(512)
}

/// Writes a new edition with all of its questions at once, if it differs from what is there.
pub async fn set_test(
    _: Staff<Manager>,
    Path(id): Path<TestId>,
    seen: IfMatch,
    Json(request): Json<SetTest>,
    hiring: Table,
) -> Result<http::Ok<TestSet>, Failure<Refused>> {
    request.check()?;
    let content = serde_json::to_string(&request).map_err(Error::broken)?;
    let content = Digest::of([content]).short(26);
    for _ in 0..DECISIONS {
        let old = hiring.get::<Test>(&store::test_key(id)).await?;
        let (version, before) = old.as_ref().map_or((0, 0), |old| (old.version, old.value.edition));
        if old.as_ref().is_some_and(|old| old.value.content == content) {
            return Ok(http::Ok::at(version, TestSet { id, edition: before }));
        }
        seen.check(version)?;
        let edition = before + 1;
        let test = request.test(id, edition, &content);
        let mut transaction = hiring.transaction().write(old.as_ref(), &test, Vec::new());
        for part in parts(id, edition, &request.questions) {
            transaction = transaction.create(&part, Vec::new());
        }
        if let Commit::Done = transaction.commit().await? {
            return Ok(http::Ok::at(version + 1, TestSet { id, edition }));
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}

impl SetTest {
    fn check(&self) -> Result<(), Refused> {
        let (questions, drawn) = (self.questions.len(), self.drawn.get());
        if u32::try_from(questions).is_ok_and(|questions| questions < drawn) {
            return Err(Refused::TooFewQuestions { questions, drawn });
        }
        match self.questions.iter().position(|question| question.right() == 0) {
            Some(position) => Err(Refused::NoRightAnswer { question: position + 1 }),
            None => Ok(()),
        }
    }

    fn test(&self, id: TestId, edition: u32, content: &str) -> Test {
        let rules = Rules {
            title: self.title.clone(),
            skill: self.skill.clone(),
            minutes: self.minutes,
            drawn: self.drawn,
            pass_percent: self.pass_percent,
        };
        let questions = u16::try_from(self.questions.len()).unwrap_or(u16::MAX);
        Test { id, edition, rules, questions, content: content.to_owned() }
    }

    pub(crate) fn example() -> serde_json::Value {
        let question = |text: &str, right: bool| {
            let options = serde_json::json!([{"text": "Yes", "right": right}, {"text": "No", "right": !right}]);
            serde_json::json!({"text": text, "options": options})
        };
        serde_json::json!({
            "title": "Windows",
            "skill": "windows",
            "minutes": 20,
            "drawn": 1,
            "pass_percent": 60,
            "questions": [
                question("Is a squeegee drawn from top to bottom?", true),
                question("Is bleach good for frames?", false),
            ],
        })
    }
}
