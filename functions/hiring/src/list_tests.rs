//! A manager looks at the bank of tests.
//!
//! Called by a manager; in pages, in no particular order. Questions are told of one test at a time.

use crate::store;
use kernel::{Count, Cursor, Page, TestId};
use platform::http::caller::Manager;
use platform::http::{self, Query, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListTests {
    /// The most tests on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

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
    Query(query): Query<ListTests>,
    hiring: TableReader,
) -> Result<http::Ok<Page<TestSummary>>, Failure<Infallible>> {
    let page = store::tests(&hiring, query.limit.map_or(20, Count::get), query.cursor.as_ref()).await?;
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
