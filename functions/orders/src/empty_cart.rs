//! A customer ordered: what was ordered leaves the cart.
//!
//! Consumes `orders.order-placed.v1`. What was put in besides, or more of, stays. The cart remembers the latest orders,
//! so a repeated event takes nothing out again.

use crate::cart::Cart;
use crate::store;
use contracts::orders::OrderPlaced;
use platform::{Decision, Error, Function, On, Stored, Table, events};

/// On `orders.order-placed.v1`
pub fn function() -> Function {
    events::on(empty_cart)
}

/// Takes the order's lines out of its customer's cart, if there is one.
pub async fn empty_cart(placed: On<OrderPlaced>, orders: Table) -> Result<(), Error> {
    let decide = |found: Option<&Stored<Cart>>| {
        let ordered = placed.lines.iter().map(|line| (&line.sku, line.quantity));
        let left = found.and_then(|cart| cart.value.without(placed.order, ordered));
        Ok(left.map_or(Decision::Keep, |cart| Decision::To(cart, Vec::new())))
    };
    orders.advance(&store::cart_key(placed.customer), decide).await
}
