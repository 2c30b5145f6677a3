//! An order was cancelled, or not paid in time: what was set aside for it is available again.
//!
//! Consumes `orders.order-cancelled.v1` and `orders.order-expired.v1`. Gives back chunk after chunk, each in one
//! transaction over the order's reservation and the stock, and ends in `catalog.stock-released.v1`. Goods that are
//! committed already come back as well, unless some of them were returned: those were delivered. A cancellation that
//! overtakes its order leaves the reservation released, so that the late order takes nothing. Repeated events change
//! nothing.

use crate::reservation::Reservation;
use crate::steps::step_on;
use crate::store;
use contracts::orders::{OrderCancelled, OrderExpired};
use platform::{Creation, Error, Function, Now, On, Table, events};

contracts::one_of! {
    /// How an order ends without being delivered.
    pub enum Ended { OrderCancelled, OrderExpired }
}

/// On `orders.order-cancelled.v1` and `orders.order-expired.v1`
pub fn function() -> Function {
    events::on(release_stock)
}

/// Gives back whatever is held, and leaves the reservation closed.
pub async fn release_stock(ended: On<Ended>, Now(now): Now, catalog: Table) -> Result<(), Error> {
    let order = match &ended.event {
        Ended::OrderCancelled(cancelled) => cancelled.order,
        Ended::OrderExpired(expired) => expired.order,
    };
    let held = match catalog.get::<Reservation>(&store::reservation_key(order)).await? {
        Some(held) => held,
        None => {
            let (closed, events) = Reservation::closed(order);
            match catalog.create(&closed, events).await? {
                Creation::Created => return Ok(()),
                Creation::Exists(held) => held,
            }
        }
    };
    step_on(&catalog, held, |reservation| reservation.release(now)).await?;
    Ok(())
}
