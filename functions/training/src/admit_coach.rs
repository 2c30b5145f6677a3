//! A person lets somebody look at all of their training: a coach.
//!
//! Called by a signed-in customer with the coach's account. The coach may read, and change nothing, until the consent is
//! taken back (`dismiss-coach`, or all at once with the consent that sensors keep readings: `follow-consent`). Allowing
//! somebody again changes nothing.

use crate::athlete::{Athlete, MOST_COACHES, TooMany};
use crate::store;
use derive::Refusal;
use kernel::AccountId;
use platform::http::{self, Customer, NoContent, Path};
use platform::{Decision, Failure, Function, Now, Stored, Table};

/// Why nobody is allowed to look.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// It is the person's own account.
    #[problem(422, "own-coach", "You see your own training already.")]
    Oneself,
    /// So many may look already.
    #[problem(409, "too-many-coaches", "Dismiss somebody first: {most} people may look.")]
    TooMany {
        /// How many may.
        most: usize,
    },
}

/// `PUT /v1/training/coaches/{coach}`
pub fn function() -> Function {
    http::put("/v1/training/coaches/{coach}", admit_coach)
}

/// Notes the consent.
pub async fn admit_coach(
    customer: Customer,
    Path(coach): Path<AccountId>,
    Now(now): Now,
    training: Table,
) -> Result<NoContent, Failure<Refused>> {
    let person = customer.account;
    if coach == person {
        return Err(Refused::Oneself.into());
    }
    let decide = |found: Option<&Stored<Athlete>>| {
        let athlete = found.map_or_else(|| Athlete::new(person), |found| found.value.clone());
        let with = athlete.with_coach(coach, now).map_err(|TooMany| Refused::TooMany { most: MOST_COACHES })?;
        Ok(with.map_or(Decision::Keep, |with| Decision::To(with, Vec::new())))
    };
    training.change(&store::athlete_key(person), decide).await?;
    Ok(NoContent)
}
