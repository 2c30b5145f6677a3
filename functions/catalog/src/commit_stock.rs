//! An order is paid: what was set aside for it is sold.
//!
//! Consumes `orders.order-paid.v1`. Moves chunk after chunk from *reserved* to *gone*, each in one transaction over the
//! order's reservation and the stock, and ends in `catalog.stock-committed.v1`. An order that was cancelled or expired
//! in between stays released. Repeated events change nothing; one that overtakes its reservation comes again.

use crate::reservation::{Reservation, State};
use crate::steps::step_on;
use crate::store;
use contracts::orders::OrderPaid;
use platform::{Error, Function, Now, On, Table, events};

/// On `orders.order-paid.v1`
pub fn function() -> Function {
    events::on(commit_stock)
}

/// Commits whatever is set aside.
pub async fn commit_stock(paid: On<OrderPaid>, Now(now): Now, catalog: Table) -> Result<(), Error> {
    let held = catalog.get::<Reservation>(&store::reservation_key(paid.order)).await?;
    let held = held.filter(|held| !matches!(held.value.state, State::Reserving { .. }));
    // Only what is set aside is ever paid for, so it will be heard of.
    let held = held.ok_or_else(|| Error::unavailable(format!("{} is not reserved yet", paid.order)))?;
    step_on(&catalog, held, |reservation| reservation.commit(now)).await?;
    Ok(())
}
