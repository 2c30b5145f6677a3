//! Carries out the steps of reservations: each in one transaction over the reservation and the stock of one chunk.

use crate::reservation::{Reservation, Step};
use crate::store;
use platform::{Commit, Error, Stored, Table};

/// More steps than the largest order takes, with room for races.
pub const MAX_STEPS: usize = 64;

/// Takes step after step until `next` has none; the reservation as it stands then.
pub async fn step_on(
    catalog: &Table,
    mut held: Stored<Reservation>,
    next: impl Fn(&Reservation) -> Option<Step>,
) -> Result<Stored<Reservation>, Error> {
    let order = held.value.order;
    for _ in 0..MAX_STEPS {
        let Some(step) = next(&held.value) else {
            return Ok(held);
        };
        held = match carry_out(catalog, &held, step).await? {
            Some(stepped) => stepped,
            None => again(catalog, &held).await?,
        };
    }
    Err(Error::contended(format!("the reservation of {order} kept changing")))
}

/// Reads a reservation again that somebody else moved.
pub async fn again(catalog: &Table, held: &Stored<Reservation>) -> Result<Stored<Reservation>, Error> {
    let order = held.value.order;
    let found = catalog.get(&store::reservation_key(order)).await?;
    found.ok_or_else(|| Error::broken(format!("the reservation of {order} is gone")))
}

/// Takes one step. `None`: somebody else moved the reservation.
async fn carry_out(
    catalog: &Table,
    old: &Stored<Reservation>,
    step: Step,
) -> Result<Option<Stored<Reservation>>, Error> {
    let (next, events) = step.next;
    let goods = match step.chunk {
        Some(chunk) => store::goods(catalog, &old.value, chunk).await?,
        None => Default::default(),
    };
    let mut transaction = catalog.transaction().replace(old, &next, events.clone());
    for (location, sku, quantity) in goods.iter() {
        let quantity = i64::from(quantity);
        let counters = [(step.from.name(), -quantity), (step.to.name(), quantity)];
        transaction = transaction.shift(store::stock_key(sku, location), &counters);
    }
    match transaction.commit().await? {
        Commit::Done => catalog.written(Some(old), next, &events).map(Some),
        Commit::Refused(refused) if refused.iter().any(|refused| refused.key == store::reservation_key(next.order)) => {
            Ok(None)
        }
        Commit::Refused(_) => Err(Error::broken(format!("{} holds more than there is", next.order))),
    }
}
