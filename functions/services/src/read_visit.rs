//! Another context asks where a job is and whom to ask for there, because its worker wants to know.
//!
//! Called by functions that declare the question, never over HTTP. Nobody keeps a copy of it: it is personal data, and
//! what is asked anew is gone everywhere once it is gone here. Of a request that has ended nothing is told.

use crate::request::ServiceRequest;
use crate::store;
use contracts::services::{ReadVisit, Visit};
use platform::{Asked, Error, Function, TableReader, direct};

/// Answers [`ReadVisit`]
pub fn function() -> Function {
    direct::answer(read_visit)
}

/// Reads what the client wrote.
pub async fn read_visit(Asked(question): Asked<ReadVisit>, services: TableReader) -> Result<Option<Visit>, Error> {
    let request = services.get::<ServiceRequest>(&store::request_key(question.request)).await?;
    let request = request.map(|request| request.value).filter(|request| request.state.is_open());
    Ok(request.map(|request| request.visit.into()))
}
