//! Anybody who is signed in looks at a programme's plan, as it is now.

use crate::plan::{Edition, Plan, Programme};
use crate::store;
use kernel::ProgrammeId;
use platform::http::{self, Path, SignedIn};
use platform::{Error, Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A programme.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProgrammeView {
    /// Names it.
    pub id: ProgrammeId,
    /// Counts the changes of its plan, from 1.
    pub edition: u32,
    /// The plan.
    pub plan: Plan,
}

/// `GET /v1/training/programmes/{programme}`
pub fn function() -> Function {
    http::get("/v1/training/programmes/{programme}", get_programme)
}

/// Reads the programme and its present edition.
pub async fn get_programme(
    _: SignedIn,
    Path(id): Path<ProgrammeId>,
    training: TableReader,
) -> Result<http::Ok<ProgrammeView>, Failure<Infallible>> {
    let programme = training.get::<Programme>(&store::programme_key(id)).await?.ok_or_else(http::not_found)?;
    let edition = programme.value.edition;
    let plan = training.get::<Edition>(&store::edition_key(id, edition)).await?;
    let plan = plan.ok_or_else(|| Error::broken(format!("edition {edition} of {id} is not there")))?.value.plan;
    Ok(http::Ok::at(programme.version, ProgrammeView { id, edition, plan }))
}
