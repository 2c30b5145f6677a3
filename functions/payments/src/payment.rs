//! The payment of one order, invoice or top-up: attempts to pay it, what came of them, and whether anything may still
//! come. Pure.
//!
//! ```text
//!   payable ──────────────────── money ──▶ paid ── order cancelled ──▶ closed (all is given back)
//!      │                           ▲
//!      └─ expiring, cancelled ──▶ closing ── nothing can come any more ──▶ closed
//! ```
//!
//! Only an order's payment is ever closed; what else is paid stays payable until it is.
//!
//! One header an order, so that everything about its money is decided in one place and in one order. At most one
//! attempt can bring money at a time: a new one waits until the one before is ended at the provider. Money that comes
//! while the order is *payable*, or *closing* because it expires, pays it. Any other money is given back whole, once.
//! Kept is captured less given back: what the order shows as paid.

use crate::attempt::{Attempt, Dispute, Ending, Progress, Way};
use crate::day::Day;
use crate::invoice::{Bill, Uncharged};
use crate::provider::{Intent, IntentRef, IntentStatus};
use crate::purpose::Purpose;
use crate::refund::{Cause, Refund, for_cancellation, for_stray};
use contracts::payments::Unpaid;
use kernel::{AccountId, Money, PaymentId, RefundId, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many attempts one payment gets.
pub const MAX_ATTEMPTS: usize = 20;
/// How long what was sent may go unanswered before the provider is asked about it instead. Far above the longest
/// call, so that nothing is in flight any more; far below the day that the provider remembers idempotency keys.
pub const UNANSWERED: Duration = Duration::from_secs(600);
/// How long after the time to pay the sweeper ends what nobody ended: the order's own word should come first.
pub const GRACE: Duration = Duration::from_secs(1800);
/// Our word for a charge that never reached the provider.
pub const NEVER_CHARGED: &str = "never-charged";
/// How long a refund may be under way at the provider before the sweeper asks about it.
pub const REFUND_DELAY: Duration = Duration::from_secs(86_400);

/// The payment of one order, invoice or top-up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// What is paid. Stored under the name that it had when that was an order always.
    #[serde(rename = "order")]
    pub purpose: Purpose,
    /// Whose it is.
    pub customer: AccountId,
    /// What an invoice comes to. An order's total is a replica of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bill: Option<Bill>,
    /// What is wanted.
    pub standing: Standing,
    /// The attempts, in the order in which they were started.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// The day on which its money moved last: when it is compared with what the provider says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved_on: Option<Day>,
    /// When the sweeper is to look at it; none if nothing waits for the provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Always [`WAITING`] with `due`: the partition of the index that the sweeper reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
}

/// The sweeper's partition of payments.
pub const WAITING: &str = "payment";

/// What is wanted of a payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It may be paid.
    Payable,
    /// It is paid, by this attempt.
    Paid {
        /// Which.
        by: PaymentId,
    },
    /// No more money is wanted; what may still bring some is being ended.
    Closing {
        /// Why.
        because: End,
        /// Since when.
        since: Timestamp,
    },
    /// Nothing more can come that would not be given back.
    Closed {
        /// Why.
        because: End,
    },
}

/// Why no money is wanted any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The time to pay is over. Money that comes before that is settled still pays.
    Expired,
    /// The customer cancelled the order. Whatever was paid is given back.
    Cancelled,
}

/// What a payment announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PaymentEvent {
    /// It is paid by this attempt.
    Succeeded(PaymentId),
    /// A charge of this attempt was declined, for the first time.
    Failed(PaymentId),
    /// Nothing was paid, and nothing will be.
    Closed,
    /// A refund is done.
    Refunded(RefundId),
    /// A refund failed.
    RefundFailed(RefundId),
    /// A charge is disputed: the provider's name of the dispute.
    Disputed(String),
    /// An invoice could not be charged: its client is to act.
    Unpaid(Unpaid),
}

