//! What is refused whatever is paid.

/// Declares why a payment is not started: `refusals!` { what may be said of this purpose only }, with what may be said of
/// every one.
macro_rules! refusals {
    ($($(#[$meta:meta])* $variant:ident,)*) => {
        /// Why a payment is not started, or came to nothing.
        #[derive(Debug, derive::Refusal)]
        pub enum Refused {
            $($(#[$meta])* $variant,)*
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

        impl From<crate::started::Nothing> for platform::Failure<Refused> {
            fn from(nothing: crate::started::Nothing) -> Self {
                use crate::started::Nothing;
                platform::Failure::Refused(match nothing {
                    Nothing::Ended => Refused::PaymentEnded,
                    Nothing::NotTaken { reason } => Refused::NotTaken { reason },
                    Nothing::Declined { reason } => Refused::Declined { reason },
                    Nothing::Yet(error) => return platform::Failure::Failed(error),
                })
            }
        }
    };
}

pub(crate) use refusals;
