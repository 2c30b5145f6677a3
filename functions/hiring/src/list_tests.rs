//! A manager looks at the bank of tests.
//!
//! Called by a manager; in pages, in no particular order. Questions are told of one test at a time.

use crate::store;
use kernel::{Page, TestId};
use platform::http::caller::Manager;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A test in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct TestSummary {
    /// Names it.
    pub id: TestId,
    /// Its title.
    pub title: String,
    /// The skill that it shows.
    pub skill: String,
    /// How many questions it has.
    pub questions: u16,
    /// Counts its changes, from 1.
    pub edition: u32,
}

/// `GET /v1/hiring/tests`
pub fn function() -> Function {
    http::get("/v1/hiring/tests", list_tests)
}

/// Reads one page of the bank.
pub async fn list_tests(
    _: Staff<Manager>,
    Query(query): Query<Paging>,
    hiring: TableReader,
) -> Result<http::Ok<Page<TestSummary>>, Failure<Infallible>> {
    let page = store::tests(&hiring, query.limit(), query.cursor.as_ref()).await?;
    let body = page.map(|test| {
        let test = test.value;
        TestSummary {
            id: test.id,
            title: test.rules.title.as_str().to_owned(),
            skill: test.rules.skill.as_str().to_owned(),
            questions: test.questions,
            edition: test.edition,
        }
    });
    Ok(http::Ok { version: None, body })
}