/// What a payment becomes, and what it announces by that.
pub type Next = (Payment, Vec<PaymentEvent>);

/// An attempt that somebody wants to start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wish {
    /// Names it.
    pub id: PaymentId,
    /// Fingerprint of the request.
    pub request: String,
    /// What is to be paid.
    pub amount: Money,
    /// How.
    pub way: Way,
    /// Until when it may be paid.
    pub pay_until: Timestamp,
}

/// Why no attempt is started.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NotStartable {
    /// It is paid.
    Paid,
    /// It is too late, or the order was cancelled.
    Closed,
    /// There were too many attempts.
    TooMany,
}

/// News about an attempt that this payment does not have, or about another intent than the attempt's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stranger;

impl Payment {
    /// The payment of what nobody tried to pay yet.
    pub fn of(purpose: impl Into<Purpose>, customer: AccountId) -> Self {
        Self {
            purpose: purpose.into(),
            customer,
            bill: None,
            standing: Standing::Payable,
            attempts: Vec::new(),
            moved_on: None,
            due: None,
            waiting: None,
        }
    }

    /// The attempt of this id.
    pub fn attempt(&self, id: PaymentId) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.id == id)
    }

    /// Starts an attempt. Earlier ones that may still bring money are to be ended first.
    pub fn start(&self, wish: Wish, now: Timestamp) -> Result<Next, NotStartable> {
        match self.standing {
            Standing::Paid { .. } => return Err(NotStartable::Paid),
            Standing::Closing { .. } | Standing::Closed { .. } => return Err(NotStartable::Closed),
            Standing::Payable if now >= wish.pay_until => return Err(NotStartable::Closed),
            Standing::Payable if self.attempts.len() >= MAX_ATTEMPTS => return Err(NotStartable::TooMany),
            Standing::Payable => {}
        }
        let mut next = self.clone();
        next.attempts.iter_mut().for_each(|attempt| attempt.unwanted |= attempt.is_live());
        Ok(next.adding(Attempt::planned(wish)).settled(Vec::new(), now))
    }

    pub(crate) fn adding(mut self, attempt: Attempt) -> Self {
        self.attempts.push(attempt);
        self
    }

    /// No more money is wanted. `None`: that was known.
    pub fn close(&self, because: End, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        match (&self.standing, because) {
            (Standing::Payable, _) | (Standing::Closing { because: End::Expired, .. }, End::Cancelled) => {
                next.standing = Standing::Closing { because, since: now };
            }
            (Standing::Paid { by }, End::Cancelled) => {
                next.standing = Standing::Closed { because };
                next.give_back_rest(*by, now);
            }
            _ => return None,
        }
        Some(next.settled(Vec::new(), now))
    }

    /// The time to pay was over long ago, and nobody said so: what may still bring money is to be ended. `None`: there
    /// is no such thing.
    pub fn overdue(&self, now: Timestamp) -> Option<Next> {
        // A charge of an absent client waits for the provider alone, however long that takes.
        let over = |attempt: &Attempt| {
            attempt.is_live() && now >= attempt.pay_until.after(GRACE) && self.charge(attempt.id).is_none()
        };
        if !self.attempts.iter().any(|attempt| over(attempt) && !attempt.unwanted) {
            return None;
        }
        let mut next = self.clone();
        next.attempts.iter_mut().for_each(|attempt| attempt.unwanted |= over(attempt));
        Some(next.settled(Vec::new(), now))
    }

    /// The provider says how an attempt's intent stands. `None`: that was known, or later news are.
    pub fn heard(&self, id: PaymentId, news: &Intent, now: Timestamp) -> Result<Option<Next>, Stranger> {
        let n = self.attempts.iter().position(|attempt| attempt.id == id).ok_or(Stranger)?;
        let attempt = &self.attempts[n];
        if attempt.intent().is_some_and(|intent| *intent != news.id) {
            return Err(Stranger);
        }
        match &news.status {
            IntentStatus::Captured(amount) => {
                let captured = matches!(attempt.progress, Progress::Captured { .. });
                Ok((!captured).then(|| self.clone().captured(n, &news.id, *amount, now)))
            }
            IntentStatus::Cancelled => Ok(self.ended(id, Ending::Cancelled, now)),
            status => Ok(self.waits(n, &news.id, status, now)),
        }
    }

    /// The intent of attempt `n` waits for somebody.
    fn waits(&self, n: usize, intent: &IntentRef, status: &IntentStatus, now: Timestamp) -> Option<Next> {
        let (mut next, mut events) = (self.clone(), Vec::new());
        let attempt = &mut next.attempts[n];
        let (id, open) = (attempt.id, Progress::Open { intent: intent.clone() });
        let mut uncharged = None;
        match (&attempt.progress, status) {
            (Progress::Opening { .. }, _) => attempt.progress = attempt.opened(intent.clone(), now),
            (Progress::Charging { .. }, IntentStatus::ActionRequired) => {
                attempt.action_required = true;
                attempt.progress = open;
                uncharged = Some(Unpaid::ActionRequired);
            }
            (Progress::Charging { .. }, IntentStatus::Open { declined: Some(_) }) => {
                attempt.progress = open;
                uncharged = Some(Unpaid::Declined);
            }
            (Progress::Charging { .. } | Progress::Open { .. }, _) => {}
            (Progress::Planned | Progress::Captured { .. } | Progress::Ended { .. }, _) => return None,
        }
        if let (None, IntentStatus::Open { declined: Some(code) }) = (&attempt.declined, status) {
            attempt.declined = Some(code.clone());
            events.push(PaymentEvent::Failed(id));
        }
        events.extend(uncharged.and_then(|because| next.uncharged(id, Uncharged::Unpaid(because))));
        let next = next.settled(events, now);
        (next.0 != *self).then_some(next)
    }

    /// An attempt ended without money. `None`: it had ended, or its money came.
    pub fn ended(&self, id: PaymentId, why: Ending, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        let attempt = next.attempts.iter_mut().find(|attempt| attempt.id == id && attempt.is_live())?;
        let asking = matches!(attempt.progress, Progress::Opening { .. } | Progress::Charging { .. });
        let uncharged = match &why {
            Ending::Lost => Uncharged::NeverAsked,
            Ending::Cancelled | Ending::NotNeeded | Ending::Refused { .. } => Uncharged::Unpaid(Unpaid::Declined),
        };
        attempt.progress = Progress::Ended { why };
        let event = if asking { next.uncharged(id, uncharged) } else { None };
        Some(next.settled(event.into_iter().collect(), now))
    }

    /// The provider will not charge the saved method, for a reason that is not the bank's, or was never asked to.
    /// `None`: it is not being charged.
    pub fn not_charged(&self, id: PaymentId, code: &str, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        let attempt = next.attempts.iter_mut().find(|attempt| attempt.id == id)?;
        let Progress::Charging { intent, .. } = &attempt.progress else {
            return None;
        };
        attempt.progress = Progress::Open { intent: intent.clone() };
        attempt.unwanted = true;
        attempt.declined = Some(code.to_owned());
        let uncharged = match code {
            NEVER_CHARGED => Uncharged::NeverAsked,
            _ => Uncharged::Unpaid(Unpaid::Declined),
        };
        let mut events = vec![PaymentEvent::Failed(id)];
        events.extend(next.uncharged(id, uncharged));
        Some(next.settled(events, now))
    }

    /// A charge is disputed at the bank. `None`: that was known, or the attempt is not.
    pub fn disputed(&self, id: PaymentId, dispute: Dispute, now: Timestamp) -> Option<Next> {
        let mut next = self.clone();
        let attempt = next.attempts.iter_mut().find(|attempt| attempt.id == id)?;
        if attempt.disputes.iter().any(|known| known.id == dispute.id) {
            return None;
        }
        let event = PaymentEvent::Disputed(dispute.id.clone());
        attempt.disputes.push(dispute);
        Some(next.settled(vec![event], now))
    }

    /// Money came for attempt `n`: it pays what it is for, or goes back whole.
    fn captured(mut self, n: usize, intent: &IntentRef, amount: Money, now: Timestamp) -> Next {
        let attempt = &mut self.attempts[n];
        let wanted = match self.standing {
            Standing::Payable | Standing::Closing { because: End::Expired, .. } => true,
            Standing::Paid { .. } | Standing::Closing { .. } | Standing::Closed { .. } => false,
        };
        let (mut refunds, mut events) = (Vec::new(), Vec::new());
        if wanted && amount == attempt.amount {
            self.standing = Standing::Paid { by: attempt.id };
            events.push(PaymentEvent::Succeeded(attempt.id));
        } else {
            let cause = if wanted { Cause::Differing } else { Cause::Late };
            refunds.push(Refund::asked(for_stray(attempt.id), amount, cause, now));
        }
        attempt.progress = Progress::Captured { intent: intent.clone(), amount, refunds };
        self.moved_on = Some(Day::of(now));
        self.settled(events, now)
    }

    fn give_back_rest(&mut self, by: PaymentId, now: Timestamp) {
        for attempt in self.attempts.iter_mut().filter(|attempt| attempt.id == by) {
            let rest = attempt.kept_minor();
            if let Progress::Captured { amount, refunds, .. } = &mut attempt.progress
                && rest > 0
            {
                let rest = Money::new(rest, amount.currency);
                refunds.push(Refund::asked(for_cancellation(by), rest, Cause::Cancelled, now));
                self.moved_on = Some(Day::of(now));
            }
        }
    }

    /// What follows from where things stand: the last step of every change.
    pub(crate) fn settled(mut self, mut events: Vec<PaymentEvent>, now: Timestamp) -> Next {
        let payable = self.standing == Standing::Payable;
        for attempt in self.attempts.iter_mut().filter(|attempt| attempt.is_live()) {
            attempt.unwanted |= !payable;
            if attempt.unwanted && attempt.progress == Progress::Planned {
                attempt.progress = Progress::Ended { why: Ending::NotNeeded };
            }
        }
        if !self.attempts.iter().any(Attempt::is_under_way) {
            if let Some(planned) = self.attempts.iter_mut().find(|attempt| attempt.progress == Progress::Planned) {
                planned.progress = Progress::Opening { since: now };
            }
            if let Standing::Closing { because, .. } = self.standing {
                self.standing = Standing::Closed { because };
                events.push(PaymentEvent::Closed);
            }
        }
        events.retain(|event| self.purpose.announces(event));
        self.due = self.next_look(now);
        self.waiting = self.due.map(|_| WAITING.to_owned());
        (self, events)
    }

    /// When the sweeper is to look. It stays the same from the start of an order's attempt to its end, because the
    /// sweeper's index costs a write at each change. Somebody who is charged while away repeats no request: what was
    /// never answered, or is to be ended, is looked at soon.
    fn next_look(&self, now: Timestamp) -> Option<Timestamp> {
        let hasty = self.purpose.order().is_none();
        let live = self.attempts.iter().filter(|attempt| attempt.is_live());
        let attempts = live.map(|attempt| match self.standing {
            Standing::Closing { since, .. } => since.after(UNANSWERED),
            _ => attempt.unanswered(now).filter(|_| hasty).unwrap_or(attempt.pay_until.after(GRACE)),
        });
        let refunds = self.attempts.iter().flat_map(Attempt::refunds).filter_map(Refund::next_look);
        attempts.chain(refunds).min()
    }
}

impl Attempt {
    /// What becomes of an attempt when the provider knows its intent: a saved method is charged next.
    fn opened(&self, intent: IntentRef, now: Timestamp) -> Progress {
        match self.way {
            Way::Saved { .. } if !self.unwanted => Progress::Charging { intent, since: now },
            Way::Saved { .. } | Way::Form { .. } => Progress::Open { intent },
        }
    }
}
