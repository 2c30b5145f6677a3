//! A provider that is nothing but what a provider must be, with every fault a provider has: for histories of the pure
//! domain.

use kernel::{AccountId, Money, PaymentId, RefundId, Timestamp};
use payments::provider::{
    Book, BookPage, Intent, IntentRef, IntentStatus, MethodRef, NewIntent, NewRefund, PayerRef, PaymentProvider,
    RefundNews, RefundRef, RefundStatus, Span, Trouble,
};
use payments::purpose::Purpose;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// It is done, and the answer is lost.
    ReplyLost,
    /// It never arrives.
    NotSent,
    /// It fails without effect, and its idempotency key remembers that.
    Failed,
}

/// What a charge of a saved method comes to.
#[derive(Clone, Copy, Debug)]
pub enum Bank {
    Pays,
    Declines,
    WantsTheCustomer,
}

/// What the provider tells by webhook.
#[derive(Clone, Debug)]
pub enum Told {
    Intent(Intent),
    Refund(RefundNews),
}

/// The provider.
#[derive(Default)]
pub struct Model(Mutex<State>);

#[derive(Default)]
struct State {
    now: i64,
    fates: Vec<Fate>,
    bank: Option<Bank>,
    intents: Vec<Known>,
    refunds: Vec<RefundNews>,
    answers: BTreeMap<String, Result<Kept, Trouble>>,
    told: Vec<Told>,
    overdrawn: bool,
}

#[derive(Clone)]
enum Kept {
    Intent(Intent),
    Refund(RefundNews),
}

struct Known {
    intent: Intent,
    amount: Money,
    since: i64,
}

impl State {
    fn known(&mut self, id: &IntentRef) -> Result<&mut Known, Trouble> {
        self.intents.iter_mut().find(|known| known.intent.id == *id).ok_or(Trouble::Missing)
    }

    fn becomes(&mut self, id: &IntentRef, status: IntentStatus) -> Result<Intent, Trouble> {
        let known = self.known(id)?;
        known.intent.status = status;
        let intent = known.intent.clone();
        self.told.push(Told::Intent(intent.clone()));
        Ok(intent)
    }

    fn given_back(&self, id: &IntentRef) -> i64 {
        let of = self.refunds.iter().filter(|refund| refund.intent.as_ref() == Some(id));
        let counted = of.filter(|refund| !matches!(refund.status, RefundStatus::Failed(_)));
        counted.map(|refund| refund.amount.amount_minor).sum()
    }
}

impl Model {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The time is now this; the next calls have these fates, later ones are answered; the bank does this.
    pub fn set(&self, now: Timestamp, fates: &[Fate], bank: Bank) {
        let mut state = self.state();
        state.now = now.as_millis();
        state.fates = fates.iter().rev().copied().collect();
        state.bank = Some(bank);
    }

    /// Everything that was told so far.
    pub fn told(&self) -> Vec<Told> {
        self.state().told.clone()
    }

    /// A customer with the client secret pays: exactly, or some other amount. Nothing happens if that is impossible.
    pub fn pay(&self, id: &IntentRef, other: i64) {
        let mut state = self.state();
        let Ok(known) = state.known(id) else { return };
        if matches!(known.intent.status, IntentStatus::Open { .. } | IntentStatus::ActionRequired) {
            let amount = Money::new(known.amount.amount_minor + other, known.amount.currency);
            state.becomes(id, IntentStatus::Captured(amount)).unwrap();
        }
    }

    /// A customer with the client secret tries, and the bank declines.
    pub fn decline(&self, id: &IntentRef) {
        let mut state = self.state();
        let Ok(known) = state.known(id) else { return };
        if matches!(known.intent.status, IntentStatus::Open { .. } | IntentStatus::ActionRequired) {
            state.becomes(id, IntentStatus::Open { declined: Some("card_declined".to_owned()) }).unwrap();
        }
    }

