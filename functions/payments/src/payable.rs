//! An order that may be paid: this context's replica of what the orders context announced. Pure.

use kernel::{AccountId, Money, OrderId, Timestamp};
use serde::{Deserialize, Serialize};

/// An order whose goods are set aside for a customer who is to pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payable {
    /// The order.
    pub order: OrderId,
    /// Whose it is.
    pub customer: AccountId,
    /// What is to be paid.
    pub total: Money,
    /// Until when.
    pub pay_until: Timestamp,
}
