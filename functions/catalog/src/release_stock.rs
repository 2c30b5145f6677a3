//! An order was cancelled: what was set aside for it is available again.
//!
//! Consumes `orders.order-cancelled.v1`. Gives back chunk after chunk, each in one transaction over the order's
//! reservation and the stock, and ends in `catalog.stock-released.v1`. A cancellation that overtakes its order leaves
//! the reservation released, so that the late order takes nothing. Repeated events change nothing.

use crate::reservation::{Reservation, State, Wanted};
use crate::store;
use contracts::orders::OrderCancelled;
use platform::{Commit, Error, Function, On, Stored, Table, events};

/// More steps than the largest order takes, with room for races.
const MAX_STEPS: usize = 32;

/// On `orders.order-cancelled.v1`
pub fn function() -> Function {
    events::on(release_stock)
}

/// Gives back whatever is held, and leaves the reservation closed.
pub async fn release_stock(cancelled: On<OrderCancelled>, catalog: Table) -> Result<(), Error> {
    let key = store::reservation_key(cancelled.order);
    let mut held = catalog.get::<Reservation>(&key).await?;
    for _ in 0..MAX_STEPS {
        let stepped = match &held {
            None => {
                let (closed, events) = Reservation::closed(cancelled.order);
                catalog.create_new(closed, events).await?
            }
            Some(old) if matches!(old.value.state, State::Rejected { .. } | State::Released) => return Ok(()),
            Some(old) => give_back(&catalog, old).await?,
        };
        held = match stepped {
            Some(stepped) => Some(stepped),
            None => catalog.get(&key).await?,
        };
    }
    Err(Error::contended(format!("the reservation of {} kept changing", cancelled.order)))
}

/// Makes the last chunk that is held available again. `None`: somebody else moved the reservation.
pub(crate) async fn give_back(
    catalog: &Table,
    old: &Stored<Reservation>,
) -> Result<Option<Stored<Reservation>>, Error> {
    let reservation = &old.value;
    let chunk = store::chunk(catalog, reservation, reservation.held().saturating_sub(1)).await?;
    let (next, events) = reservation.given_back();
    let mut transaction = catalog.transaction().replace(old, &next, events.clone());
    for Wanted { sku, quantity } in &chunk {
        let quantity = i64::from(*quantity);
        transaction = transaction.shift(store::stock_key(sku), &[("available", quantity), ("reserved", -quantity)]);
    }
    match transaction.commit().await? {
        Commit::Done => catalog.written(Some(old), next, &events).map(Some),
        Commit::Refused(refused) if refused.iter().any(|refused| refused.key == store::reservation_key(next.order)) => {
            Ok(None)
        }
        Commit::Refused(_) => Err(Error::broken(format!("{} holds more than is reserved", next.order))),
    }
}
