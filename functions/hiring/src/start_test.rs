//! A candidate begins a test.
//!
//! Called by the application's candidate. The server draws the questions, stores them with the deadline, and shows them
//! without the right answers. Who asks again, by a reload or on another device, sees the same questions and the same
//! deadline: nothing starts anew. A test that was not begun in time, is over or was answered is refused.

use crate::application::{Application, State};
use crate::bank::{Question, Test};
use crate::keys::Keys;
use crate::life::NotSat;
use crate::settings::HiringKey;
use crate::sitting::{NotBegun, Paper};
use crate::store;
use derive::Refusal;
use kernel::{ApplicationId, TestId, Timestamp};
use platform::http::{self, Customer, Json, Path};
use platform::{Decision, Error, Failure, Function, Now, Secret, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which test.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"test": TestId::from_bits(19)}))]
pub struct StartTest {
    /// One that is assigned.
    pub test: TestId,
}

/// A test under way.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RunningTest {
    /// Which.
    pub test: TestId,
    /// When the time is up.
    pub deadline: Timestamp,
    /// The questions. Answers name them by their place, from 1.
    pub questions: Vec<QuestionView>,
}

/// A question as candidates see it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct QuestionView {
    /// What is asked.
    pub text: String,
    /// What can be answered. Answers name options by their place, from 1.
    pub options: Vec<String>,
    /// Whether more than one option is right.
    pub several: bool,
}

/// Why a test is not begun.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The test was to be begun before.
    #[problem(409, "too-late-to-begin", "It could be begun until {until}.")]
    TooLate {
        /// When that was over.
        until: Timestamp,
    },
    /// The test's time is over.
    #[problem(409, "time-over", "The time of this test is over. It cannot be taken again.")]
    TimeOver,
    /// The test was answered.
    #[problem(409, "already-answered", "This test was answered. It cannot be taken again.")]
    Answered,
    /// The application has ended.
    #[problem(409, "application-closed", "Tests are for applications that are open.")]
    Closed {
        /// The state it is in.
        state: State,
    },
}

/// `POST /v1/applications/{application}/start-test`
pub fn function() -> Function {
    http::post("/v1/applications/{application}/start-test", start_test)
}

/// Begins the test unless it runs, and shows what was drawn.
pub async fn start_test(
    customer: Customer,
    Path(id): Path<ApplicationId>,
    Json(StartTest { test }): Json<StartTest>,
    Now(now): Now,
    server: Secret<HiringKey>,
    hiring: Table,
) -> Result<http::Ok<RunningTest>, Failure<Refused>> {
    let known = store::application_of(&hiring, customer.account, id).await?;
    known.value.sitting(test).ok_or_else(http::not_found)?;
    let bank = hiring.get::<Test>(&store::test_key(test)).await?;
    let bank = bank.ok_or_else(|| Error::broken(format!("{test} was assigned and is not there")))?.value;
    let drawn = usize::try_from(bank.rules.drawn.get()).unwrap_or(usize::MAX);
    let keys = Keys::new(&server.read().await?)?;
    let paper = Paper::begun(&bank, keys.draw(id, test, bank.edition, bank.questions, drawn), now);
    let decide = |found: Option<&Stored<Application>>| {
        let next = found.ok_or_else(http::not_found)?.value.begin(test, &paper, now)?;
        Ok(next.map_or(Decision::Keep, |(application, events)| Decision::To(application, events)))
    };
    let application = hiring.change(&store::application_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let paper = application.sitting(test).and_then(|sitting| sitting.paper.as_ref());
    let paper = paper.ok_or_else(|| Error::broken(format!("{test} of {id} was begun and has no paper")))?;
    let questions = store::drawn(&hiring, test, paper).await?;
    let body = RunningTest {
        test,
        deadline: paper.deadline,
        questions: questions.into_iter().map(QuestionView::of).collect(),
    };
    Ok(http::Ok { version: None, body })
}

impl QuestionView {
    fn of(question: Question) -> Self {
        Self {
            several: question.has_several(),
            options: question.options.iter().map(|option| option.text.as_str().to_owned()).collect(),
            text: question.text.as_str().to_owned(),
        }
    }
}

impl From<NotSat<NotBegun>> for Failure<Refused> {
    fn from(not: NotSat<NotBegun>) -> Self {
        Failure::Refused(match not {
            NotSat::NotAssigned => return http::not_found(),
            NotSat::Closed(state) => Refused::Closed { state },
            NotSat::Test(NotBegun::TooLate(until)) => Refused::TooLate { until },
            NotSat::Test(NotBegun::TimeOver) => Refused::TimeOver,
            NotSat::Test(NotBegun::Answered) => Refused::Answered,
        })
    }
}
