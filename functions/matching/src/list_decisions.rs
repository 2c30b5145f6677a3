//! Staff look at what was decided about a request, and why.
//!
//! Called by a manager or an auditor; the oldest first, in pages. Each decision shows everybody who was considered with
//! the scores of each step, and the reason why each other was not chosen.

use crate::request::Request;
use crate::store::{Decided, Means, request_key};
use kernel::{Count, Cursor, Page, RequestId, Timestamp};
use matching_core::decision::Considered;
use matching_core::{Decision, Outcome};
use platform::http::{self, Overseer, Path, Query};
use platform::{Failure, Function, List, Stored, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListDecisions {
    /// The most decisions on a page; 10 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 50>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A decision.
#[derive(Debug, Serialize, JsonSchema)]
pub struct DecisionView {
    /// Which decision about the request, from 1.
    pub number: u32,
    /// When.
    pub decided_at: Timestamp,
    /// Who or what decided.
    pub means: Means,
    /// The version of the pipeline.
    pub pipeline_version: u32,
    /// The attempt that it made, if it made one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    /// What was decided.
    pub outcome: Outcome,
    /// Everybody who was considered, the best first.
    pub candidates: Vec<Considered>,
}

/// `GET /v1/matching/requests/{request}/decisions`
pub fn function() -> Function {
    http::get("/v1/matching/requests/{request}/decisions", list_decisions)
}

/// Reads one page of the request's decisions.
pub async fn list_decisions(
    _: Overseer,
    Path(id): Path<RequestId>,
    Query(query): Query<ListDecisions>,
    matching: TableReader,
) -> Result<http::Ok<Page<DecisionView>>, Failure<Infallible>> {
    if matching.get::<Request>(&request_key(id)).await?.is_none() {
        return Err(http::not_found());
    }
    let limit = query.limit.map_or(10, Count::get);
    let page = matching.list(&List::collection::<Decided>(id), limit, query.cursor.as_ref()).await?;
    Ok(http::Ok { version: None, body: page.map(DecisionView::of) })
}

impl DecisionView {
    fn of(decided: Stored<Decided>) -> Self {
        let Decided { number, means, attempt, decision, .. } = decided.value;
        let Decision { pipeline_version, decided_at, outcome, candidates, .. } = decision;
        Self {
            number,
            decided_at,
            means,
            pipeline_version,
            attempt,
            outcome,
            candidates,
        }
    }
}
