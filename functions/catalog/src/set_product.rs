//! Staff create or change a product.
//!
//! Called by a manager with the whole product; `If-Match` guards against overwriting a colleague's change. Writes the
//! product, which enters or leaves the lists of what is on sale with that, and announces
//! `catalog.product-changed.v1`, from which other contexts keep their prices. Setting what is already so changes
//! nothing and announces nothing, so a repeated request is harmless.

use crate::product::{Details, Product, ProductEvent, TaxRates};
use crate::store;
use derive::Refusal;
use kernel::{Sku, TaxRate};
use platform::http::caller::Manager;
use platform::http::{self, IfMatch, Json, Path, Staff};
use platform::{Decision, Failure, Function, Setting, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A product as it is to be.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(example = SetProduct::example())]
pub struct SetProduct(pub Details);

/// A product as it is set now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ProductView {
    /// The code.
    pub sku: Sku,
    /// The product.
    #[serde(flatten)]
    pub details: Details,
    /// The rate of the tax in its prices, in basis points (2000 = 20 %).
    pub tax_rate: TaxRate,
}

/// Why a product is not set.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The code is a word of this API.
    #[problem(422, "code-taken", "A product cannot have this code: /v1/products/{sku} means something else.")]
    CodeTaken {
        /// The code.
        sku: Sku,
    },
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
    Json(SetProduct(details)): Json<SetProduct>,
    Setting(rates): Setting<TaxRates>,
    catalog: Table,
) -> Result<http::Ok<ProductView>, Failure<Refused>> {
    if is_taken(&sku) {
        return Err(Refused::CodeTaken { sku }.into());
    }
    let Stored { version, value: product, .. } = put(&catalog, &Product::of(sku, details, &rates), seen).await?;
    let Product { sku, details, tax_rate, .. } = product;
    Ok(http::Ok::at(version, ProductView { sku, details, tax_rate }))
}

/// Whether `/v1/products/<sku>` is another function's path.
pub(crate) fn is_taken(sku: &Sku) -> bool {
    matches!(sku.as_str(), "export" | "import")
}

/// Writes a product if it differs from what is there and that is what the caller saw.
pub(crate) async fn put<R>(catalog: &Table, product: &Product, seen: IfMatch) -> Result<Stored<Product>, Failure<R>> {
    let decide = |found: Option<&Stored<Product>>| {
        if found.is_some_and(|found| found.value == *product) {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(product.clone(), vec![ProductEvent::Changed]))
    };
    catalog.change(&store::product_key(&product.sku), decide).await?.ok_or_else(http::not_found)
}

impl SetProduct {
    fn example() -> serde_json::Value {
        serde_json::json!({
            "title": "WHITE HANGING HEART T-LIGHT HOLDER",
            "description": "Holds one tea light. Hang it in a window.",
            "product": "85123",
            "category": "candles",
            "attributes": {"colour": "white"},
            "media": ["https://cdn.example.com/85123A.jpg"],
            "prices": [{"amount_minor": 255, "currency": "GBP"}, {"amount_minor": 299, "currency": "EUR"}],
            "tax_class": "standard",
            "published": true,
        })
    }
}
