//! Another context asks whether an order may be paid, because a customer wants to pay one of which it has not heard.
//!
//! Called by functions that declare the question, never over HTTP. `orders.order-reserved.v1` says the same, and mostly
//! comes first; this answers for an order that was reserved a moment ago, and for one that nobody placed.

use crate::order::{Order, State};
use crate::store;
use contracts::orders::{Offer, PayableOrder, ReadPayable};
use platform::{Asked, Error, Function, TableReader, direct};

/// Answers [`ReadPayable`]
pub fn function() -> Function {
    direct::answer(read_payable)
}

/// Reads the order's state.
pub async fn read_payable(
    Asked(question): Asked<ReadPayable>,
    orders: TableReader,
) -> Result<Option<PayableOrder>, Error> {
    let order = orders.get::<Order>(&store::order_key(question.order)).await?;
    Ok(order.map(|order| {
        let order = order.value;
        let offer = match (order.state, order.pay_until) {
            (State::Placed, _) => Offer::NotYet,
            (State::Reserved, Some(pay_until)) => Offer::Open { total: order.total(), pay_until },
            _ => Offer::Over,
        };
        PayableOrder { customer: order.customer, offer }
    }))
}
