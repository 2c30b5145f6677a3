//! What the provider is to be asked next, from nothing but the payment's state and the time. Pure.
//!
//! Whoever stopped in the middle, somebody else finds the same next call: the use case that is repeated, the webhook,
//! the sweeper.

use crate::attempt::{Attempt, Progress, Way};
use crate::payment::{Payment, UNANSWERED};
use crate::provider::{IntentRef, MethodRef, NewIntent, NewRefund};
use crate::refund::{Refund, RefundState};
use kernel::{PaymentId, RefundId, Timestamp};

/// A call of the provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Call<'p> {
    /// Create an attempt's intent.
    Open(NewIntent<'p>),
    /// Look for an intent whose creation was never answered.
    Find(PaymentId),
    /// Charge the saved method.
    Charge(PaymentId, &'p IntentRef, &'p MethodRef),
    /// Ask about a charge that was never answered.
    Ask(PaymentId, &'p IntentRef),
    /// Cancel an intent that is not wanted.
    Cancel(PaymentId, &'p IntentRef),
    /// Give money back.
    Refund(NewRefund<'p>),
    /// Look for a refund that was never answered, or has been under way for long.
    FindRefund(RefundId, &'p IntentRef),
}

/// What a call is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Matter {
    /// An attempt.
    Attempt(PaymentId),
    /// A refund.
    Refund(RefundId),
}

impl Call<'_> {
    /// What it is about.
    pub fn matter(&self) -> Matter {
        match self {
            Call::Open(intent) => Matter::Attempt(intent.payment),
            Call::Find(id) | Call::Charge(id, ..) | Call::Ask(id, _) | Call::Cancel(id, _) => Matter::Attempt(*id),
            Call::Refund(refund) => Matter::Refund(refund.refund),
            Call::FindRefund(id, _) => Matter::Refund(*id),
        }
    }
}

impl Payment {
    /// The next call at `now` about anything but the matters `left` for another time.
    pub fn next_call(&self, left: &[Matter], now: Timestamp) -> Option<Call<'_>> {
        let attempts = self.attempts.iter().filter_map(|attempt| self.call_for(attempt, now));
        let refunds = self.attempts.iter().flat_map(|attempt| {
            let refunds =
                attempt.intent().into_iter().flat_map(|intent| attempt.refunds().iter().map(move |r| (intent, r)));
            refunds.filter_map(|(intent, refund)| self.call_for_refund(intent, refund, now))
        });
        attempts.chain(refunds).find(|call| !left.contains(&call.matter()))
    }

    fn call_for<'p>(&'p self, attempt: &'p Attempt, now: Timestamp) -> Option<Call<'p>> {
        let id = attempt.id;
        match &attempt.progress {
            Progress::Opening { since } if now < since.after(UNANSWERED) => Some(Call::Open(self.intent_of(attempt))),
            Progress::Opening { .. } => Some(Call::Find(id)),
            Progress::Open { intent } | Progress::Charging { intent, .. } if attempt.unwanted => {
                Some(Call::Cancel(id, intent))
            }
            Progress::Charging { intent, since } => match &attempt.way {
                Way::Saved { method, .. } if now < since.after(UNANSWERED) => Some(Call::Charge(id, intent, method)),
                Way::Saved { .. } | Way::Form { .. } => Some(Call::Ask(id, intent)),
            },
            Progress::Planned | Progress::Open { .. } | Progress::Captured { .. } | Progress::Ended { .. } => None,
        }
    }

    fn intent_of<'p>(&self, attempt: &'p Attempt) -> NewIntent<'p> {
        let (payer, save) = match &attempt.way {
            Way::Form { save_for } => (save_for.as_ref(), save_for.is_some()),
            Way::Saved { payer, .. } => (Some(payer), false),
        };
        NewIntent {
            payment: attempt.id,
            purpose: self.purpose,
            amount: attempt.amount,
            payer,
            save,
        }
    }

    fn call_for_refund<'p>(&self, intent: &'p IntentRef, refund: &'p Refund, now: Timestamp) -> Option<Call<'p>> {
        match &refund.state {
            RefundState::Asked { since, tries } if now < since.after(UNANSWERED) => Some(Call::Refund(NewRefund {
                refund: refund.id,
                purpose: self.purpose,
                intent,
                amount: refund.amount,
                tries: *tries,
            })),
            RefundState::Asked { .. } => Some(Call::FindRefund(refund.id, intent)),
            RefundState::Pending { .. } if refund.next_look().is_some_and(|look| now >= look) => {
                Some(Call::FindRefund(refund.id, intent))
            }
            RefundState::Pending { .. } | RefundState::Done | RefundState::Failed { .. } => None,
        }
    }
}
