//! Anybody looks at a product.
//!
//! Needs no sign-in. A draft is not found. Shows the product, its variants, and whether there is enough of it: in stock,
//! low or none, since the exact number is the shop's business. Product and stock are read strongly consistent; the list
//! of variants follows their changes within a moment. The `ETag` is what staff send as `If-Match` with a change.

use crate::fields::{Attributes, Prices};
use crate::product::Details;
use crate::product::Product;
use crate::stock::{Availability, Locations, LowStock};
use crate::store;
use kernel::{Sku, TaxRate, Text};
use platform::http::{self, Anyone, Path};
use platform::{Failure, Function, Setting, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// How many variants are shown.
const VARIANTS: u32 = 100;

/// A product as everybody sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PublicProduct {
    /// The code.
    pub sku: Sku,
    /// The product.
    #[serde(flatten)]
    pub details: Details,
    /// The rate of the tax in its prices, in basis points (2000 = 20 %).
    pub tax_rate: TaxRate,
    /// Whether there is enough of it.
    pub availability: Availability,
    /// Its other variants that are on sale, by SKU; at most 100.
    pub variants: Vec<Variant>,
}

/// Another size or colour of the same product.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Variant {
    /// Its code.
    pub sku: Sku,
    /// Its title.
    pub title: Text<1, 200>,
    /// What distinguishes it.
    pub attributes: Attributes,
    /// What one costs, tax included.
    pub prices: Prices,
}

/// `GET /v1/products/{sku}`
pub fn function() -> Function {
    http::get("/v1/products/{sku}", get_product)
}

/// Reads the product, its stock at all locations, and its variants.
pub async fn get_product(
    _: Anyone,
    Path(sku): Path<Sku>,
    Setting(locations): Setting<Locations>,
    Setting(low): Setting<LowStock>,
    catalog: TableReader,
) -> Result<http::Ok<PublicProduct>, Failure<Infallible>> {
    let key = store::product_key(&sku);
    let (found, stock) = platform::both(catalog.get::<Product>(&key), store::stock_of(&catalog, &sku)).await?;
    let found = found.filter(|found| found.value.details.published).ok_or_else(http::not_found)?;
    let (version, Product { details, tax_rate, .. }) = (found.version, found.value);
    let variants = match &details.product {
        Some(product) => store::variants(&catalog, product, VARIANTS).await?,
        None => Vec::new(),
    };
    let others = variants.into_iter().map(|variant| variant.value);
    let others = others.filter(|other| other.sku != sku && other.details.published);
    let product = PublicProduct {
        availability: Availability::of(&stock, &locations, low),
        variants: others.map(variant).collect(),
        sku,
        details,
        tax_rate,
    };
    Ok(http::Ok::at(version, product))
}

fn variant(Product { sku, details, .. }: Product) -> Variant {
    let Details { title, attributes, prices, .. } = details;
    Variant { sku, title, attributes, prices }
}
