//! Takes the provider's news to the payment or the method that they are about, and stores what they change.

use crate::attempt::Dispute;
use crate::method::{Card, SavedMethod, id_of};
use crate::payment::{Next, Payment, Stranger};
use crate::provider::{Intent, IntentRef, MethodRef, PayerRef, PaymentProvider, RefundNews, Trouble};
use crate::purpose::Purpose;
use crate::store::{change_payment, method_key};
use crate::stripe::event::News;
use kernel::Timestamp;
use platform::{Decision, Error, Stored, Table};

/// What became of news.
pub enum Heard {
    /// They were about this payment, which is as it stands now.
    Payment(Box<Stored<Payment>>),
    /// There is nothing further to do.
    Nothing,
    /// They are about something that nobody here knows.
    Orphan {
        /// The provider's name of it.
        about: String,
    },
}

/// Stores what `news` change. In any order, and again and again, the end is the same.
pub async fn hear<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    news: News,
    now: Timestamp,
) -> Result<Heard, Error> {
    match news {
        News::Intent(intent) => intent_heard(payments, &intent, now, Steps::default()).await,
        News::Refund(news) => match (news.purpose.filter(|_| news.refund.is_some()), &news.intent) {
            (Some(purpose), _) => {
                let about = news.id.as_str().to_owned();
                change(payments, purpose, about, |payment| Ok(payment.refund_heard(&news, now))).await
            }
            // Somebody refunded it at the provider: only the intent knows what was paid.
            (None, Some(intent)) => {
                let intent = intent.clone();
                asked(payments, provider, &intent, now, Steps { refunds: vec![news], dispute: None }).await
            }
            (None, None) => Ok(Heard::Orphan { about: news.id.as_str().to_owned() }),
        },
        News::SomethingRefunded { intent } => {
            let refunds = provider.refunds(&intent).await?;
            asked(payments, provider, &intent, now, Steps { refunds, dispute: None }).await
        }
        News::Disputed { intent, dispute } => {
            asked(payments, provider, &intent, now, Steps { refunds: Vec::new(), dispute: Some(dispute) }).await
        }
        News::Saved { method, payer, card } => saved(payments, provider, method, &payer, card, now).await,
        News::Forgotten { method, payer } => forgotten(payments, provider, method, &payer, now).await,
        News::Other => Ok(Heard::Nothing),
    }
}

/// What else is to be heard with an intent.
#[derive(Default)]
struct Steps {
    refunds: Vec<RefundNews>,
    dispute: Option<Dispute>,
}

/// Asks for the intent that news are about, which knows what it pays, and hears both.
async fn asked<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    intent: &IntentRef,
    now: Timestamp,
    steps: Steps,
) -> Result<Heard, Error> {
    match provider.ask(intent).await {
        Ok(intent) => intent_heard(payments, &intent, now, steps).await,
        Err(Trouble::Missing) => Ok(Heard::Orphan { about: intent.as_str().to_owned() }),
        Err(trouble) => Err(trouble.into()),
    }
}

async fn intent_heard(payments: &Table, intent: &Intent, now: Timestamp, steps: Steps) -> Result<Heard, Error> {
    let about = intent.id.as_str().to_owned();
    let (Some(purpose), Some(id)) = (intent.purpose, intent.payment) else {
        return Ok(Heard::Orphan { about });
    };
    change(payments, purpose, about, |payment| {
        let mut next = (payment.clone(), Vec::new());
        follow(&mut next, payment.heard(id, intent, now)?);
        for news in &steps.refunds {
            let refunded = next.0.refund_heard(news, now);
            follow(&mut next, refunded);
        }
        if let Some(dispute) = &steps.dispute {
            let disputed = next.0.disputed(id, dispute.clone(), now);
            follow(&mut next, disputed);
        }
        Ok((next.0 != *payment).then_some(next))
    })
    .await
}

fn follow((payment, events): &mut Next, next: Option<Next>) {
    if let Some((changed, more)) = next {
        *payment = changed;
        events.extend(more);
    }
}

/// Stores what `decide` makes of a payment.
async fn change(
    payments: &Table,
    purpose: Purpose,
    about: String,
    decide: impl Fn(&Payment) -> Result<Option<Next>, Stranger>,
) -> Result<Heard, Error> {
    let mut stranger = false;
    let payment = change_payment(payments, purpose, |found| {
        let next = found.map(&decide).transpose();
        stranger = next.is_err();
        Ok(next.ok().flatten().flatten())
    });
    Ok(match payment.await? {
        Some(payment) if !stranger => Heard::Payment(Box::new(payment)),
        _ => Heard::Orphan { about },
    })
}

async fn saved<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    method: MethodRef,
    payer: &PayerRef,
    card: Card,
    now: Timestamp,
) -> Result<Heard, Error> {
    let Some(account) = provider.account_of(payer).await? else {
        return Ok(Heard::Orphan { about: method.as_str().to_owned() });
    };
    let decide = |found: Option<&Stored<SavedMethod>>| {
        Ok(match found {
            None => {
                let (saved, events) = SavedMethod::saved(account, method.clone(), card.clone(), now);
                Decision::To(saved, events)
            }
            Some(known) => known.value.renewed(&card).map_or(Decision::Keep, |method| Decision::To(method, Vec::new())),
        })
    };
    payments.advance(&method_key(account, id_of(&method)), decide).await?;
    Ok(Heard::Nothing)
}

async fn forgotten<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    method: MethodRef,
    payer: &PayerRef,
    now: Timestamp,
) -> Result<Heard, Error> {
    let Some(account) = provider.account_of(payer).await? else {
        return Ok(Heard::Orphan { about: method.as_str().to_owned() });
    };
    let decide = |found: Option<&Stored<SavedMethod>>| {
        Ok(match found {
            None => Decision::To(SavedMethod::unknown_forgotten(account, method.clone(), now), Vec::new()),
            Some(known) => {
                known.value.forgotten().map_or(Decision::Keep, |(method, events)| Decision::To(method, events))
            }
        })
    };
    payments.advance(&method_key(account, id_of(&method)), decide).await?;
    Ok(Heard::Nothing)
}
