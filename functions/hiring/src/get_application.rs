//! A candidate looks at their application.
//!
//! Called by the application's candidate; anybody else's is not found. Tells how far it is, which tests are to be taken
//! and what came of them. A strongly consistent read.

use crate::application::State;
use crate::person::Person;
use crate::store;
use crate::view::SittingView;
use kernel::{ApplicationId, Timestamp};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An application as its candidate sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ApplicationView {
    /// Names it.
    pub id: ApplicationId,
    /// How far it is.
    pub state: State,
    /// When it came.
    pub applied_at: Timestamp,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// The tests to be taken, in the order in which they were assigned.
    pub tests: Vec<SittingView>,
    /// Who applied. Absent once it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<Person>,
}

/// `GET /v1/applications/{application}`
pub fn function() -> Function {
    http::get("/v1/applications/{application}", get_application)
}

/// Reads the application.
pub async fn get_application(
    customer: Customer,
    Path(id): Path<ApplicationId>,
    hiring: TableReader,
) -> Result<http::Ok<ApplicationView>, Failure<Infallible>> {
    let application = store::application_of(&hiring, customer.account, id).await?;
    let (version, application) = (application.version, application.value);
    let view = ApplicationView {
        id,
        state: application.state,
        applied_at: application.applied_at,
        closed_at: application.closed_at,
        tests: application.sittings.into_iter().map(SittingView::of).collect(),
        person: application.person,
    };
    Ok(http::Ok::at(version, view))
}
