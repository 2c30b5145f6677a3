//! Why an order is not paid, as its customer is told. Pure.

use crate::payment::NotStartable;
use crate::refusals::refusals;
use platform::Failure;

refusals! {
    /// The order is paid.
    #[problem(409, "already-paid", "There is nothing to pay.")]
    AlreadyPaid,
    /// The order cannot be paid yet.
    #[problem(409, "not-payable-yet", "Its goods are being set aside. Pay it once the order is reserved.")]
    NotPayableYet,
    /// The order cannot be paid any more.
    #[problem(409, "not-payable", "The time to pay is over, or the order was cancelled. Place another order.")]
    NotPayable,
    /// There were too many attempts to pay the order.
    #[problem(409, "too-many-attempts", "Place another order, or ask the support.")]
    TooManyAttempts,
    /// The payment has ended.
    #[problem(409, "payment-ended", "Another one took its place, or its order has ended. Start one with a new key.")]
    PaymentEnded,
}

impl From<NotStartable> for Failure<Refused> {
    fn from(reason: NotStartable) -> Self {
        Failure::Refused(match reason {
            NotStartable::Paid => Refused::AlreadyPaid,
            NotStartable::Closed => Refused::NotPayable,
            NotStartable::TooMany => Refused::TooManyAttempts,
        })
    }
}
