//! Giving money back: which refunds a payment takes on, and what news about them mean. Pure.

use crate::attempt::{Attempt, Progress};
use crate::day::Day;
use crate::payment::{Next, Payment, PaymentEvent, REFUND_DELAY, Standing, UNANSWERED};
use crate::provider::{IntentRef, RefundNews, RefundStatus};
use crate::refund::{Cause, Refund, RefundState, for_return, of_provider};
use kernel::{Money, RefundId, ReturnId, Timestamp};

/// Nothing was captured for the order, so nothing can be given back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NothingCaptured;

/// Why a refund that asks for more than is kept is not made.
pub const MORE_THAN_KEPT: &str = "more-than-kept";

impl Payment {
    /// The customer returned goods: their price goes back, once for each return. Asking for more than is kept, or for
    /// an order that is not paid (any more), fails as a whole, for people to look at. `None`: this return is known.
    pub fn returned(
        &self,
        return_id: ReturnId,
        amount: Money,
        now: Timestamp,
    ) -> Result<Option<Next>, NothingCaptured> {
        let id = for_return(return_id);
        if self.refund(id).is_some() {
            return Ok(None);
        }
        let mut next = self.clone();
        let captured = |attempt: &&mut Attempt| matches!(attempt.progress, Progress::Captured { .. });
        let paid_by = match self.standing {
            Standing::Paid { by } => Some(by),
            Standing::Payable | Standing::Closing { .. } | Standing::Closed { .. } => None,
        };
        let mut attempts = next.attempts.iter_mut().filter(captured);
        let attempt = attempts.find(|attempt| paid_by.is_none_or(|by| attempt.id == by)).ok_or(NothingCaptured)?;
        let kept = attempt.kept_minor();
        let (mut refund, mut events) = (Refund::asked(id, amount, Cause::Return(return_id), now), Vec::new());
        if let Progress::Captured { amount: captured, refunds, .. } = &mut attempt.progress {
            let possible =
                paid_by.is_some() && amount.currency == captured.currency && (0..=kept).contains(&amount.amount_minor);
            if !possible {
                refund.state = RefundState::Failed { reason: MORE_THAN_KEPT.to_owned() };
                events.push(PaymentEvent::RefundFailed(id));
            } else if amount.amount_minor == 0 {
                // The goods cost nothing: there is nothing to ask the provider for.
                refund.state = RefundState::Done;
                events.push(PaymentEvent::Refunded(id));
            }
            refunds.push(refund);
        }
        next.moved_on = Some(Day::of(now));
        Ok(Some(next.settled(events, now)))
    }

    /// The refund of this id.
    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.attempts.iter().flat_map(Attempt::refunds).find(|refund| refund.id == id)
    }

    /// Whether a refund of it failed, or a charge is disputed.
    pub fn needs_a_person(&self) -> bool {
        let mut refunds = self.attempts.iter().flat_map(Attempt::refunds);
        refunds.any(|refund| !refund.counts()) || self.attempts.iter().any(|attempt| !attempt.disputes.is_empty())
    }

    /// What somebody gave back at the provider itself of money that is in billing's ledger, which hears nothing of it:
    /// of an invoice, of a top-up. What is given back of an order is announced; stray money never reached the ledger.
    pub fn unbooked(&self) -> impl Iterator<Item = &Refund> {
        let booked = match self.standing {
            Standing::Paid { by } if self.purpose.order().is_none() => Some(by),
            _ => None,
        };
        let refunds = self.attempts.iter().filter(move |attempt| Some(attempt.id) == booked).flat_map(Attempt::refunds);
        refunds.filter(|refund| refund.cause == Cause::AtProvider && refund.counts())
    }

    /// The provider says how a refund of this payment stands: one of ours, or one that somebody made there. `None`:
    /// that was known, or later news are, or it is of another payment.
    pub fn refund_heard(&self, news: &RefundNews, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        let ours = news.refund.filter(|id| self.refund(*id).is_some());
        let id = ours.unwrap_or_else(|| of_provider(&news.id));
        if self.refund(id).is_none() {
            let made_there = Refund::asked(id, news.amount, Cause::AtProvider, now);
            next.refunds_of(news.intent.as_ref()?)?.push(made_there);
        }
        let state = match &news.status {
            RefundStatus::Pending => RefundState::Pending { at: news.id.clone(), since: now },
            RefundStatus::Done => RefundState::Done,
            RefundStatus::Failed(reason) => RefundState::Failed { reason: reason.clone() },
        };
        next.refund_becomes(id, state, now)
    }

    /// The provider will not make a refund. `None`: it had ended.
    pub fn refund_refused(&self, id: RefundId, code: &str, now: Timestamp) -> Option<Next> {
        self.clone().refund_becomes(id, RefundState::Failed { reason: code.to_owned() }, now)
    }

    /// The provider turned out not to know of a refund, long after it was asked: it is asked anew. `None`: the refund
    /// is further than that.
    pub fn refund_unknown(&self, id: RefundId, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        let refund = next.refund_mut(id)?;
        let RefundState::Asked { tries, .. } = refund.state else {
            return None;
        };
        refund.state = RefundState::Asked { since: now, tries: tries.saturating_add(1) };
        Some(next.settled(Vec::new(), now))
    }

    fn refund_becomes(mut self, id: RefundId, state: RefundState, now: Timestamp) -> Option<Next> {
        let refund = self.refund_mut(id)?;
        if state.rank() <= refund.state.rank() {
            return None;
        }
        let events = match state {
            RefundState::Done => vec![PaymentEvent::Refunded(id)],
            RefundState::Failed { .. } => vec![PaymentEvent::RefundFailed(id)],
            RefundState::Asked { .. } | RefundState::Pending { .. } => Vec::new(),
        };
        refund.state = state;
        self.moved_on = Some(Day::of(now));
        Some(self.settled(events, now))
    }

    fn refund_mut(&mut self, id: RefundId) -> Option<&mut Refund> {
        let refunds = self.attempts.iter_mut().filter_map(|attempt| match &mut attempt.progress {
            Progress::Captured { refunds, .. } => Some(refunds),
            _ => None,
        });
        refunds.flatten().find(|refund| refund.id == id)
    }

    fn refunds_of(&mut self, intent: &IntentRef) -> Option<&mut Vec<Refund>> {
        self.attempts.iter_mut().find_map(|attempt| match &mut attempt.progress {
            Progress::Captured { intent: known, refunds, .. } if known == intent => Some(refunds),
            _ => None,
        })
    }
}

impl Refund {
    /// When the sweeper is to look at it, if it waits for the provider.
    pub(crate) fn next_look(&self) -> Option<Timestamp> {
        match self.state {
            RefundState::Asked { since, .. } => Some(since.after(UNANSWERED)),
            RefundState::Pending { since, .. } => Some(since.after(REFUND_DELAY)),
            RefundState::Done | RefundState::Failed { .. } => None,
        }
    }
}
