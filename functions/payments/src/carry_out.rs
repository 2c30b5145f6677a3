//! Carries out what a payment's state asks for, call by call, and stores each result before the next call.
//!
//! Everybody who changes a payment ends here: who was first, who comes again, the sweeper. Calls may be repeated, so
//! it does not matter who carries them out or how often; results are written on the version they were decided on.

use crate::attempt::Ending;
use crate::next_call::{Call, Matter};
use crate::payment::{NEVER_CHARGED, Next, Payment};
use crate::provider::{ClientSecret, Intent, IntentStatus, PaymentProvider, RefundNews, Trouble};
use crate::refund::Refund;
use kernel::{PaymentId, RefundId, Timestamp};
use platform::{Error, Item, Log, Stored, Table};
use serde_json::json;

/// More calls than a payment asks for at once, with room for races.
const MAX_CALLS: usize = 32;
/// Our word for what the provider does not know any more.
const MISSING: &str = "missing";

/// A payment after its calls.
pub struct Carried {
    /// As it stands now.
    pub payment: Stored<Payment>,
    /// What lets customers pay, of the intents that were seen.
    pub secrets: Vec<(PaymentId, ClientSecret)>,
    /// What was given back because nobody wanted it, or not like that.
    strays: Vec<RefundId>,
    /// Why a call came to nothing. It stays to be made: by a repetition, or by the sweeper.
    trouble: Option<Error>,
}

impl Carried {
    /// Logs what a person should know of.
    pub fn report(&self, log: &Log) {
        let purpose = self.payment.value.purpose;
        if !self.strays.is_empty() {
            let facts = json!({ purpose.word(): purpose, "refunds": self.strays });
            log.error("money that was not asked for is given back", facts);
        }
        let unbooked: Vec<RefundId> = self.payment.value.unbooked().map(|refund| refund.id).collect();
        if !unbooked.is_empty() {
            let facts = json!({ purpose.word(): purpose, "refunds": unbooked });
            log.error("money that is in the ledger was given back at the provider: debit the account", facts);
        }
        // Of an order that is announced, and somebody else tells people.
        if purpose.order().is_none() && self.payment.value.needs_a_person() {
            let facts = json!({ purpose.word(): purpose });
            log.error("a refund failed, or the bank disputes a payment: look at the provider", facts);
        }
        if let Some(trouble) = &self.trouble {
            let facts = json!({ purpose.word(): purpose, "cause": trouble.to_string() });
            log.warn("the provider is to be asked again", facts);
        }
    }

    /// The payment, if every call came to an end.
    pub fn whole(self) -> Result<Stored<Payment>, Error> {
        match self.trouble {
            None => Ok(self.payment),
            Some(trouble) => Err(trouble),
        }
    }
}

/// What came of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// How an attempt's intent stands.
    Intent(PaymentId, Intent),
    /// An attempt will bring no money.
    Ended(PaymentId, Ending),
    /// An attempt's saved method will not be charged.
    NotCharged(PaymentId, String),
    /// How a refund stands.
    Refund(RefundNews),
    /// A refund will not be made.
    NotRefunded(RefundId, String),
    /// The provider does not know of a refund.
    NoSuchRefund(RefundId),
}

/// Makes the calls that `payment` asks for, until there are none but those that fail.
pub async fn carry_out<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    payment: Stored<Payment>,
    now: Timestamp,
) -> Result<Carried, Error> {
    let mut carried = Carried {
        payment,
        secrets: Vec::new(),
        strays: Vec::new(),
        trouble: None,
    };
    let mut left: Vec<Matter> = Vec::new();
    for _ in 0..MAX_CALLS {
        let Some(call) = carried.payment.value.next_call(&left, now) else {
            return Ok(carried);
        };
        let matter = call.matter();
        if let Call::Refund(refund) = &call
            && refund.tries == 0
            && carried.payment.value.refund(refund.refund).is_some_and(Refund::is_stray)
        {
            carried.strays.push(refund.refund);
        }
        let answer = match answer(provider, &call).await {
            Ok(answer) => answer,
            Err(trouble) => {
                carried.trouble = Some(trouble.into());
                left.push(matter);
                continue;
            }
        };
        let next = follow(&carried.payment.value, &answer, now);
        if let Answer::Intent(id, Intent { secret: Some(secret), .. }) = answer {
            carried.secrets.push((id, secret));
        }
        match next {
            // It goes on at the provider, or says what is known: there is nothing to do about it now.
            None => left.push(matter),
            Some(next) => carried.payment = write(payments, carried.payment, next).await?,
        }
    }
    Err(Error::contended(format!("the payment of {} kept changing", carried.payment.value.purpose)))
}

