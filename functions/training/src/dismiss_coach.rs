//! A person takes back the consent that somebody may look at their training. It holds from the next request on.
//!
//! Called by a signed-in customer. Dismissing nobody changes nothing.

use crate::athlete::Athlete;
use crate::store;
use kernel::AccountId;
use platform::http::{self, Customer, NoContent, Path};
use platform::{Decision, Failure, Function, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/training/coaches/{coach}`
pub fn function() -> Function {
    http::delete("/v1/training/coaches/{coach}", dismiss_coach)
}

/// Notes that the consent is taken back.
pub async fn dismiss_coach(
    customer: Customer,
    Path(coach): Path<AccountId>,
    training: Table,
) -> Result<NoContent, Failure<Infallible>> {
    let decide = |found: Option<&Stored<Athlete>>| {
        let without = found.and_then(|found| found.value.without_coach(coach));
        Ok(without.map_or(Decision::Keep, |without| Decision::To(without, Vec::new())))
    };
    training.change(&store::athlete_key(customer.account), decide).await?;
    Ok(NoContent)
}
