//! An order was placed: its goods are set aside, all or none.
//!
//! Consumes `orders.order-placed.v1`. Each step is one transaction over the order's reservation and the stock of up
//! to 98 SKUs, each under the condition that enough is available; the usual order is one step. Ends in
//! `catalog.stock-reserved.v1`, or, if something is short, gives back what it took and ends in
//! `catalog.stock-rejected.v1`. A repeated event finds the reservation ended; an order that was cancelled first finds
//! it released. Where many orders want one SKU the steps meet, and are tried again.

use crate::release_stock::give_back;
use crate::reservation::{CHUNK, Reservation, State, Wanted, merged};
use crate::store::{self, Chunk};
use contracts::catalog::Shortage;
use contracts::orders::OrderPlaced;
use platform::{Commit, Error, Function, On, Stored, Table, events};
use std::collections::BTreeMap;

/// More steps than the largest order takes and gives back (1,000 lines), with room for races.
const MAX_STEPS: usize = 64;

/// On `orders.order-placed.v1`
pub fn function() -> Function {
    events::on(reserve_stock)
}

/// Takes chunk after chunk; on a shortage gives back what was taken.
pub async fn reserve_stock(placed: On<OrderPlaced>, catalog: Table) -> Result<(), Error> {
    let wanted = merged(&placed.lines);
    let key = store::reservation_key(placed.order);
    let mut held = catalog.get::<Reservation>(&key).await?;
    for _ in 0..MAX_STEPS {
        let state = held.as_ref().map(|held| held.value.state.clone());
        let stepped = match (state, &held) {
            (None, _) => take(&catalog, None, Reservation::open(placed.order, &wanted), &wanted).await?,
            (Some(State::Reserving { .. }), Some(old)) => take(&catalog, Some(old), old.value.clone(), &wanted).await?,
            (Some(State::Releasing { .. }), Some(old)) => give_back(&catalog, old).await?,
            _ => return Ok(()),
        };
        held = match stepped {
            Some(stepped) => Some(stepped),
            None => catalog.get(&key).await?,
        };
    }
    Err(Error::contended(format!("the reservation of {} kept changing", placed.order)))
}

/// Sets the next chunk aside, or notes what is short of it. `None`: somebody else moved the reservation.
async fn take(
    catalog: &Table,
    old: Option<&Stored<Reservation>>,
    reservation: Reservation,
    wanted: &[Wanted],
) -> Result<Option<Stored<Reservation>>, Error> {
    let number = reservation.held();
    let chunk = wanted.chunks(CHUNK).nth(number.into()).unwrap_or_default();
    let (next, events) = reservation.taken();
    let mut transaction = match old {
        None => catalog.transaction().create(&next, events.clone()),
        Some(old) => catalog.transaction().replace(old, &next, events.clone()),
    };
    if reservation.chunks > 1 {
        let chunk = Chunk { order: reservation.order, number, wanted: chunk.to_vec() };
        transaction = transaction.create(&chunk, Vec::new());
    }
    for Wanted { sku, quantity } in chunk {
        let quantity = i64::from(*quantity);
        transaction = transaction.shift(store::stock_key(sku), &[("available", -quantity), ("reserved", quantity)]);
    }
    let refused = match transaction.commit().await? {
        Commit::Done => return catalog.written(old, next, &events).map(Some),
        Commit::Refused(refused) => refused,
    };
    let available: BTreeMap<_, _> = refused.iter().map(|refused| (&refused.key, refused.number("available"))).collect();
    if available.contains_key(&store::reservation_key(reservation.order)) {
        return Ok(None);
    }
    let short = chunk.iter().filter_map(|Wanted { sku, quantity }| {
        let available = available.get(&store::stock_key(sku))?.and_then(|number| u32::try_from(number).ok());
        Some(Shortage {
            sku: sku.clone(),
            wanted: *quantity,
            available: available.unwrap_or(0),
        })
    });
    note_shortage(catalog, old, &reservation, short.collect()).await
}

/// Ends the reservation, or begins to give back what earlier chunks took.
async fn note_shortage(
    catalog: &Table,
    old: Option<&Stored<Reservation>>,
    reservation: &Reservation,
    short: Vec<Shortage>,
) -> Result<Option<Stored<Reservation>>, Error> {
    let (next, events) = reservation.short(short);
    match old {
        Some(old) => catalog.replace(old, next, events).await,
        None => catalog.create_new(next, events).await,
    }
}
