//! Returns: what of an order may still come back, and what the customer gets for it. Pure.

use crate::order::{Line, Order, State};
use kernel::{AccountId, Money, OrderId, ReturnId, Sku, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// An order comes back in so many returns at most, and one more that takes the rest.
pub const MAX_RETURNS: usize = 50;

/// A return. Written once.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Return {
    /// Names it.
    pub id: ReturnId,
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What comes back: each SKU once.
    pub lines: Vec<ReturnedLine>,
    /// What the customer gets for it.
    pub refund: Money,
    /// When.
    pub at: Timestamp,
    /// Why, in the customer's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Fingerprint of the request.
    pub request: String,
}

/// So many of one SKU.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReturnedLine {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    #[serde(rename = "qty")]
    pub quantity: u32,
}

/// What a return announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReturnEvent {
    /// Goods come back.
    Returned,
}

/// Why something does not come back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum NotReturnable {
    /// Only what was delivered comes back.
    State(State),
    /// The time for it is over.
    TooLate(Timestamp),
    /// The order has not so many of these left.
    NotSoMany(Vec<Sku>),
    /// It came back in too many parts: only the rest as a whole does.
    TooManyReturns,
}

/// What comes back, and whether that is the rest of the order.
#[derive(Clone, PartialEq, Debug)]
pub struct Taken {
    /// What comes back: each SKU once, by SKU.
    pub lines: Vec<ReturnedLine>,
    /// What the customer gets for it: its price, and the delivery fee with the last of it.
    pub refund: Money,
    /// Whether nothing is left then.
    pub everything: bool,
}

/// Takes `wanted` back (`None`: whatever is left) of an order with these lines, of which `before` came back already.
pub fn take_back(
    order: &Order,
    lines: &[Line],
    before: &[Return],
    wanted: Option<&[ReturnedLine]>,
    patience: Duration,
    now: Timestamp,
) -> Result<Taken, NotReturnable> {
    let delivered = order.came_to(State::Delivered).filter(|_| order.state == State::Delivered);
    let until = delivered.ok_or(NotReturnable::State(order.state))?.after(patience);
    if now > until {
        return Err(NotReturnable::TooLate(until));
    }
    let mut left = left(lines, before);
    if left.values().all(|left| left.quantity == 0) {
        return Err(NotReturnable::State(State::Returned));
    }
    let wanted: BTreeMap<&Sku, u64> = match wanted {
        None => left.iter().map(|(sku, left)| (*sku, left.quantity)).filter(|(_, quantity)| *quantity > 0).collect(),
        Some(wanted) => wanted.iter().fold(BTreeMap::new(), |mut merged, line| {
            *merged.entry(&line.sku).or_default() += u64::from(line.quantity);
            merged
        }),
    };
    let too_many = wanted
        .iter()
        .filter(|(sku, quantity)| left.get(**sku).is_none_or(|left| left.quantity < **quantity));
    let too_many: Vec<Sku> = too_many.map(|(sku, _)| (*sku).clone()).collect();
    if !too_many.is_empty() {
        return Err(NotReturnable::NotSoMany(too_many));
    }
    let (mut taken, mut refund) = (Vec::with_capacity(wanted.len()), 0);
    for (sku, quantity) in wanted {
        if let Some(left) = left.get_mut(sku) {
            refund += left.take(quantity);
        }
        let quantity = u32::try_from(quantity).unwrap_or(u32::MAX);
        taken.push(ReturnedLine { sku: sku.clone(), quantity });
    }
    let everything = left.values().all(|left| left.quantity == 0);
    if !everything && before.len() >= MAX_RETURNS {
        return Err(NotReturnable::TooManyReturns);
    }
    if everything {
        refund += order.delivery_minor;
    }
    Ok(Taken { lines: taken, refund: order.money(refund), everything })
}

/// What is left of a SKU: how many, and at which prices, the cheapest last.
struct Left {
    quantity: u64,
    prices: Vec<(i64, u64)>,
}

impl Left {
    /// Takes so many, the dearest first; their price.
    fn take(&mut self, quantity: u64) -> i64 {
        let (mut wanted, mut price) = (quantity.min(self.quantity), 0);
        self.quantity -= wanted;
        for (unit, left) in &mut self.prices {
            let taken = wanted.min(*left);
            *left -= taken;
            wanted -= taken;
            price += *unit * i64::try_from(taken).unwrap_or(0);
        }
        price
    }
}

fn left<'l>(lines: &'l [Line], before: &'l [Return]) -> BTreeMap<&'l Sku, Left> {
    let mut all: BTreeMap<&Sku, Left> = BTreeMap::new();
    for line in lines {
        let left = all.entry(&line.sku).or_insert_with(|| Left { quantity: 0, prices: Vec::new() });
        left.quantity += u64::from(line.quantity);
        left.prices.push((line.unit_minor, u64::from(line.quantity)));
    }
    for left in all.values_mut() {
        left.prices.sort_unstable_by_key(|(unit, _)| std::cmp::Reverse(*unit));
    }
    for line in before.iter().flat_map(|earlier| &earlier.lines) {
        if let Some(left) = all.get_mut(&line.sku) {
            left.take(line.quantity.into());
        }
    }
    all
}
