//! A person withdrew the consent that sensors keep readings: nobody else looks at what was made of them any more.
//!
//! Consumes `sensors.consent-withdrawn.v1`, repeated and in any order. Whom the person lets look after the withdrawal
//! stays. Announces nothing.

use crate::athlete::Athlete;
use crate::store;
use contracts::sensors::ConsentWithdrawn;
use platform::{Decision, Error, Function, On, Stored, Table, events};

/// On `sensors.consent-withdrawn.v1`
pub fn function() -> Function {
    events::on(follow_consent)
}

/// Notes when it was, also of somebody who has let nobody look yet: that may happen at this moment.
pub async fn follow_consent(said: On<ConsentWithdrawn>, training: Table) -> Result<(), Error> {
    let person = said.person;
    let decide = |found: Option<&Stored<Athlete>>| {
        let athlete = found.map_or_else(|| Athlete::new(person), |found| found.value.clone());
        Ok(athlete
            .after_withdrawal(said.at)
            .map_or(Decision::Keep, |athlete| Decision::To(athlete, Vec::new())))
    };
    training.advance(&store::athlete_key(person), decide).await
}