    /// The bank decides on refund number `n`.
    pub fn settle_refund(&self, n: usize, fails: bool) {
        let mut state = self.state();
        let Some(refund) = state.refunds.get_mut(n) else { return };
        let status = match (&refund.status, fails) {
            (RefundStatus::Failed(_), _) => return,
            (_, true) => RefundStatus::Failed("expired_card".to_owned()),
            (_, false) => RefundStatus::Done,
        };
        refund.status = status;
        let news = refund.clone();
        state.told.push(Told::Refund(news));
    }

    /// What the provider has captured for each attempt, less what went back.
    pub fn kept(&self) -> BTreeMap<PaymentId, (i64, i64)> {
        let state = self.state();
        let captured = state.intents.iter().filter_map(|known| match known.intent.status {
            IntentStatus::Captured(amount) => {
                let back = state.given_back(&known.intent.id);
                Some((known.intent.payment?, (amount.amount_minor, back)))
            }
            _ => None,
        });
        captured.collect()
    }

    /// Refunds that count at the provider, by our names of them.
    pub fn refund_ids(&self) -> Vec<RefundId> {
        let state = self.state();
        let counted = state.refunds.iter().filter(|refund| !matches!(refund.status, RefundStatus::Failed(_)));
        counted.filter_map(|refund| refund.refund).collect()
    }

    /// Whether anybody ever asked for more back than there was.
    pub fn overdrawn(&self) -> bool {
        self.state().overdrawn
    }

    /// Intents that could still be paid, of attempts that are not among `live`.
    pub fn loose(&self, live: &BTreeSet<PaymentId>) -> usize {
        let state = self.state();
        let open = state
            .intents
            .iter()
            .filter(|known| !matches!(known.intent.status, IntentStatus::Captured(_) | IntentStatus::Cancelled));
        open.filter_map(|known| known.intent.payment).filter(|payment| !live.contains(payment)).count()
    }

    fn call(
        &self,
        key: Option<String>,
        run: impl FnOnce(&mut State) -> Result<Kept, Trouble>,
    ) -> Result<Kept, Trouble> {
        let mut state = self.state();
        let fate = state.fates.pop().unwrap_or(Fate::Answered);
        if matches!(fate, Fate::NotSent) {
            return Err(Trouble::Unknown("not sent".to_owned()));
        }
        let known = key.as_ref().and_then(|key| state.answers.get(key).cloned());
        let answer = match (known, fate) {
            (Some(known), _) => known,
            (None, Fate::Failed) => Err(Trouble::Unknown("500".to_owned())),
            (None, _) => run(&mut state),
        };
        if let Some(key) = key {
            state.answers.insert(key, answer.clone());
        }
        match fate {
            Fate::ReplyLost => Err(Trouble::Unknown("lost".to_owned())),
            _ => answer,
        }
    }
}

fn intent(kept: Kept) -> Result<Intent, Trouble> {
    match kept {
        Kept::Intent(intent) => Ok(intent),
        Kept::Refund(_) => Err(Trouble::Broken("no intent".to_owned())),
    }
}

impl PaymentProvider for Model {
    async fn open(&self, new: &NewIntent<'_>) -> Result<Intent, Trouble> {
        let (payment, purpose, amount): (PaymentId, Purpose, Money) = (new.payment, new.purpose, new.amount);
        intent(self.call(Some(payment.to_string()), |state| {
            let intent = Intent {
                id: format!("pi_{}", state.intents.len()).into(),
                payment: Some(payment),
                purpose: Some(purpose),
                status: IntentStatus::Open { declined: None },
                secret: None,
            };
            state.intents.push(Known { intent: intent.clone(), amount, since: state.now });
            Ok(Kept::Intent(intent))
        })?)
    }

    async fn find(&self, payment: PaymentId) -> Result<Option<Intent>, Trouble> {
        let mut found = None;
        let answered = self.call(None, |state| {
            let old = |known: &&Known| state.now >= known.since + 60_000;
            let known = state.intents.iter().filter(old).find(|known| known.intent.payment == Some(payment));
            found = known.map(|known| known.intent.clone());
            Err(Trouble::Missing)
        });
        match answered {
            Err(Trouble::Unknown(cause)) => Err(Trouble::Unknown(cause)),
            _ => Ok(found),
        }
    }

