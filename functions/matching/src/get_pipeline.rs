//! A manager looks at how workers are chosen.
//!
//! Called by a manager. Until somebody changes it, it is the pipeline that the platform comes with, version 1. The
//! version is for `If-Match`.

use crate::policy::{self, InForce};
use crate::store::pipeline_key;
use matching_core::{Pipeline, PipelineDraft};
use platform::http::caller::Manager;
use platform::http::{self, Staff};
use platform::{Error, Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// How workers are chosen.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PipelineView {
    /// Counts the changes, from 1. Each decision names the one by which it was made.
    pub version: u32,
    /// Its steps and policy.
    pub pipeline: PipelineDraft,
}

/// `GET /v1/matching/pipeline`
pub fn function() -> Function {
    http::get("/v1/matching/pipeline", get_pipeline)
}

/// Reads the pipeline in force.
pub async fn get_pipeline(
    _: Staff<Manager>,
    matching: TableReader,
) -> Result<http::Ok<PipelineView>, Failure<Infallible>> {
    let found = matching.get::<InForce>(&pipeline_key()).await?;
    let pipeline = match found {
        Some(found) => found.value.pipeline,
        None => policy::standard().map_err(Error::broken)?,
    };
    Ok(PipelineView::of(&pipeline))
}

impl PipelineView {
    /// What a manager sees.
    pub fn of(pipeline: &Pipeline) -> http::Ok<Self> {
        let version = pipeline.version();
        http::Ok::at(version.into(), Self { version, pipeline: pipeline.into() })
    }
}
