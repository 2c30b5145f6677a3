//! What our payments say of money, beside what the provider says: where they differ. Pure.
//!
//! Money in flight is no difference: what happened less than [`MARGIN`] ago may be news that is still under way. What
//! was given back at the provider itself, of money that is in the ledger, is one for good: our payment has heard of it,
//! but no account was debited. A manager does that, and closes the break.

use crate::attempt::{Attempt, Progress};
use crate::payment::Payment;
use crate::provider::{Intent, IntentRef, IntentStatus, RefundNews, RefundStatus, Taken};
use crate::purpose::Purpose;
use crate::refund::{Refund, RefundState, of_provider};
use contracts::payments::BreakKind;
use kernel::{Money, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long news of money may be under way.
pub const MARGIN: Duration = Duration::from_secs(3600);

/// How far money is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MoneyState {
    /// None came.
    Uncaptured,
    /// It came.
    Captured,
    /// It is on its way back.
    RefundPending,
    /// It went back.
    Refunded,
    /// It could not be given back.
    RefundFailed,
}

/// What one side says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MoneySaid")]
pub struct Said {
    /// How far it is.
    pub state: MoneyState,
    /// How much; absent where none came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
}

/// A difference.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The provider's name of what it is about; ours of a refund that the provider does not know.
    pub object: String,
    /// What differs.
    pub kind: BreakKind,
    /// What is paid.
    pub purpose: Purpose,
    /// The intent that it belongs to.
    pub intent: IntentRef,
    /// What we say; absent if we know nothing of it.
    pub ours: Option<Said>,
    /// What the provider says; absent if it knows nothing of it.
    pub theirs: Option<Said>,
}

impl MoneyState {
    fn moves_money(self) -> bool {
        match self {
            MoneyState::Captured | MoneyState::RefundPending | MoneyState::Refunded => true,
            MoneyState::Uncaptured | MoneyState::RefundFailed => false,
        }
    }
}

/// What differs between two sides of the same money.
fn kind(ours: Option<Said>, theirs: Option<Said>) -> Option<BreakKind> {
    match (ours, theirs) {
        (None, None) => None,
        (Some(ours), None) => ours.state.moves_money().then_some(BreakKind::MissingThere),
        (None, Some(theirs)) => theirs.state.moves_money().then_some(BreakKind::MissingHere),
        (Some(ours), Some(theirs)) if !ours.state.moves_money() && !theirs.state.moves_money() => None,
        (Some(ours), Some(theirs)) => match (ours.amount, theirs.amount) {
            (Some(one), Some(other)) if one.currency != other.currency => Some(BreakKind::Currency),
            (Some(one), Some(other)) if one != other => Some(BreakKind::Amount),
            _ => (ours.state != theirs.state).then_some(BreakKind::State),
        },
    }
}

fn captured(amount: Money) -> Said {
    Said { state: MoneyState::Captured, amount: Some(amount) }
}

const UNCAPTURED: Said = Said { state: MoneyState::Uncaptured, amount: None };

fn of_attempt(attempt: &Attempt) -> Said {
    match attempt.progress {
        Progress::Captured { amount, .. } => captured(amount),
        _ => UNCAPTURED,
    }
}

fn of_intent(intent: &Intent) -> Said {
    match intent.status {
        IntentStatus::Captured(amount) => captured(amount),
        IntentStatus::Open { .. }
        | IntentStatus::ActionRequired
        | IntentStatus::Processing
        | IntentStatus::Cancelled => UNCAPTURED,
    }
}

fn of_refund(refund: &Refund) -> Said {
    let state = match refund.state {
        RefundState::Asked { .. } | RefundState::Pending { .. } => MoneyState::RefundPending,
        RefundState::Done => MoneyState::Refunded,
        RefundState::Failed { .. } => MoneyState::RefundFailed,
    };
    Said { state, amount: Some(refund.amount) }
}

