//! A candidate answers a test.
//!
//! Called by the application's candidate, until ten seconds after the deadline. Grades the answers by the edition that
//! the questions were drawn from, writes what came of it and announces `hiring.test-graded.v1`. The same answers again
//! get the same reply; others are refused, and so is what comes too late: the test is then graded as what came in time,
//! which is nothing.

use crate::answers::{self, Answer, NoAnswer};
use crate::application::{Application, State};
use crate::grading;
use crate::life::NotSat;
use crate::sitting::NotTaken;
use crate::store;
use derive::Refusal;
use kernel::{ApplicationId, List, TestId, Timestamp};
use platform::http::{self, Customer, Json, Path};
use platform::{Decision, Error, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a candidate answers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"test": TestId::from_bits(19), "answers": [{"question": 1, "options": [1]}]}))]
pub struct SubmitTest {
    /// The test.
    pub test: TestId,
    /// The answers. A question without one is not answered right.
    pub answers: List<Answer, 0, 100>,
}

/// What the answers are worth.
#[derive(Debug, Serialize, JsonSchema)]
pub struct GradedTest {
    /// The test.
    pub test: TestId,
    /// Right answers in per cent, rounded down.
    pub percent: u8,
    /// Whether that is enough.
    pub passed: bool,
    /// When it was graded.
    pub at: Timestamp,
}

/// Why answers are not taken.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There is no such question or option, or a question was answered twice.
    #[problem(
        422,
        "no-such-answer",
        "Answer each question once, with options that it has: look at question {question}."
    )]
    NoSuchAnswer {
        /// Which question, from 1.
        question: usize,
    },
    /// The test was not begun.
    #[problem(409, "not-begun", "Begin the test first.")]
    NotBegun,
    /// The test's time is over.
    #[problem(409, "time-over", "The time of this test is over. It cannot be taken again.")]
    TimeOver,
    /// The test was answered otherwise.
    #[problem(409, "already-answered", "Other answers were given before. They stay as they are.")]
    Answered,
    /// The application has ended.
    #[problem(409, "application-closed", "Tests are for applications that are open.")]
    Closed {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/applications/{application}/submit-test`
pub fn function() -> Function {
    http::post("/v1/applications/{application}/submit-test", submit_test)
}

/// Grades the answers, and writes that if they are the first and in time.
pub async fn submit_test(
    customer: Customer,
    Path(id): Path<ApplicationId>,
    Json(request): Json<SubmitTest>,
    Now(now): Now,
    hiring: Table,
) -> Result<http::Ok<GradedTest>, Failure<Refused>> {
    let test = request.test;
    let application = store::application_of(&hiring, customer.account, id).await?.value;
    let sitting = application.sitting(test).ok_or_else(http::not_found)?;
    // What was drawn never changes, so it may be graded before it is known whether the answers come in time.
    let paper = sitting.paper.as_ref().ok_or(Refused::NotBegun)?;
    let questions = store::drawn(&hiring, test, paper).await?;
    let chosen = answers::chosen(&request.answers, &questions)?;
    let percent = grading::percent(&questions, &chosen);
    let mut too_late = false;
    let decide = |found: Option<&Stored<Application>>| {
        let application = &found.ok_or_else(http::not_found)?.value;
        let next = match application.answer(test, &chosen, percent, now) {
            Err(NotSat::Test(NotTaken::TimeOver)) => {
                too_late = true;
                application.close_overdue_tests(now)
            }
            decided => decided?,
        };
        Ok(next.map_or(Decision::Keep, |(application, events)| Decision::To(application, events)))
    };
    let application = hiring.change(&store::application_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    if too_late {
        return Err(Refused::TimeOver.into());
    }
    let outcome = application.sitting(test).and_then(|sitting| sitting.outcome.as_ref());
    let outcome = outcome.ok_or_else(|| Error::broken(format!("{test} of {id} was graded and has no outcome")))?;
    let body = GradedTest {
        test,
        percent: outcome.percent,
        passed: outcome.passed,
        at: outcome.at,
    };
    Ok(http::Ok { version: None, body })
}

impl From<NoAnswer> for Failure<Refused> {
    fn from(NoAnswer(question): NoAnswer) -> Self {
        Failure::Refused(Refused::NoSuchAnswer { question })
    }
}

impl From<NotSat<NotTaken>> for Failure<Refused> {
    fn from(not: NotSat<NotTaken>) -> Self {
        Failure::Refused(match not {
            NotSat::NotAssigned => return http::not_found(),
            NotSat::Closed(state) => Refused::Closed { state },
            NotSat::Test(NotTaken::NotBegun) => Refused::NotBegun,
            NotSat::Test(NotTaken::TimeOver) => Refused::TimeOver,
            NotSat::Test(NotTaken::AnsweredOtherwise) => Refused::Answered,
        })
    }
}
