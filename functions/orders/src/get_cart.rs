//! A customer looks at the cart: what is in it, and what it would cost now.
//!
//! Called by a signed-in customer. Prices come from this context's replica of the catalog; what is not for sale in the
//! currency is named and left out of the total. `total` is what `place-order` expects.

use crate::cart::Cart;
use crate::delivery::DeliveryFees;
use crate::pricing::{self, Unpriced};
use crate::store;
use derive::Refusal;
use kernel::{Currency, Money, Sku};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, Setting, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// In which currency.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetCart {
    /// ISO 4217; GBP if it is not given.
    #[serde(default)]
    pub currency: Option<Currency>,
}

/// What is in the cart.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CartView {
    /// What can be ordered, in the order it was put in.
    pub lines: Vec<PricedLine>,
    /// What cannot be ordered in this currency now.
    pub not_for_sale: Vec<Sku>,
    /// What the lines and their delivery cost, tax included.
    pub total: Money,
    /// The tax in it.
    pub tax: Money,
    /// What of it is for the delivery.
    pub delivery: Money,
}

/// So many of one SKU, at the price of now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct PricedLine {
    /// The SKU.
    pub sku: Sku,
    /// Its title.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, tax included.
    pub unit_price: Money,
}

/// Why a cart has no price.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The total is too large.
    #[problem(422, "total-too-large", "Take something out of the cart.")]
    TotalTooLarge,
}

/// `GET /v1/cart`
pub fn function() -> Function {
    http::get("/v1/cart", get_cart)
}

/// Reads the cart and prices what is for sale.
pub async fn get_cart(
    customer: Customer,
    Query(query): Query<GetCart>,
    Setting(delivery): Setting<DeliveryFees>,
    orders: TableReader,
) -> Result<http::Ok<CartView>, Failure<Refused>> {
    let currency = query.currency.unwrap_or(Currency::GBP);
    let cart = orders.get::<Cart>(&store::cart_key(customer.account)).await?;
    let version = cart.as_ref().map_or(0, |cart| cart.version);
    let lines = cart.map(|cart| cart.value.lines).unwrap_or_default();
    let prices = store::prices(&orders, lines.iter().map(|line| &line.sku)).await?;
    let mut wanted: Vec<_> = lines.into_iter().map(|line| (line.sku, line.quantity)).collect();
    let mut not_for_sale = Vec::new();
    let basket = match pricing::price(&wanted, prices.clone(), currency, &delivery) {
        Err(Unpriced::NotForSale(skus)) => {
            wanted.retain(|(sku, _)| !skus.contains(sku));
            not_for_sale = skus;
            pricing::price(&wanted, prices, currency, &delivery)
        }
        priced => priced,
    };
    let basket = basket.map_err(|_| Refused::TotalTooLarge)?;
    let lines = basket.lines.into_iter().map(|line| PricedLine {
        sku: line.sku,
        title: line.title,
        quantity: line.quantity,
        unit_price: Money::new(line.unit_minor, currency),
    });
    let (total, tax, delivery) = (basket.total, basket.tax, basket.delivery);
    Ok(http::Ok::at(version, CartView { lines: lines.collect(), not_for_sale, total, tax, delivery }))
}
