//! Prices an order from the context's own replica of the catalog. Pure.

use crate::delivery::Tariffs;
use crate::order::{Basket, Line};
use kernel::{Currency, Money, Sku, TaxRate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A product as it is sold now: the replica of the catalog's snapshot.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Price {
    /// The code.
    pub sku: Sku,
    /// Its title.
    pub title: String,
    /// Price of one, tax included: one for each currency it is sold in.
    pub prices: Vec<Money>,
    /// The rate of the tax in it.
    pub tax_rate: TaxRate,
    /// Whether it may be ordered.
    pub published: bool,
}

/// Why a basket has no price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unpriced {
    /// These are unknown, not published, or not sold in the currency.
    NotForSale(Vec<Sku>),
    /// The total does not fit.
    TooLarge,
}

/// Prices `wanted` (SKU and quantity) and its delivery in `currency`. Tax is computed a line, on the line's total. What
/// holds nothing costs nothing.
pub fn price(
    wanted: &[(Sku, u32)],
    prices: Vec<Price>,
    currency: Currency,
    delivery: &Tariffs,
) -> Result<Basket, Unpriced> {
    let in_currency = |price: &Price| price.prices.iter().find(|money| money.currency == currency).copied();
    let prices: BTreeMap<Sku, (Money, Price)> = prices
        .into_iter()
        .filter(|price| price.published)
        .filter_map(|price| Some((price.sku.clone(), (in_currency(&price)?, price))))
        .collect();
    let mut missing: Vec<Sku> =
        wanted.iter().map(|(sku, _)| sku).filter(|sku| !prices.contains_key(sku)).cloned().collect();
    if !missing.is_empty() {
        missing.sort();
        missing.dedup();
        return Err(Unpriced::NotForSale(missing));
    }
    let nothing = Money::new(0, currency);
    let (mut lines, mut total, mut tax) = (Vec::with_capacity(wanted.len()), nothing, nothing);
    for ((unit, price), quantity) in wanted.iter().filter_map(|(sku, quantity)| Some((prices.get(sku)?, *quantity))) {
        let line_total = unit.checked_mul(quantity.into()).map_err(|_| Unpriced::TooLarge)?;
        let line_tax = price.tax_rate.included_in(line_total);
        total = total.checked_add(line_total).map_err(|_| Unpriced::TooLarge)?;
        tax = tax.checked_add(line_tax).map_err(|_| Unpriced::TooLarge)?;
        lines.push(Line {
            sku: price.sku.clone(),
            title: price.title.clone(),
            quantity,
            unit_minor: unit.amount_minor,
            tax_minor: line_tax.amount_minor,
        });
    }
    let (fee, fee_tax) = if lines.is_empty() { (nothing, nothing) } else { delivery.fee(total) };
    total = total.checked_add(fee).map_err(|_| Unpriced::TooLarge)?;
    tax = tax.checked_add(fee_tax).map_err(|_| Unpriced::TooLarge)?;
    Ok(Basket { lines, total, tax, delivery: fee })
}
