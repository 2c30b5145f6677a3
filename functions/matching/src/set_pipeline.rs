//! A manager changes how workers are chosen: steps, their order and weights, and how decisions go.
//!
//! Called by a manager with the whole pipeline; `If-Match` guards against overwriting a colleague's change. What is
//! wrong is said at once, field by field. Each version is kept, and `matching.pipeline-changed.v1` is announced with
//! it; the next decision goes by it. Setting what is in force already changes nothing: a repeated request is harmless.

use crate::get_pipeline::PipelineView;
use crate::policy::{self, InForce, Revision, RevisionEvent};
use crate::store::pipeline_key;
use derive::Refusal;
use matching_core::{FieldProblem, Pipeline, PipelineDraft, Problems};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Staff};
use platform::{Commit, Error, Failure, Function, Now, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// How often it is tried anew when colleagues change it in between.
const TRIES: usize = 8;

/// A pipeline as it is to be. A tick below 60 seconds counts as 60: the clock looks at open requests once a minute.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = SetPipeline::example())]
pub struct SetPipeline(pub PipelineDraft);

/// Why a pipeline is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// Something in the pipeline is wrong.
    #[problem(422, "pipeline-wrong", "Correct what `problems` names, field by field.")]
    Wrong {
        /// What is wrong with which field.
        problems: Vec<FieldProblem>,
    },
}

/// `PUT /v1/matching/pipeline`
pub fn function() -> Function {
    http::put("/v1/matching/pipeline", set_pipeline)
}

/// Checks the pipeline, and puts it in force.
pub async fn set_pipeline(
    manager: Staff<Manager>,
    seen: IfMatch,
    Json(SetPipeline(draft)): Json<SetPipeline>,
    Now(now): Now,
    matching: Table,
) -> Result<http::Ok<PipelineView>, Failure<Refused>> {
    let draft = policy::as_kept(&draft);
    for _ in 0..TRIES {
        let found = matching.get::<InForce>(&pipeline_key()).await?;
        let current = match &found {
            Some(found) => found.value.pipeline.clone(),
            None => policy::standard().map_err(Error::broken)?,
        };
        if PipelineDraft::from(&current) == draft {
            return Ok(PipelineView::of(&current));
        }
        seen.check(current.version().into())?;
        let next = current.revise(&draft).map_err(|Problems(problems)| Refused::Wrong { problems })?;
        let revision = Revision { pipeline: next.clone(), editor: manager.account, at: now };
        if let Commit::Done = put(&matching, found.as_ref(), next.clone(), &revision).await? {
            return Ok(PipelineView::of(&next));
        }
    }
    Err(Error::contended("the pipeline kept changing").into())
}

/// Puts a version in force, and keeps it.
async fn put(
    matching: &Table,
    old: Option<&Stored<InForce>>,
    pipeline: Pipeline,
    revision: &Revision,
) -> Result<Commit, Error> {
    let transaction = matching.transaction().create(revision, vec![RevisionEvent::Changed]);
    transaction.write(old, &InForce { pipeline }, Vec::new()).commit().await
}

impl SetPipeline {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "steps": [
                {"step": "distance", "weight": 30, "parameters": {"reach": 10_000}},
                {"step": "rating", "weight": 25},
                {"step": "fairness", "weight": 25, "at_least_ppm": 100_000},
            ],
            "policy": {"tick_s": 60, "hold_s": 0, "offer_timeout_s": 120},
        })
    }
}
