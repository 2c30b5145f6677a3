//! Money on its way back to a customer. Pure.
//!
//! A refund's id is derived from its cause, so that one cause is one refund however often it is told. It is stored
//! before the provider is asked; a failed one never counts as given back, and is for people to look at.

use crate::provider::RefundRef;
use kernel::id::Id;
use kernel::{Digest, Money, PaymentId, RefundId, ReturnId, Timestamp};
use serde::{Deserialize, Serialize};

/// Money on its way back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Refund {
    /// Names it, to the provider too.
    pub id: RefundId,
    /// How much.
    pub amount: Money,
    /// Why.
    pub cause: Cause,
    /// How far it is.
    pub state: RefundState,
}

/// Why money is given back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The customer returned goods.
    Return(ReturnId),
    /// The order was cancelled after it was paid.
    Cancelled,
    /// The money came when none was wanted any more.
    Late,
    /// The amount or the currency was not what was asked for.
    Differing,
    /// Somebody refunded it at the provider itself.
    AtProvider,
}

/// How far a refund is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefundState {
    /// The provider is being asked; it may know of it or not.
    Asked {
        /// Since when.
        since: Timestamp,
        /// How often it turned out that the provider did not know of it.
        tries: u32,
    },
    /// The provider works on it.
    Pending {
        /// Its name there.
        at: RefundRef,
        /// Since when.
        since: Timestamp,
    },
    /// It is done.
    Done,
    /// It failed: the money is still with us.
    Failed {
        /// The provider's word for why, or ours.
        reason: String,
    },
}

impl Refund {
    /// A refund that the provider is to be asked for.
    pub fn asked(id: RefundId, amount: Money, cause: Cause, now: Timestamp) -> Self {
        Self {
            id,
            amount,
            cause,
            state: RefundState::Asked { since: now, tries: 0 },
        }
    }

    /// Whether it lessens what is kept.
    pub fn counts(&self) -> bool {
        !matches!(self.state, RefundState::Failed { .. })
    }

    /// Whether it gives back what nobody wanted, or not like that.
    pub fn is_stray(&self) -> bool {
        matches!(self.cause, Cause::Late | Cause::Differing)
    }

    /// The return it is for, if it is for one.
    pub fn return_id(&self) -> Option<ReturnId> {
        match self.cause {
            Cause::Return(id) => Some(id),
            Cause::Cancelled | Cause::Late | Cause::Differing | Cause::AtProvider => None,
        }
    }
}

impl RefundState {
    /// News may only lead on: asked, pending, done, failed. Even one that was done may fail later.
    pub fn rank(&self) -> u8 {
        match self {
            RefundState::Asked { .. } => 0,
            RefundState::Pending { .. } => 1,
            RefundState::Done => 2,
            RefundState::Failed { .. } => 3,
        }
    }
}

/// The refund for a return.
pub fn for_return(return_id: ReturnId) -> RefundId {
    RefundId::from_digest(&Digest::of(["return", &return_id.to_string()]))
}

/// The refund of what is left of a payment whose order was cancelled.
pub fn for_cancellation(payment: PaymentId) -> RefundId {
    RefundId::from_digest(&Digest::of(["cancelled", &payment.to_string()]))
}

/// The refund of a payment that nobody wanted, or not like that.
pub fn for_stray(payment: PaymentId) -> RefundId {
    RefundId::from_digest(&Digest::of(["stray", &payment.to_string()]))
}

/// Our name of a refund that somebody made at the provider.
pub fn of_provider(at: &RefundRef) -> RefundId {
    RefundId::from_digest(&Digest::of(["provider", at.as_str()]))
}
