//! The items of the catalog table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Product`] | `<sku>` | `product` |
//! | [`Stock`] | `<sku>` | `stock#<location>` |
//! | [`Reservation`] | `ord_…` | `reservation` |
//! | [`Chunk`] of a large reservation | `ord_…` | `chunk#000` |
//! | [`Restocked`], a chunk of a return | `ord_…` | `restocked#rtn_…#000` |
//! | [`Import`] | `import#<key>` | `import` |
//!
//! All indexes hold keys only, and each is sparse. What they add to a write, in write units:
//!
//! | index | holds | created | published | new price | new title | other category |
//! | --- | --- | ---: | ---: | ---: | ---: | ---: |
//! | [`REGISTER`] | every product | 1 | 0 | 0 | 0 | 0 |
//! | [`BY_TITLE`] | what is on sale | 0 | 1 | 0 | 2 | 0 |
//! | [`BY_CATEGORY`] | what is on sale in a category | 0 | 1 | 0 | 2 | 2 |
//! | [`VARIANTS`] | what is on sale and has variants | 0 | 1 | 0 | 0 | 0 |
//! | [`WAITING`] | reservations that are half done | – | – | – | – | – |
//!
//! Prices are in none: a product has up to ten of them, and they change most often. A range of prices is looked for
//! among the products of a category or of a prefix, page by page. Stock is in none: it changes with each order. The
//! usual reservation takes one step and is never in [`WAITING`].
//!
//! Reservations keep no history of what they announced: each of their states announces what the order is to do next,
//! and a later one makes the earlier one void.

use crate::import::Import;
use crate::product::{Category, Product, ProductEvent};
use crate::reservation::{Goods, Reservation, ReservationEvent};
use crate::search::key_prefix;
use crate::stock::{Location, Stock};
use kernel::{Cursor, OrderId, Page, ReturnId, Sku, Timestamp};
use platform::{Error, Failure, Index, Item, Key, List, Never, Stored, TableReader};
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// Lists every product, drafts included, by SKU.
pub const REGISTER: Index = Index { name: "register", partition: "register", sort: "sku" };
/// Lists what is on sale, by title.
pub const BY_TITLE: Index = Index { name: "by-title", partition: "on_sale", sort: "title_key" };
/// Lists what is on sale in a category, by title.
pub const BY_CATEGORY: Index = Index { name: "by-category", partition: "shelf", sort: "title_key" };
/// Lists what is on sale of one product, by SKU.
pub const VARIANTS: Index = Index { name: "variants", partition: "variant_of", sort: "sku" };
/// Lists reservations that are half done, the longest waiting first.
pub const WAITING: Index = Index { name: "waiting", partition: "waiting", sort: "since" };

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
        stock_key(&self.sku, &self.location)
    }
}

impl Item for Reservation {
    type Event = ReservationEvent;
    const KIND: &'static str = "reservation";
    const HISTORY: bool = true;

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
    pub goods: Goods,
}

impl Item for Chunk {
    type Event = Never;
    const KIND: &'static str = "chunk";

    fn key(&self) -> Key {
        chunk_key(self.order, self.number)
    }
}

/// One chunk of a return: these goods are available again. Written once, with that.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Restocked {
    /// The order.
    pub order: OrderId,
    /// The return.
    pub return_id: ReturnId,
    /// Its number, from 0.
    pub part: u16,
    /// What came back.
    pub goods: Goods,
}

impl Item for Restocked {
    type Event = Never;
    const KIND: &'static str = "restocked";

    fn key(&self) -> Key {
        Key::new(self.order, format!("{}#{}#{:03}", Self::KIND, self.return_id, self.part))
    }
}

impl Item for Import {
    type Event = Never;
    const KIND: &'static str = "import";

    fn key(&self) -> Key {
        import_key(&self.key)
    }
}

/// The key of a product.
pub fn product_key(sku: &Sku) -> Key {
    Key::new(sku, Product::KIND)
}

/// The key of a SKU's stock at a location.
pub fn stock_key(sku: &Sku, location: &Location) -> Key {
    Key::new(sku, format!("{}#{location}", Stock::KIND))
}

/// The key of an order's reservation.
pub fn reservation_key(order: OrderId) -> Key {
    Key::new(order, Reservation::KIND)
}

/// The key of the import that a request made.
pub fn import_key(key: &str) -> Key {
    Key::new(format!("{}#{key}", Import::KIND), Import::KIND)
}

fn chunk_key(order: OrderId, number: u16) -> Key {
    Key::new(order, format!("{}#{number:03}", Chunk::KIND))
}

/// The goods of chunk `number` of a reservation.
pub async fn goods(catalog: &TableReader, reservation: &Reservation, number: u16) -> Result<Goods, Error> {
    if reservation.chunks <= 1 {
        return Ok(reservation.goods.clone());
    }
    let chunk = catalog.get::<Chunk>(&chunk_key(reservation.order, number)).await?;
    let chunk = chunk.ok_or_else(|| Error::broken(format!("chunk {number} of {} is missing", reservation.order)))?;
    Ok(chunk.value.goods)
}

/// The goods of all chunks of a reservation that was taken whole.
pub async fn all_goods(catalog: &TableReader, reservation: &Reservation) -> Result<Goods, Error> {
    if reservation.chunks <= 1 {
        return Ok(reservation.goods.clone());
    }
    let chunks: Vec<Chunk> = catalog.collection(reservation.order).await?;
    let goods = chunks.iter().flat_map(|chunk| chunk.goods.iter());
    Ok(goods.map(|(location, sku, quantity)| (location.clone(), sku.clone(), quantity)).collect())
}

/// How a SKU stands at every location where it was ever counted.
pub async fn stock_of(catalog: &TableReader, sku: &Sku) -> Result<Vec<Stock>, Error> {
    catalog.collection(sku).await
}

/// A page of what is on sale, by title: of one category or of all, whose titles begin with `title`.
pub async fn on_sale<R>(
    catalog: &TableReader,
    category: Option<&Category>,
    title: Option<&str>,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Product>>, Failure<R>> {
    let list = match category {
        Some(category) => List::index(BY_CATEGORY, category),
        None => List::index(BY_TITLE, "yes"),
    };
    let list = match title.map(key_prefix).filter(|prefix| !prefix.is_empty()) {
        Some(prefix) => list.prefix(prefix),
        None => list,
    };
    catalog.list(&list, limit, cursor).await
}

/// The first `limit` variants of a product that are on sale, by SKU.
pub async fn variants<R>(catalog: &TableReader, product: &Sku, limit: u32) -> Result<Vec<Stored<Product>>, Failure<R>> {
    Ok(catalog.list(&List::index(VARIANTS, product), limit, None).await?.items)
}

/// A page of all products, drafts included, by SKU.
pub async fn register<R>(
    catalog: &TableReader,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Product>>, Failure<R>> {
    catalog.list(&List::index(REGISTER, "products"), limit, cursor).await
}

/// Reservations that are half done since `until` or longer.
pub async fn waiting(catalog: &TableReader, until: Timestamp, limit: u32) -> Result<Vec<Stored<Reservation>>, Error> {
    let list = List::index(WAITING, "reservation").between(Timestamp::from_millis(0), until);
    match catalog.list::<Reservation, Infallible>(&list, limit, None).await {
        Ok(page) => Ok(page.items),
        Err(Failure::Failed(error)) => Err(error),
        Err(Failure::Problem(problem)) => Err(Error::broken(problem.detail)),
        Err(Failure::Refused(never)) => match never {},
    }
}
