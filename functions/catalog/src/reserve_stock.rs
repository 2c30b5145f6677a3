//! An order was placed: its goods are set aside, all or none.
//!
//! Consumes `orders.order-placed.v1`. Each step is one transaction over the order's reservation and the stock of up
//! to 98 SKUs, each under the condition that enough is available; the usual order is one step. What is short at one
//! location is asked for at the next. Ends in `catalog.stock-reserved.v1`, or, if something is short everywhere, gives
//! back what it took and ends in `catalog.stock-rejected.v1`. A repeated event finds the reservation ended; an order
//! that was cancelled first finds it released. Where many orders want one SKU the steps meet, and are tried again.

use crate::allocation::Allocation;
use crate::reservation::{CHUNK, Reservation, State, Wanted, merged};
use crate::steps::{MAX_STEPS, step_on};
use crate::stock::{Location, Locations};
use crate::store::{self, Chunk};
use contracts::orders::OrderPlaced;
use kernel::Timestamp;
use platform::{Commit, Error, Function, Now, On, Setting, Stored, Table, events};

/// On `orders.order-placed.v1`
pub fn function() -> Function {
    events::on(reserve_stock)
}

/// Takes chunk after chunk; on a shortage gives back what was taken.
pub async fn reserve_stock(
    placed: On<OrderPlaced>,
    Setting(locations): Setting<Locations>,
    Now(now): Now,
    catalog: Table,
) -> Result<(), Error> {
    let wanted = merged(&placed.lines);
    let key = store::reservation_key(placed.order);
    let mut held = catalog.get::<Reservation>(&key).await?;
    for _ in 0..MAX_STEPS {
        let reservation = match &held {
            None => Reservation::open(placed.order, wanted.len()),
            Some(held) => held.value.clone(),
        };
        if !matches!(reservation.state, State::Reserving { .. }) {
            break;
        }
        held = match take(&catalog, held.as_ref(), &reservation, &wanted, locations.as_slice(), now).await? {
            Some(stepped) => Some(stepped),
            None => catalog.get(&key).await?,
        };
    }
    match held {
        Some(held) if matches!(held.value.state, State::Reserving { .. }) => {
            Err(Error::contended(format!("the reservation of {} kept changing", placed.order)))
        }
        Some(held) if matches!(held.value.state, State::Releasing { .. }) => {
            step_on(&catalog, held, |reservation| reservation.release(now)).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Sets the next chunk aside, or notes what is short of it. `None`: somebody else moved the reservation.
async fn take(
    catalog: &Table,
    old: Option<&Stored<Reservation>>,
    reservation: &Reservation,
    wanted: &[Wanted],
    locations: &[Location],
    now: Timestamp,
) -> Result<Option<Stored<Reservation>>, Error> {
    let number = reservation.held();
    let chunk = wanted.chunks(CHUNK).nth(number.into()).unwrap_or_default();
    let mut allocation = Allocation::first(chunk, locations);
    // Each refusal sends at least one SKU on to its next location.
    while allocation.short().is_empty() {
        let goods = allocation.goods();
        let (next, events) = reservation.taken(&goods, now);
        let mut transaction = catalog.transaction().write(old, &next, events.clone());
        if reservation.chunks > 1 {
            let chunk = Chunk { order: reservation.order, number, goods: goods.clone() };
            transaction = transaction.create(&chunk, Vec::new());
        }
        for (location, sku, quantity) in goods.iter() {
            let quantity = i64::from(quantity);
            let counters = [("available", -quantity), ("reserved", quantity)];
            transaction = transaction.shift(store::stock_key(sku, location), &counters);
        }
        let refused = match transaction.commit().await? {
            Commit::Done => return catalog.written(old, next, &events).map(Some),
            Commit::Refused(refused) => refused,
        };
        let refused_at = |key| refused.iter().find(|refused| refused.key == key);
        if refused_at(store::reservation_key(reservation.order)).is_some() {
            return Ok(None);
        }
        let before = allocation.clone();
        for (location, sku, _) in goods.iter() {
            if let Some(refused) = refused_at(store::stock_key(sku, location)) {
                let available = refused.number("available").and_then(|number| u32::try_from(number).ok());
                allocation.refused(sku, location, available.unwrap_or(0));
            }
        }
        if allocation == before {
            return Err(Error::broken(format!("chunk {number} of {} was taken twice", reservation.order)));
        }
    }
    // Ends the reservation, or begins to give back what earlier chunks took.
    let (next, events) = reservation.short(allocation.short(), now);
    match old {
        Some(old) => catalog.replace(old, next, events).await,
        None => catalog.create_new(next, events).await,
    }
}
