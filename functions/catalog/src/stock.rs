//! Stock of one SKU: what is available, and what is set aside for orders. What is on hand is the sum of both.

use kernel::Sku;
use serde::{Deserialize, Serialize};

/// The counters of one SKU. Reservations move between them; neither ever falls below zero.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Stock {
    /// The SKU.
    pub sku: Sku,
    /// Free to be ordered.
    pub available: u32,
    /// Set aside for orders.
    pub reserved: u32,
}

/// More is set aside than was counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BelowReserved {
    /// How many are set aside.
    pub reserved: u32,
}

impl Stock {
    /// Of this SKU there is nothing yet.
    pub fn none(sku: Sku) -> Self {
        Self { sku, available: 0, reserved: 0 }
    }

    /// The shelves were counted: so many are on hand.
    pub fn counted(&self, on_hand: u32) -> Result<Self, BelowReserved> {
        let available = on_hand.checked_sub(self.reserved).ok_or(BelowReserved { reserved: self.reserved })?;
        Ok(Self { available, ..self.clone() })
    }
}
