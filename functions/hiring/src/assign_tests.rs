//! A manager lets a candidate take tests.
//!
//! Called by a manager with tests of the bank and until when they are to be begun. Writes them into the application and
//! announces `hiring.test-assigned.v1` for each. Who repeats it changes nothing and gets the same reply; each test is
//! taken once in an application.

use crate::application::{Application, State};
use crate::bank::Test;
use crate::life::{MOST_TESTS, NotAssigned};
use crate::store;
use crate::view::SittingView;
use derive::Refusal;
use kernel::{ApplicationId, List, TestId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Json, Path, Staff};
use platform::{Decision, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// What is to be taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({"tests": [TestId::from_bits(19)], "begin_until": "2026-02-07T12:00:00.000Z"}))]
pub struct AssignTests {
    /// Tests of the bank.
    pub tests: List<TestId, 1, 10>,
    /// Until when they are to be begun: within 90 days.
    pub begin_until: Timestamp,
}

/// The application's tests.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AssignedTests {
    /// The application.
    pub id: ApplicationId,
    /// All of its tests, in the order in which they were assigned.
    pub tests: Vec<SittingView>,
}

/// Why tests are not assigned.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// There are no such tests.
    #[problem(422, "no-such-test", "Assign tests of the bank.")]
    NoSuchTest {
        /// Which.
        tests: Vec<TestId>,
    },
    /// The application has ended.
    #[problem(409, "application-closed", "Tests are for applications that are open.")]
    Closed {
        /// The state it is in.
        state: State,
    },
    /// Tests were assigned with another time.
    #[problem(409, "assigned-otherwise", "The candidate was told until when; that stays as it is.")]
    AssignedOtherwise {
        /// Which.
        tests: Vec<TestId>,
    },
    /// The application has too many tests.
    #[problem(409, "too-many-tests", "An application has {at_most} tests at most.")]
    TooMany {
        /// How many there may be.
        at_most: usize,
    },
    /// The time is over, or far away.
    #[problem(422, "bad-time", "Let the tests be begun within the next 90 days.")]
    BadTime,
}

/// `POST /v1/applications/{application}/tests`
pub fn function() -> Function {
    http::post("/v1/applications/{application}/tests", assign_tests)
}

/// Looks the tests up, decides on the application as it stands, and writes that if nobody was faster.
pub async fn assign_tests(
    _: Staff<Manager>,
    Path(id): Path<ApplicationId>,
    Json(request): Json<AssignTests>,
    Now(now): Now,
    hiring: Table,
) -> Result<http::Ok<AssignedTests>, Failure<Refused>> {
    let mut missing = Vec::new();
    for test in request.tests.iter() {
        if hiring.get::<Test>(&store::test_key(*test)).await?.is_none() {
            missing.push(*test);
        }
    }
    let decide = |found: Option<&Stored<Application>>| {
        let application = &found.ok_or_else(http::not_found)?.value;
        if !missing.is_empty() {
            return Err(Refused::NoSuchTest { tests: missing.clone() }.into());
        }
        let next = application.assign(&request.tests, request.begin_until, now)?;
        Ok(next.map_or(Decision::Keep, |(application, events)| Decision::To(application, events)))
    };
    let application = hiring.change(&store::application_key(id), decide).await?.ok_or_else(http::not_found)?.value;
    let tests = application.sittings.into_iter().map(SittingView::of).collect();
    Ok(http::Ok { version: None, body: AssignedTests { id, tests } })
}

impl From<NotAssigned> for Failure<Refused> {
    fn from(not: NotAssigned) -> Self {
        Failure::Refused(match not {
            NotAssigned::Closed(state) => Refused::Closed { state },
            NotAssigned::Otherwise(tests) => Refused::AssignedOtherwise { tests },
            NotAssigned::TooMany => Refused::TooMany { at_most: MOST_TESTS },
            NotAssigned::BadTime => Refused::BadTime,
        })
    }
}