    async fn ask(&self, id: &IntentRef) -> Result<Intent, Trouble> {
        intent(self.call(None, |state| state.known(id).map(|known| Kept::Intent(known.intent.clone())))?)
    }

    async fn charge(&self, payment: PaymentId, id: &IntentRef, _: &MethodRef) -> Result<Intent, Trouble> {
        intent(self.call(Some(format!("{payment}-charge")), |state| {
            let bank = state.bank;
            let known = state.known(id)?;
            let amount = known.amount;
            if !matches!(known.intent.status, IntentStatus::Open { .. } | IntentStatus::ActionRequired) {
                return Ok(Kept::Intent(known.intent.clone()));
            }
            let status = match bank {
                Some(Bank::Declines) => IntentStatus::Open { declined: Some("card_declined".to_owned()) },
                Some(Bank::WantsTheCustomer) => IntentStatus::ActionRequired,
                Some(Bank::Pays) | None => IntentStatus::Captured(amount),
            };
            state.becomes(id, status).map(Kept::Intent)
        })?)
    }

    async fn cancel(&self, id: &IntentRef) -> Result<Intent, Trouble> {
        intent(self.call(None, |state| {
            let known = state.known(id)?;
            if matches!(known.intent.status, IntentStatus::Captured(_) | IntentStatus::Cancelled) {
                return Ok(Kept::Intent(known.intent.clone()));
            }
            state.becomes(id, IntentStatus::Cancelled).map(Kept::Intent)
        })?)
    }

    async fn refund(&self, new: &NewRefund<'_>) -> Result<RefundNews, Trouble> {
        let (refund, purpose, amount, of) = (new.refund, new.purpose, new.amount, new.intent.clone());
        let kept = self.call(Some(format!("{refund}-{}", new.tries)), |state| {
            let IntentStatus::Captured(captured) = state.known(&of)?.intent.status else {
                return Err(Trouble::Refused { code: "not-captured".to_owned() });
            };
            if amount.amount_minor > captured.amount_minor - state.given_back(&of) {
                state.overdrawn = true;
                return Err(Trouble::Refused { code: "too-much".to_owned() });
            }
            let news = RefundNews {
                id: RefundRef::from(format!("re_{}", state.refunds.len())),
                refund: Some(refund),
                purpose: Some(purpose),
                intent: Some(of.clone()),
                amount,
                status: RefundStatus::Pending,
                made_at: Timestamp::from_millis(state.now),
            };
            state.refunds.push(news.clone());
            state.told.push(Told::Refund(news.clone()));
            Ok(Kept::Refund(news))
        })?;
        match kept {
            Kept::Refund(news) => Ok(news),
            Kept::Intent(_) => Err(Trouble::Broken("no refund".to_owned())),
        }
    }

    async fn list(&self, _: Book, _: Span, _: Option<&str>) -> Result<BookPage, Trouble> {
        Ok(BookPage { entries: Vec::new(), next: None })
    }

    async fn refunds(&self, id: &IntentRef) -> Result<Vec<RefundNews>, Trouble> {
        let mut found = Vec::new();
        let answered = self.call(None, |state| {
            let of = state.refunds.iter().filter(|refund| refund.intent.as_ref() == Some(id));
            found = of.cloned().collect();
            Err(Trouble::Missing)
        });
        match answered {
            Err(Trouble::Unknown(cause)) => Err(Trouble::Unknown(cause)),
            _ => Ok(found),
        }
    }

    async fn enrol(&self, account: AccountId) -> Result<PayerRef, Trouble> {
        Ok(format!("cus_{account}").into())
    }

    async fn account_of(&self, _: &PayerRef) -> Result<Option<AccountId>, Trouble> {
        Ok(None)
    }

    async fn forget(&self, _: &MethodRef) -> Result<(), Trouble> {
        Ok(())
    }
}

/// A minute of the history.
pub const MINUTE: Duration = Duration::from_secs(60);
