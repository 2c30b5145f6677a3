//! A manager looks at a test of the bank, with its right answers.
//!
//! Called by a manager. Strongly consistent: what was set is what is shown, with the version to change it by.

use crate::bank::{Question, Test};
use crate::store;
use kernel::TestId;
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A test.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestView {
    /// Names it.
    pub id: TestId,
    /// Counts its changes, from 1.
    pub edition: u32,
    /// Its title.
    pub title: String,
    /// The skill that it shows.
    pub skill: String,
    /// How many minutes a candidate has.
    pub minutes: u32,
    /// How many of its questions a candidate gets.
    pub drawn: u32,
    /// How many per cent of them are to be right.
    pub pass_percent: u32,
    /// The questions to draw from.
    pub questions: Vec<Question>,
}

/// `GET /v1/hiring/tests/{test}`
pub fn function() -> Function {
    http::get("/v1/hiring/tests/{test}", get_test).memory_mb(512)
}

/// Reads the test, and the questions of its edition.
pub async fn get_test(
    _: Staff<Manager>,
    Path(id): Path<TestId>,
    hiring: TableReader,
) -> Result<http::Ok<TestView>, Failure<Infallible>> {
    let test = hiring.get::<Test>(&store::test_key(id)).await?.ok_or_else(http::not_found)?;
    let (version, Test { edition, rules, .. }) = (test.version, test.value);
    let view = TestView {
        id,
        edition,
        title: rules.title.as_str().to_owned(),
        skill: rules.skill.as_str().to_owned(),
        minutes: rules.minutes.get(),
        drawn: rules.drawn.get(),
        pass_percent: rules.pass_percent.get(),
        questions: store::questions(&hiring, id, edition).await?,
    };
    Ok(http::Ok::at(version, view))
}
