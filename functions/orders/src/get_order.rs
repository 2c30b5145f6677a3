//! A customer looks at an order.
//!
//! Called by a signed-in customer. Somebody else's order is not found. Shows the lines, the state and how the order
//! came to it, and what came back; strongly consistent reads, so a customer always sees the effect of the last command.

use crate::order::{Address, State, Step};
use crate::returning::Return;
use crate::store;
use kernel::{Money, OrderId, ReturnId, Sku, Timestamp};
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An order as its customer sees it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderView {
    /// Names it.
    pub id: OrderId,
    /// How far it is.
    pub state: State,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What was ordered.
    pub lines: Vec<LineView>,
    /// What the customer is to pay.
    pub total: Money,
    /// The tax in it.
    pub tax: Money,
    /// What of the total is for the delivery.
    pub delivery: Money,
    /// What came back.
    pub returns: Vec<ReturnView>,
    /// What money went back to the customer so far.
    pub refunded: Money,
    /// Until when it is to be paid, while it is reserved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pay_until: Option<Timestamp>,
    /// The carrier's number to follow it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Where it goes.
    pub address: Address,
    /// The steps since it was placed, oldest first.
    pub timeline: Vec<Step>,
}

/// So many of one SKU, at the price of the day.
#[derive(Debug, Serialize, JsonSchema)]
pub struct LineView {
    /// The SKU.
    pub sku: Sku,
    /// Its title then.
    pub title: String,
    /// How many.
    pub quantity: u32,
    /// Price of one, tax included.
    pub unit_price: Money,
    /// Tax in the line.
    pub tax: Money,
}

/// Goods that came back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReturnView {
    /// Names it.
    pub id: ReturnId,
    /// When it was taken.
    pub returned_at: Timestamp,
    /// What came back: each SKU once.
    pub lines: Vec<ReturnedLineView>,
    /// What the customer gets for it.
    pub refund: Money,
}

/// So many of one SKU.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ReturnedLineView {
    /// The SKU.
    pub sku: Sku,
    /// How many.
    pub quantity: u32,
}

/// `GET /v1/orders/{order}`
pub fn function() -> Function {
    http::get("/v1/orders/{order}", get_order)
}

/// Reads the order; of a large one its lines, of one that came back its returns.
pub async fn get_order(
    customer: Customer,
    Path(id): Path<OrderId>,
    orders: TableReader,
) -> Result<http::Ok<OrderView>, Failure<Infallible>> {
    let order = store::order_of(&orders, customer.account, id).await?;
    let (version, order) = (order.version, order.value);
    let (lines, returns) = platform::both(store::lines(&orders, &order), store::returns(&orders, &order)).await?;
    let lines = lines.into_iter().map(|line| LineView {
        sku: line.sku,
        title: line.title,
        quantity: line.quantity,
        unit_price: order.money(line.unit_minor),
        tax: order.money(line.tax_minor),
    });
    let view = OrderView {
        id,
        lines: lines.collect(),
        total: order.total(),
        tax: order.tax(),
        delivery: order.money(order.delivery_minor),
        returns: returns.into_iter().map(ReturnView::of).collect(),
        refunded: order.refunded(),
        pay_until: order.pay_until.filter(|_| order.state == State::Reserved),
        tracking: order.tracking,
        state: order.state,
        placed_at: order.placed_at,
        address: order.address,
        timeline: order.timeline,
    };
    Ok(http::Ok::at(version, view))
}

impl ReturnView {
    fn of(back: Return) -> Self {
        let lines = back.lines.into_iter().map(|line| ReturnedLineView { sku: line.sku, quantity: line.quantity });
        Self {
            id: back.id,
            returned_at: back.at,
            lines: lines.collect(),
            refund: back.refund,
        }
    }
}
