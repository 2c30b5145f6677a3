//! A customer's cart: what is to be ordered, without prices. Pure.

use kernel::{AccountId, OrderId, Sku};
use serde::{Deserialize, Serialize};

/// The most SKUs in a cart.
pub const MAX_LINES: usize = 200;
/// Of how many orders a cart remembers that they took their lines out of it.
const REMEMBERED: usize = 20;

/// A cart.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Cart {
    /// Whose it is.
    pub customer: AccountId,
    /// What is in it, each SKU once, in the order it was put in.
    #[serde(default)]
    pub lines: Vec<CartLine>,
    /// The latest orders that took their lines out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    taken: Vec<OrderId>,
}

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CartLine {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    #[serde(rename = "qty")]
    pub quantity: u32,
}

/// The cart holds as many SKUs as it can.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Full;

impl Cart {
    /// A cart with nothing in it.
    pub fn empty(customer: AccountId) -> Self {
        Self { customer, lines: Vec::new(), taken: Vec::new() }
    }

    /// With `quantity` of `sku`; 0 takes it out.
    pub fn with(&self, sku: &Sku, quantity: u32) -> Result<Self, Full> {
        let mut cart = self.clone();
        let full = cart.lines.len() == MAX_LINES;
        match cart.lines.iter_mut().find(|line| line.sku == *sku) {
            Some(line) => line.quantity = quantity,
            None if quantity == 0 => {}
            None if full => return Err(Full),
            None => cart.lines.push(CartLine { sku: sku.clone(), quantity }),
        }
        cart.lines.retain(|line| line.quantity > 0);
        Ok(cart)
    }

    /// Without what was ordered. `None`: `order` took it out before.
    pub fn without<'l>(&self, order: OrderId, ordered: impl Iterator<Item = (&'l Sku, u32)>) -> Option<Self> {
        if self.taken.contains(&order) {
            return None;
        }
        let mut cart = self.clone();
        for (sku, quantity) in ordered {
            if let Some(line) = cart.lines.iter_mut().find(|line| line.sku == *sku) {
                line.quantity = line.quantity.saturating_sub(quantity);
            }
        }
        cart.lines.retain(|line| line.quantity > 0);
        cart.taken.push(order);
        let forgotten = cart.taken.len().saturating_sub(REMEMBERED);
        cart.taken.drain(..forgotten);
        Some(cart)
    }
}
