//! Publishes what changes of the catalog announce: `catalog.product-changed.v1` and how reservations end
//! (`catalog.stock-reserved.v1`, `catalog.stock-rejected.v1`, `catalog.stock-committed.v1`,
//! `catalog.stock-released.v1`).
//!
//! Reads the stream of the catalog table; writes nothing.

use crate::product::{Product, ProductEvent};
use crate::reservation::{Reservation, ReservationEvent, State};
use contracts::catalog::{ProductChanged, Published, StockCommitted, StockRejected, StockReleased, StockReserved};
use platform::{Change, Error, Function, Item, relay};

/// The relay of the catalog table
pub fn function() -> Function {
    relay::from_outbox(relay_catalog)
}

/// The events of one change, in the order of its outbox.
pub async fn relay_catalog(change: Change) -> Result<Vec<Published>, Error> {
    match change.kind() {
        Product::KIND => {
            let (product, outbox) = change.read::<Product>()?;
            Ok(outbox.events.into_iter().map(|ProductEvent::Changed| changed(&product).into()).collect())
        }
        Reservation::KIND => {
            let (reservation, outbox) = change.read::<Reservation>()?;
            Ok(outbox.events.into_iter().map(|event| ended(&reservation, event)).collect())
        }
        _ => Err(Error::broken(format!("{} announces nothing", change.key))),
    }
}

fn changed(Product { sku, details, tax_rate, .. }: &Product) -> ProductChanged {
    ProductChanged {
        sku: sku.clone(),
        title: details.title.as_str().to_owned(),
        prices: details.prices.as_slice().to_vec(),
        tax_rate: *tax_rate,
        published: details.published,
        category: details.category.as_ref().map(ToString::to_string),
    }
}

fn ended(reservation: &Reservation, event: ReservationEvent) -> Published {
    let order = reservation.order;
    match (event, &reservation.state) {
        (ReservationEvent::Reserved, _) => StockReserved { order }.into(),
        (ReservationEvent::Released, _) => StockReleased { order }.into(),
        (ReservationEvent::Committed, _) => StockCommitted { order }.into(),
        (ReservationEvent::Rejected, State::Rejected { short }) => StockRejected { order, short: short.clone() }.into(),
        (ReservationEvent::Rejected, _) => StockRejected { order, short: Vec::new() }.into(),
    }
}