fn of_news(news: &RefundNews) -> Said {
    let state = match news.status {
        RefundStatus::Pending => MoneyState::RefundPending,
        RefundStatus::Done => MoneyState::Refunded,
        RefundStatus::Failed(_) => MoneyState::RefundFailed,
    };
    Said { state, amount: Some(news.amount) }
}

/// Whether we say of a charge what the provider says.
pub fn agrees(payment: Option<&Payment>, taken: &Taken) -> bool {
    let attempt = payment.and_then(|payment| payment.attempt(taken.payment));
    attempt.is_some_and(|known| {
        known.intent() == Some(&taken.intent) && kind(Some(of_attempt(known)), Some(captured(taken.amount))).is_none()
    })
}

/// Whether we say of a refund what the provider says.
pub fn agrees_on_refund(payment: Option<&Payment>, news: &RefundNews) -> bool {
    let theirs = of_news(news);
    let ours = payment.and_then(|payment| booked(payment, refund_of(payment, news)?, theirs));
    kind(ours, Some(theirs)).is_none()
}

/// What we say of a refund that the provider speaks of: nothing, if it is done and the ledger does not have it.
fn booked(payment: &Payment, ours: &Refund, theirs: Said) -> Option<Said> {
    let is_missing = theirs.state == MoneyState::Refunded && payment.unbooked().any(|refund| refund.id == ours.id);
    (!is_missing).then(|| of_refund(ours))
}

/// The refund of ours that the provider speaks of.
fn refund_of<'p>(payment: &'p Payment, news: &RefundNews) -> Option<&'p Refund> {
    let ours = news.refund.and_then(|id| payment.refund(id));
    ours.or_else(|| payment.refund(of_provider(&news.id)))
}

/// Whether a refund is one that the provider must know.
pub fn is_known_there(refund: &Refund) -> bool {
    refund.amount.amount_minor != 0 && refund.counts()
}

/// Where a payment and an intent differ, with its refunds.
pub fn differences(
    payment: Option<&Payment>,
    (purpose, intent): (Purpose, &IntentRef),
    theirs: Option<&Intent>,
    refunds: &[RefundNews],
    now: Timestamp,
) -> Vec<Difference> {
    let named = theirs.and_then(|theirs| theirs.payment);
    let mut attempts = payment.map(|payment| payment.attempts.as_slice()).unwrap_or_default().iter();
    // What is not open yet, or has ended, knows no intent.
    let attempt = attempts.find(|attempt| match attempt.intent() {
        Some(known) => known == intent,
        None => named == Some(attempt.id),
    });
    let difference = |object: &str, ours: Option<Said>, theirs: Option<Said>| {
        let kind = kind(ours, theirs)?;
        let (object, intent) = (object.to_owned(), intent.clone());
        Some(Difference { object, kind, purpose, intent, ours, theirs })
    };
    let mut found = Vec::new();
    found.extend(difference(intent.as_str(), attempt.map(of_attempt), theirs.map(of_intent)));
    if theirs.is_none() {
        return found;
    }
    for news in refunds {
        let ours = payment.and_then(|payment| refund_of(payment, news));
        let is_in_flight = now < news.made_at.after(MARGIN) || ours.is_some_and(|ours| is_in_flight(ours, now));
        if !is_in_flight {
            let theirs = of_news(news);
            let ours = payment.zip(ours).and_then(|(payment, ours)| booked(payment, ours, theirs));
            found.extend(difference(news.id.as_str(), ours, Some(theirs)));
        }
    }
    for refund in attempt.map(Attempt::refunds).unwrap_or_default() {
        let is_there = refunds.iter().any(|news| news.refund == Some(refund.id) || of_provider(&news.id) == refund.id);
        if !is_there && is_known_there(refund) && !is_in_flight(refund, now) {
            found.extend(difference(&refund.id.to_string(), Some(of_refund(refund)), None));
        }
    }
    found
}

fn is_in_flight(refund: &Refund, now: Timestamp) -> bool {
    match refund.state {
        RefundState::Asked { since, .. } | RefundState::Pending { since, .. } => now < since.after(MARGIN),
        RefundState::Done | RefundState::Failed { .. } => false,
    }
}
