//! Staff create or change a product.
//!
//! Called by a manager with the whole product; `If-Match` guards against overwriting a colleague's change. Writes the
//! product and announces `catalog.product-changed.v1`, from which other contexts keep their prices. Setting what is
//! already so changes nothing and announces nothing, so a repeated request is harmless.

use crate::product::{Product, ProductEvent};
use crate::store;
use kernel::{Count, Currency, Money, Sku, TaxRate, Text};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// A product as it is to be sold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = SetProduct::example())]
pub struct SetProduct {
    /// Its title.
    pub title: Text<1, 200>,
    /// Price of one, tax included.
    pub price: Price,
    /// The rate of the tax in it, in basis points (2000 = 20 %).
    pub tax_rate: TaxRate,
    /// Whether customers may order it.
    pub published: bool,
}

/// What one costs: up to 10 million in the currency's minor unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// In minor units.
    pub amount_minor: Count<0, 10_000_000>,
    /// The currency.
    pub currency: Currency,
}

/// A product as it is sold now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProductView {
    /// The code.
    pub sku: Sku,
    /// Its title.
    pub title: Text<1, 200>,
    /// Price of one, tax included.
    pub price: Money,
    /// The rate of the tax in it, in basis points.
    pub tax_rate: TaxRate,
    /// Whether customers may order it.
    pub published: bool,
}

/// `PUT /v1/products/{sku}`
pub fn function() -> Function {
    http::put("/v1/products/{sku}", set_product)
}

/// Writes the product if it differs from what is there.
pub async fn set_product(
    _: Staff<Manager>,
    Path(sku): Path<Sku>,
    seen: IfMatch,
    Json(request): Json<SetProduct>,
    catalog: Table,
) -> Result<http::Ok<ProductView>, Failure<Infallible>> {
    let product = Product {
        sku: sku.clone(),
        title: request.title,
        price: Money::new(request.price.amount_minor.get().into(), request.price.currency),
        tax_rate: request.tax_rate,
        published: request.published,
    };
    let decide = |found: Option<&Stored<Product>>| {
        if found.is_some_and(|found| found.value == product) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(product.clone(), vec![ProductEvent::Changed]))
    };
    let product = catalog.change(&store::product_key(&sku), decide).await?.ok_or_else(http::not_found)?;
    let Stored {
        version,
        value: Product { sku, title, price, tax_rate, published },
        ..
    } = product;
    Ok(http::Ok::at(version, ProductView { sku, title, price, tax_rate, published }))
}

impl SetProduct {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "title": "WHITE HANGING HEART T-LIGHT HOLDER",
            "price": {"amount_minor": 255, "currency": "GBP"},
            "tax_rate": 2000,
            "published": true,
        })
    }
}
