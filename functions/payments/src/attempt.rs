//! One attempt to pay something: one intent at the provider, from the wish to the money. Pure.
//!
//! ```text
//!   planned ──▶ opening ──▶ open ──────────▶ captured ──▶ refunds
//!      │           │    └─▶ charging ──┘        ▲
//!      │           │          │ cancelled, lost │ late
//!      └───────────┴──────────┴──▶ ended ───────┘
//! ```
//!
//! Whatever may have reached the provider is stored before it is sent: an attempt that is *opening* or *charging* may
//! or may not be known there. Nothing can be captured before *open* is stored, because the client secret is told to
//! nobody, and no method is charged, until then.

use crate::payment::{UNANSWERED, Wish};
use crate::provider::{IntentRef, MethodRef, PayerRef};
use crate::refund::Refund;
use kernel::{Money, PaymentId, PaymentMethodId, Timestamp};
use serde::{Deserialize, Serialize};

/// An attempt to pay.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Names it, to the provider too.
    pub id: PaymentId,
    /// Fingerprint of the request that started it.
    pub request: String,
    /// What is to be paid.
    pub amount: Money,
    /// How it is to be paid.
    pub way: Way,
    /// Until when it may be paid.
    pub pay_until: Timestamp,
    /// It is to be ended, unless the money came first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unwanted: bool,
    /// How far it is.
    pub progress: Progress,
    /// The charge of the saved method came to nothing yet: the bank wants to see the customer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub action_required: bool,
    /// The provider's word for why a charge was declined, the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<String>,
    /// What the customer disputes at the bank.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disputes: Vec<Dispute>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// How an attempt is to be paid.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// The customer enters a card in the provider's form.
    Form {
        /// Whom the method is saved for, if it is to be saved.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        save_for: Option<PayerRef>,
    },
    /// A saved method is charged.
    Saved {
        /// Ours.
        id: PaymentMethodId,
        /// The same at the provider.
        method: MethodRef,
        /// Whose it is there.
        payer: PayerRef,
    },
}

/// How far an attempt is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// An earlier attempt is to be ended first. Nothing was sent.
    Planned,
    /// The intent is being created; the provider may know it or not.
    Opening {
        /// Since when.
        since: Timestamp,
    },
    /// The customer can pay.
    Open {
        /// The intent.
        intent: IntentRef,
    },
    /// The saved method is being charged; the provider may have done it or not.
    Charging {
        /// The intent.
        intent: IntentRef,
        /// Since when.
        since: Timestamp,
    },
    /// The money came.
    Captured {
        /// The intent.
        intent: IntentRef,
        /// How much, as the provider says.
        amount: Money,
        /// What was given back of it, or is to be.
        refunds: Vec<Refund>,
    },
    /// No money came, and none will.
    Ended {
        /// Why.
        why: Ending,
    },
}

/// Why an attempt ended without money.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Its intent was cancelled at the provider.
    Cancelled,
    /// The provider does not know it.
    Lost,
    /// It was not needed any more before anything was sent.
    NotNeeded,
    /// The provider takes no such payment.
    Refused {
        /// Its word for why.
        code: String,
    },
}

/// A customer disputes a charge at the bank.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dispute {
    /// The provider's name of it.
    pub id: String,
    /// How much.
    pub amount: Money,
    /// The provider's word for why.
    pub reason: String,
}

impl Attempt {
    /// An attempt of which the provider knows nothing yet.
    pub(crate) fn planned(Wish { id, request, amount, way, pay_until }: Wish) -> Self {
        Self {
            id,
            request,
            amount,
            way,
            pay_until,
            unwanted: false,
            progress: Progress::Planned,
            action_required: false,
            declined: None,
            disputes: Vec::new(),
        }
    }

    /// When to look at an attempt that charges a saved method and has no answer, or is to be ended.
    pub(crate) fn unanswered(&self, now: Timestamp) -> Option<Timestamp> {
        match (&self.way, &self.progress) {
            (Way::Saved { .. }, Progress::Opening { since } | Progress::Charging { since, .. }) => {
                Some(since.after(UNANSWERED))
            }
            (_, Progress::Open { .. }) if self.unwanted => Some(now.after(UNANSWERED)),
            _ => None,
        }
    }

    /// Whether money may still come without anybody's doing something wrong.
    pub fn is_live(&self) -> bool {
        match self.progress {
            Progress::Planned | Progress::Opening { .. } | Progress::Open { .. } | Progress::Charging { .. } => true,
            Progress::Captured { .. } | Progress::Ended { .. } => false,
        }
    }

    /// Whether the provider may know it and be able to capture money for it.
    pub fn is_under_way(&self) -> bool {
        self.is_live() && self.progress != Progress::Planned
    }

    /// The intent, once it is known and until it ended.
    pub fn intent(&self) -> Option<&IntentRef> {
        match &self.progress {
            Progress::Open { intent } | Progress::Charging { intent, .. } | Progress::Captured { intent, .. } => {
                Some(intent)
            }
            Progress::Planned | Progress::Opening { .. } | Progress::Ended { .. } => None,
        }
    }

    /// The intent that brought the money, if one did.
    pub fn captured(&self) -> Option<&IntentRef> {
        match &self.progress {
            Progress::Captured { intent, .. } => Some(intent),
            _ => None,
        }
    }

    /// What is captured and not given back, nor about to be, in minor units of what was captured.
    pub fn kept_minor(&self) -> i64 {
        match &self.progress {
            Progress::Captured { amount, refunds, .. } => {
                let given_back = refunds.iter().filter(|refund| refund.counts());
                let given_back = given_back.map(|refund| refund.amount.amount_minor);
                given_back.fold(amount.amount_minor, i64::saturating_sub)
            }
            _ => 0,
        }
    }

    /// What was given back of it, or is to be.
    pub fn refunds(&self) -> &[Refund] {
        match &self.progress {
            Progress::Captured { refunds, .. } => refunds,
            _ => &[],
        }
    }
}
