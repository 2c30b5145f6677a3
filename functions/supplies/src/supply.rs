//! Supplies: what workers use up in jobs, how much of each there is, and when more is to be bought. Pure.

use contracts::supplies::SupplyLine;
use kernel::{Sku, Text};
use serde::{Deserialize, Serialize};

/// What something is called.
pub type Name = Text<1, 100>;

/// The list of all supplies.
pub const LIST: &str = "supplies";

/// One thing that workers use up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Supply {
    /// The code.
    pub sku: Sku,
    /// What staff call it.
    pub name: Name,
    /// How many there are. Issuing takes from it, receiving adds to it; it never falls below zero.
    pub on_hand: u32,
    /// Below how many more is bought.
    pub reorder_point: u32,
    /// How many are bought at a time, at least 1.
    pub order_quantity: u32,
    /// How often it was bought so far: names the last purchase.
    pub purchases: u32,
    /// Always [`LIST`].
    pub list: String,
    /// Where in the list: by code.
    pub place: String,
}

/// What staff say about something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// What it is called.
    pub name: Name,
    /// How many were counted, if it was counted.
    pub on_hand: Option<u32>,
    /// Below how many more is bought.
    pub reorder_point: u32,
    /// How many are bought at a time.
    pub order_quantity: u32,
}

impl Supply {
    /// Something new, of which there is nothing yet.
    pub fn new(sku: Sku, wish: Wish) -> Self {
        Self {
            name: wish.name,
            on_hand: wish.on_hand.unwrap_or(0),
            reorder_point: wish.reorder_point,
            order_quantity: wish.order_quantity,
            purchases: 0,
            list: LIST.to_owned(),
            place: sku.to_string(),
            sku,
        }
    }

    /// As it is to be from now on.
    pub fn set(&self, wish: Wish) -> Self {
        Self {
            name: wish.name,
            on_hand: wish.on_hand.unwrap_or(self.on_hand),
            reorder_point: wish.reorder_point,
            order_quantity: wish.order_quantity,
            ..self.clone()
        }
    }

    /// How many are to be bought: as many lots as bring it back to its reorder point. `None`: there are enough.
    pub fn to_buy(&self) -> Option<u32> {
        let missing = self.reorder_point.checked_sub(self.on_hand).filter(|missing| *missing > 0)?;
        let lot = self.order_quantity.max(1);
        Some(missing.div_ceil(lot).saturating_mul(lot))
    }
}

/// The first thing that stands in `lines` more than once.
pub fn twice(lines: &[SupplyLine]) -> Option<&Sku> {
    (1..lines.len()).find_map(|n| {
        let (before, from) = lines.split_at(n);
        let line = from.first()?;
        before.iter().any(|earlier| earlier.sku == line.sku).then_some(&line.sku)
    })
}
