//! The items of the catalog table and their keys.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Product`] | `<sku>` | `product` |
//! | [`Stock`] | `<sku>` | `stock` |
//! | [`Reservation`] | `ord_…` | `reservation` |
//! | [`Chunk`] of a large reservation | `ord_…` | `chunk#000` |

use crate::product::{Product, ProductEvent};
use crate::reservation::{Reservation, ReservationEvent, Wanted};
use crate::stock::Stock;
use kernel::{OrderId, Sku};
use platform::{Error, Item, Key, Never, TableReader};
use serde::{Deserialize, Serialize};

impl Item for Product {
    type Event = ProductEvent;
    const KIND: &'static str = "product";

    fn key(&self) -> Key {
        product_key(&self.sku)
    }
}

impl Item for Stock {
    type Event = Never;
    const KIND: &'static str = "stock";

    fn key(&self) -> Key {
        stock_key(&self.sku)
    }
}

impl Item for Reservation {
    type Event = ReservationEvent;
    const KIND: &'static str = "reservation";

    fn key(&self) -> Key {
        reservation_key(self.order)
    }
}

/// One chunk of a large reservation. Written once, when it is taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The order.
    pub order: OrderId,
    /// Its number, from 0.
    pub number: u16,
    /// What it holds.
    pub wanted: Vec<Wanted>,
}

impl Item for Chunk {
    type Event = Never;
    const KIND: &'static str = "chunk";

    fn key(&self) -> Key {
        chunk_key(self.order, self.number)
    }
}

/// The key of a product.
pub fn product_key(sku: &Sku) -> Key {
    Key::new(sku, Product::KIND)
}

/// The key of a SKU's stock.
pub fn stock_key(sku: &Sku) -> Key {
    Key::new(sku, Stock::KIND)
}

/// The key of an order's reservation.
pub fn reservation_key(order: OrderId) -> Key {
    Key::new(order, Reservation::KIND)
}

fn chunk_key(order: OrderId, number: u16) -> Key {
    Key::new(order, format!("{}#{number:03}", Chunk::KIND))
}

/// What chunk `number` of a reservation holds.
pub async fn chunk(catalog: &TableReader, reservation: &Reservation, number: u16) -> Result<Vec<Wanted>, Error> {
    // An order without lines has no chunk at all, and holds nothing.
    if reservation.chunks <= 1 {
        return Ok(reservation.wanted.clone());
    }
    let chunk = catalog.get::<Chunk>(&chunk_key(reservation.order, number)).await?;
    let chunk = chunk.ok_or_else(|| Error::broken(format!("chunk {number} of {} is missing", reservation.order)))?;
    Ok(chunk.value.wanted)
}
