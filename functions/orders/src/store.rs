//! The items of the orders table, their keys, and the queries by name.
//!
//! | item | pk | sk |
//! | --- | --- | --- |
//! | [`Order`] | `ord_…` | `order` |
//! | [`Lines`] of a large order | `ord_…` | `lines#00` |
//! | [`Return`] | `ord_…` | `return#rtn_…` |
//! | [`Cart`] | `acc_…` | `cart` |
//! | [`Price`], a replica | `price#<sku>` | `price` |
//!
//! The index `by-customer` (`customer`, `placed_at`; keys only) lists a customer's orders. Its attributes never
//! change, so it costs one write unit when an order is placed and nothing after that.

use crate::cart::Cart;
use crate::life::Next;
use crate::order::{LINES_A_PART, Line, Order, OrderEvent};
use crate::pricing::Price;
use crate::returning::{Return, ReturnEvent};
use kernel::{AccountId, Cursor, OrderId, Page, ReturnId, Sku};
use platform::{
    Commit, Creation, Decision, Error, Failure, Index, Item, Key, List, Never, Stored, Table, TableReader, http,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Lists a customer's orders by time.
pub const BY_CUSTOMER: Index = Index {
    name: "by-customer",
    partition: "customer",
    sort: "placed_at",
};

impl Item for Order {
    type Event = OrderEvent;
    const KIND: &'static str = "order";
    const HISTORY: bool = true;

    fn key(&self) -> Key {
        order_key(self.id)
    }
}

/// The key of an order.
pub fn order_key(id: OrderId) -> Key {
    Key::new(id, Order::KIND)
}

/// A part of a large order's lines. Written once, with the order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Lines {
    order: OrderId,
    part: u16,
    lines: Vec<Line>,
}

impl Item for Lines {
    type Event = Never;
    const KIND: &'static str = "lines";

    fn key(&self) -> Key {
        Key::new(self.order, format!("{}#{:02}", Self::KIND, self.part))
    }
}

impl Item for Return {
    type Event = ReturnEvent;
    const KIND: &'static str = "return";

    fn key(&self) -> Key {
        return_key(self.order, self.id)
    }
}

/// The key of a return.
pub fn return_key(order: OrderId, id: ReturnId) -> Key {
    Key::new(order, format!("{}#{id}", Return::KIND))
}

impl Item for Cart {
    type Event = Never;
    const KIND: &'static str = "cart";

    fn key(&self) -> Key {
        cart_key(self.customer)
    }
}

/// The key of a customer's cart.
pub fn cart_key(customer: AccountId) -> Key {
    Key::new(customer, Cart::KIND)
}

impl Item for Price {
    type Event = Never;
    const KIND: &'static str = "price";

    fn key(&self) -> Key {
        price_key(&self.sku)
    }
}

fn price_key(sku: &Sku) -> Key {
    Key::new(format!("price#{sku}"), Price::KIND)
}

/// The prices of these SKUs, as far as they are known; each once.
pub async fn prices(orders: &TableReader, skus: impl Iterator<Item = &Sku>) -> Result<Vec<Price>, Error> {
    let keys: Vec<Key> = skus.collect::<BTreeSet<_>>().into_iter().map(price_key).collect();
    orders.get_each(&keys).await
}

/// An order of `customer`; anybody else's is not found.
pub async fn order_of<R>(orders: &TableReader, customer: AccountId, id: OrderId) -> Result<Stored<Order>, Failure<R>> {
    let order = orders.get::<Order>(&order_key(id)).await.map_err(Failure::Failed)?;
    order.filter(|order| order.value.customer == customer).ok_or_else(http::not_found)
}

/// Moves an order on as `step` says, and announces what follows; `None` leaves it as it is. For events that are about
/// an order: one that is not here yet is waited for.
pub async fn advance(
    orders: &Table,
    id: OrderId,
    step: impl Fn(&Order) -> Result<Option<Next>, Error>,
) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Order>>| {
        let order = found.ok_or_else(|| Error::unavailable(format!("{id} is not here yet")))?;
        Ok(step(&order.value)?.map_or(Decision::Keep, |(order, events)| Decision::To(order, events)))
    };
    orders.advance(&order_key(id), decide).await
}

/// The page of a customer's orders after `cursor`, the newest first.
pub async fn orders_of<R>(
    orders: &TableReader,
    customer: AccountId,
    limit: u32,
    cursor: Option<&Cursor>,
) -> Result<Page<Stored<Order>>, Failure<R>> {
    orders.list(&List::index(BY_CUSTOMER, customer).newest_first(), limit, cursor).await
}

/// What came back of an order so far, by the ids of the returns.
pub async fn returns(orders: &TableReader, order: &Order) -> Result<Vec<Return>, Error> {
    if order.returns == 0 {
        return Ok(Vec::new());
    }
    orders.collection(order.id).await
}

/// All lines of an order, wherever they are kept.
pub async fn lines(orders: &TableReader, order: &Order) -> Result<Vec<Line>, Error> {
    if order.parts == 0 {
        return Ok(order.lines.clone());
    }
    let parts: Vec<Lines> = orders.collection(order.id).await?;
    if parts.len() != usize::from(order.parts) {
        return Err(Error::broken(format!("{} has {} of {} parts", order.id, parts.len(), order.parts)));
    }
    Ok(parts.into_iter().flat_map(|part| part.lines).collect())
}

/// Writes a new order, with its lines if they are kept apart, and announces that it was placed.
pub async fn insert(orders: &Table, order: &Order, apart: &[Line]) -> Result<Creation<Order>, Error> {
    if apart.is_empty() {
        return orders.create(order, vec![OrderEvent::Placed]).await;
    }
    let mut transaction = orders.transaction().create(order, vec![OrderEvent::Placed]);
    for (part, lines) in (0..).zip(apart.chunks(LINES_A_PART)) {
        transaction = transaction.create(&Lines { order: order.id, part, lines: lines.to_vec() }, Vec::new());
    }
    match transaction.commit().await? {
        Commit::Done => Ok(Creation::Created),
        Commit::Refused(_) => match orders.get(&order.key()).await? {
            Some(other) => Ok(Creation::Exists(other)),
            None => Err(Error::broken(format!("{} has lines but no order", order.id))),
        },
    }
}
