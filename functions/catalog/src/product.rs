//! A product: what is sold under a SKU, at which price.

use kernel::{Money, Sku, TaxRate, Text};
use serde::{Deserialize, Serialize};

/// A product.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Product {
    /// The code it is sold under.
    pub sku: Sku,
    /// Its title.
    pub title: Text<1, 200>,
    /// Price of one, tax included.
    pub price: Money,
    /// The rate of the tax in it.
    pub tax_rate: TaxRate,
    /// Whether customers may order it.
    pub published: bool,
}

/// What a product announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProductEvent {
    /// It was created or changed.
    Changed,
}