/// Writes the next state; if somebody was faster, the payment as it stands then.
async fn write(payments: &Table, old: Stored<Payment>, (next, events): Next) -> Result<Stored<Payment>, Error> {
    match payments.replace(&old, next, events).await? {
        Some(written) => Ok(written),
        None => {
            let found = payments.get(&old.value.key()).await?;
            found.ok_or_else(|| Error::broken(format!("{} is gone", old.value.key())))
        }
    }
}

/// Makes one call. What gives no answer is asked about, where the provider can tell at once.
pub async fn answer<P: PaymentProvider>(provider: &P, call: &Call<'_>) -> Result<Answer, Trouble> {
    match call {
        Call::Open(intent) => match provider.open(intent).await {
            Err(Trouble::Refused { code }) => Ok(Answer::Ended(intent.payment, Ending::Refused { code })),
            opened => Ok(Answer::Intent(intent.payment, opened?)),
        },
        Call::Find(id) => Ok(match provider.find(*id).await? {
            Some(intent) => Answer::Intent(*id, intent),
            None => Answer::Ended(*id, Ending::Lost),
        }),
        Call::Charge(id, intent, method) => match provider.charge(*id, intent, method).await {
            Err(Trouble::Refused { code }) => Ok(Answer::NotCharged(*id, code)),
            Err(Trouble::Unknown(_)) => Ok(Answer::Intent(*id, provider.ask(intent).await?)),
            charged => Ok(Answer::Intent(*id, charged?)),
        },
        Call::Ask(id, intent) => match provider.ask(intent).await {
            Err(Trouble::Missing) => Ok(Answer::Ended(*id, Ending::Lost)),
            Ok(Intent { status: IntentStatus::Open { declined: None }, .. }) => {
                Ok(Answer::NotCharged(*id, NEVER_CHARGED.to_owned()))
            }
            asked => Ok(Answer::Intent(*id, asked?)),
        },
        Call::Cancel(id, intent) => match provider.cancel(intent).await {
            Err(Trouble::Missing) => Ok(Answer::Ended(*id, Ending::Lost)),
            cancelled => Ok(Answer::Intent(*id, cancelled?)),
        },
        Call::Refund(refund) => match provider.refund(refund).await {
            Err(Trouble::Refused { code }) => Ok(Answer::NotRefunded(refund.refund, code)),
            Err(Trouble::Missing) => Ok(Answer::NotRefunded(refund.refund, MISSING.to_owned())),
            Err(Trouble::Unknown(cause)) => {
                let found = find_refund(provider.refunds(refund.intent).await?, refund.refund);
                found.map(Answer::Refund).ok_or(Trouble::Unknown(cause))
            }
            refunded => Ok(Answer::Refund(refunded?)),
        },
        Call::FindRefund(id, intent) => {
            let found = find_refund(provider.refunds(intent).await?, *id);
            Ok(found.map_or(Answer::NoSuchRefund(*id), Answer::Refund))
        }
    }
}

fn find_refund(refunds: Vec<RefundNews>, id: RefundId) -> Option<RefundNews> {
    refunds.into_iter().find(|news| news.refund == Some(id))
}

/// What the payment becomes by an answer. `None`: it stays.
pub fn follow(payment: &Payment, answer: &Answer, now: Timestamp) -> Option<Next> {
    match answer {
        // Our own call was about the attempt's own intent.
        Answer::Intent(id, intent) => payment.heard(*id, intent, now).ok().flatten(),
        Answer::Ended(id, why) => payment.ended(*id, why.clone(), now),
        Answer::NotCharged(id, code) => payment.not_charged(*id, code, now),
        Answer::Refund(news) => payment.refund_heard(news, now),
        Answer::NotRefunded(id, code) => payment.refund_refused(*id, code, now),
        Answer::NoSuchRefund(id) => payment.refund_unknown(*id, now),
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unknown(cause) => Error::unavailable(format!("the provider: {cause}")),
            Trouble::Refused { code } => Error::broken(format!("the provider refuses: {code}")),
            Trouble::Missing => Error::broken("the provider has no such thing"),
            Trouble::Broken(cause) => Error::broken(format!("the provider: {cause}")),
        }
    }
}
