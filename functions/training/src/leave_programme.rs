//! A person gives up a programme. What was done stays in the diary; reminders end.
//!
//! Called by a signed-in customer. Leaving what has ended changes nothing, so a repeated request is harmless.

use crate::store::{self, DECISIONS};
use kernel::EnrolmentId;
use platform::http::{self, Customer, NoContent, Path};
use platform::{Commit, Error, Failure, Function, Table};
use std::convert::Infallible;

/// `DELETE /v1/training/enrolments/{enrolment}`
pub fn function() -> Function {
    http::delete("/v1/training/enrolments/{enrolment}", leave_programme)
}

/// Ends the run, if it goes on.
pub async fn leave_programme(
    customer: Customer,
    Path(id): Path<EnrolmentId>,
    training: Table,
) -> Result<NoContent, Failure<Infallible>> {
    for _ in 0..DECISIONS {
        let run = store::run_of(&training, customer.account, id).await?;
        let Some(left) = run.value.leave() else {
            return Ok(NoContent);
        };
        let (stored, mut athlete) = store::athlete(&training, customer.account).await?;
        athlete.active.retain(|active| *active != id);
        let both = training.transaction().write(stored.as_ref(), &athlete, Vec::new());
        if let Commit::Done = both.replace(&run, &left, Vec::new()).commit().await? {
            return Ok(NoContent);
        }
    }
    Err(Error::contended(format!("{id} kept changing")).into())
}
