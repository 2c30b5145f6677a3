//! A customer wants the receipt of an order.
//!
//! Called by the order's customer once it is paid. Shows each line with its tax, the delivery, the total and the tax in
//! it, what was paid and what went back. It says the same each time, but for money that goes back later.

use crate::order::{Address, State};
use crate::store;
use derive::Refusal;
use kernel::{Money, OrderId, Sku, Timestamp};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;

/// The receipt of a paid order.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Receipt {
    /// The order, which is also the receipt's number.
    pub order: OrderId,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// Who receives it.
    pub address: Address,
    /// What was bought.
    pub lines: Vec<ReceiptLine>,
    /// The delivery, tax included.
    pub delivery: Money,
    /// What was paid, tax included.
    pub total: Money,
    /// The tax in it.
    pub tax: Money,
    /// What went back since.
    pub refunded: Money,
}

/// So many of one SKU.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReceiptLine {
    /// The SKU.
    pub sku: Sku,
    /// Its title.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, tax included.
    pub unit_price: Money,
    /// Price of all of them, tax included.
    pub price: Money,
    /// The tax in it.
    pub tax: Money,
}

/// Why there is no receipt.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The order was not paid.
    #[problem(409, "not-paid", "There is a receipt for an order once it is paid.")]
    NotPaid {
        /// The state it is in.
        state: State,
    },
}

/// `GET /v1/orders/{order}/receipt`
pub fn function() -> Function {
    http::get("/v1/orders/{order}/receipt", get_receipt)
}

/// Reads the order and, of a large one, its lines.
pub async fn get_receipt(
    customer: Customer,
    Path(id): Path<OrderId>,
    orders: TableReader,
) -> Result<http::Ok<Receipt>, Failure<Refused>> {
    let stored = store::order_of(&orders, customer.account, id).await?;
    let order = &stored.value;
    let paid_at = order.came_to(State::Paid).ok_or(Refused::NotPaid { state: order.state })?;
    let lines = store::lines(&orders, order).await?.into_iter().map(|line| ReceiptLine {
        sku: line.sku,
        title: line.title,
        quantity: line.quantity,
        unit_price: order.money(line.unit_minor),
        price: order.money(line.unit_minor.saturating_mul(line.quantity.into())),
        tax: order.money(line.tax_minor),
    });
    let receipt = Receipt {
        order: id,
        paid_at,
        address: order.address.clone(),
        lines: lines.collect(),
        delivery: order.money(order.delivery_minor),
        total: order.total(),
        tax: order.tax(),
        refunded: order.refunded(),
    };
    Ok(http::Ok::at(stored.version, receipt))
}
