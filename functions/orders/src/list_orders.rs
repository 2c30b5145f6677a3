//! A customer looks at the orders so far.
//!
//! Called by a signed-in customer; the newest first, in pages. A list may be a moment behind; an order itself never is.

use crate::order::State;
use crate::store;
use kernel::{Money, OrderId, Page, Timestamp};
use platform::http::{self, Customer, Paging, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// An order in the list.
#[derive(Debug, Serialize, JsonSchema)]
pub struct OrderSummary {
    /// Names it.
    pub id: OrderId,
    /// How far it is.
    pub state: State,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// What the customer is to pay.
    pub total: Money,
}

/// `GET /v1/orders`
pub fn function() -> Function {
    http::get("/v1/orders", list_orders)
}

/// Reads one page of the customer's orders.
pub async fn list_orders(
    customer: Customer,
    Query(query): Query<Paging>,
    orders: TableReader,
) -> Result<http::Ok<Page<OrderSummary>>, Failure<Infallible>> {
    let limit = query.limit();
    let page = store::orders_of(&orders, customer.account, limit, query.cursor.as_ref()).await?;
    let body = page.map(|order| {
        let order = order.value;
        OrderSummary {
            id: order.id,
            state: order.state,
            placed_at: order.placed_at,
            total: order.total(),
        }
    });
    Ok(http::Ok { version: None, body })
}
