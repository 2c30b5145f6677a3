//! A customer puts something into the cart, changes how many, or takes it out.
//!
//! Called by a signed-in customer. Says how many of a SKU are in the cart then; 0 takes it out, so a repeated request is
//! harmless. Whether it is for sale is the cart's view and the order's business. Writes the cart; nobody is told.

use crate::cart::{Cart, Full, MAX_LINES};
use crate::store;
use derive::Refusal;
use kernel::{Count, Sku};
use platform::http::{self, Customer, IfMatch, Json, Path};
use platform::{Decision, Failure, Function, Stored, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many of the SKU are to be in the cart.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"quantity": 2}))]
pub struct ChangeCart {
    /// How many; 0 takes it out.
    pub quantity: Count<0, 100_000>,
}

/// What is in the cart now.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CartLines {
    /// Each SKU once, in the order it was put in.
    pub lines: Vec<LineInCart>,
}

/// So many of one SKU.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineInCart {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// Why the cart stays as it is.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The cart is full.
    #[problem(422, "cart-full", "A cart holds {most} different things. Take something out, or order what is in it.")]
    Full {
        /// How many it holds.
        most: usize,
    },
}

/// `PUT /v1/cart/lines/{sku}`
pub fn function() -> Function {
    http::put("/v1/cart/lines/{sku}", change_cart)
}

/// Decides on the cart as it is, and writes that if nobody was faster.
pub async fn change_cart(
    customer: Customer,
    Path(sku): Path<Sku>,
    seen: IfMatch,
    Json(request): Json<ChangeCart>,
    orders: Table,
) -> Result<http::Ok<CartLines>, Failure<Refused>> {
    let decide = |found: Option<&Stored<Cart>>| {
        let old = found.map_or_else(|| Cart::empty(customer.account), |found| found.value.clone());
        let new = old.with(&sku, request.quantity.get()).map_err(|Full| Refused::Full { most: MAX_LINES })?;
        if new == old {
            return Ok(Decision::Keep);
        }
        seen.check(found.map_or(0, |found| found.version))?;
        Ok(Decision::To(new, Vec::new()))
    };
    let cart = orders.change(&store::cart_key(customer.account), decide).await?;
    let version = cart.as_ref().map_or(0, |cart| cart.version);
    let lines = cart.into_iter().flat_map(|cart| cart.value.lines);
    let lines = lines.map(|line| LineInCart { sku: line.sku, quantity: line.quantity }).collect();
    Ok(http::Ok::at(version, CartLines { lines }))
}
