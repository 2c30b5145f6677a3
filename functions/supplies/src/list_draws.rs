//! A worker looks at the requests for supplies so far.
//!
//! Called by a signed-in worker; the newest first, in pages. A list may be a moment behind.

use crate::draw::{Draw, State};
use crate::store;
use contracts::supplies::SupplyLine;
use kernel::{AccountId, DrawId, JobId, Page, Timestamp};
use platform::http::{self, Paging, Query, Worker};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A request for the supplies of a job.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DrawView {
    /// Names it.
    pub id: DrawId,
    /// The job.
    pub job: JobId,
    /// Whose job it is.
    pub worker: AccountId,
    /// What the job needs.
    pub lines: Vec<SupplyLine>,
    /// How far it is.
    pub state: State,
    /// When it was requested.
    pub requested_at: Timestamp,
    /// When the job begins.
    pub needed_at: Timestamp,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// `GET /v1/draws`
pub fn function() -> Function {
    http::get("/v1/draws", list_draws)
}

/// Reads one page of the worker's requests.
pub async fn list_draws(
    worker: Worker,
    Query(query): Query<Paging>,
    supplies: TableReader,
) -> Result<http::Ok<Page<DrawView>>, Failure<Infallible>> {
    let page = store::draws_of(&supplies, worker.account, query.limit(), query.cursor.as_ref()).await?;
    let body = page.map(|draw| draw.value.into());
    Ok(http::Ok { version: None, body })
}

impl From<Draw> for DrawView {
    fn from(draw: Draw) -> Self {
        Self {
            id: draw.id,
            job: draw.job,
            worker: draw.worker,
            lines: draw.lines,
            state: draw.state,
            requested_at: draw.requested_at,
            needed_at: draw.needed_at,
            reason: draw.refusal.map(|refusal| refusal.reason),
        }
    }
}
