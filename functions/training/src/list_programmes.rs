//! Anybody who is signed in looks at the training programmes; in pages, in no particular order.

use crate::store;
use kernel::{Page, ProgrammeId};
use platform::http::{self, Paging, Query, SignedIn};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A programme in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProgrammeSummary {
    /// Names it.
    pub id: ProgrammeId,
    /// Its title.
    pub title: String,
    /// How many weeks it has.
    pub weeks: u16,
    /// Counts the changes of its plan, from 1.
    pub edition: u32,
}

/// `GET /v1/training/programmes`
pub fn function() -> Function {
    http::get("/v1/training/programmes", list_programmes)
}

/// Reads one page of the programmes.
pub async fn list_programmes(
    _: SignedIn,
    Query(query): Query<Paging>,
    training: TableReader,
) -> Result<http::Ok<Page<ProgrammeSummary>>, Failure<Infallible>> {
    let page = store::programmes(&training, query.limit(), query.cursor.as_ref()).await?;
    let body = page.map(|programme| {
        let programme = programme.value;
        ProgrammeSummary {
            id: programme.id,
            title: programme.title.as_str().to_owned(),
            weeks: programme.weeks,
            edition: programme.edition,
        }
    });
    Ok(http::Ok { version: None, body })
}
