//! Why an order is not paid, as its customer is told. Pure.

use crate::payment::NotStartable;
use crate::started::Nothing;
use derive::Refusal;
use platform::Failure;

/// Why a payment is not started, or came to nothing.
#[derive(Debug, Refusal)]
pub enum Refused {
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
    /// The saved method is unknown.
    #[problem(422, "payment-method-unknown", "List the saved methods and name one of them.")]
    MethodUnknown,
    /// A saved method cannot be saved again.
    #[problem(422, "payment-method-saved", "Either name a saved method, or ask for a new one to be saved.")]
    SavedAlready,
    /// The provider does not take such a payment.
    #[problem(422, "amount-not-payable", "The payment provider does not take this amount or currency ({reason}).")]
    NotTaken {
        /// The provider's word for why.
        reason: String,
    },
    /// The bank declined the payment.
    #[problem(402, "payment-declined", "The bank says {reason}. Pay in another way, with a new key.")]
    Declined {
        /// The provider's word for why.
        reason: String,
    },
}

impl From<Nothing> for Failure<Refused> {
    fn from(nothing: Nothing) -> Self {
        Failure::Refused(match nothing {
            Nothing::Ended => Refused::PaymentEnded,
            Nothing::NotTaken { reason } => Refused::NotTaken { reason },
            Nothing::Declined { reason } => Refused::Declined { reason },
            Nothing::Yet(error) => return Failure::Failed(error),
        })
    }
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
