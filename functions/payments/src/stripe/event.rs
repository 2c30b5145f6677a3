//! What Stripe's webhooks say, in this context's words.

use super::object::{PaymentIntent, Refund, amount};
use crate::attempt::Dispute;
use crate::method::Card;
use crate::provider::{Intent, IntentRef, MethodRef, PayerRef, RefundNews, Trouble};
use serde::Deserialize;
use serde_json::value::RawValue;

/// An event.
#[derive(Debug)]
pub struct Event {
    /// Names it, however often it is delivered.
    pub id: String,
    /// Its type.
    pub kind: String,
    /// What it says.
    pub news: News,
}

/// What an event says.
#[derive(Debug)]
pub enum News {
    /// How an intent stands.
    Intent(Intent),
    /// How a refund stands.
    Refund(RefundNews),
    /// Something was given back of an intent; ask what.
    SomethingRefunded {
        /// The intent.
        intent: IntentRef,
    },
    /// A charge is disputed.
    Disputed {
        /// The intent that was charged.
        intent: IntentRef,
        /// The dispute.
        dispute: Dispute,
    },
    /// A method was saved for charges to come, or its card was renewed.
    Saved {
        /// The method.
        method: MethodRef,
        /// Whose it is.
        payer: PayerRef,
        /// What its owner knows it by.
        card: Card,
    },
    /// A method was forgotten.
    Forgotten {
        /// The method.
        method: MethodRef,
        /// Whose it was.
        payer: PayerRef,
    },
    /// Nothing that this context acts on.
    Other,
}

#[derive(Deserialize)]
struct Envelope<'e> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow)]
    data: Data<'e>,
}

#[derive(Deserialize)]
struct Data<'e> {
    #[serde(borrow)]
    object: &'e RawValue,
    #[serde(default)]
    previous_attributes: Option<Previous>,
}

#[derive(Deserialize)]
struct Previous {
    #[serde(default)]
    customer: Option<String>,
}

#[derive(Deserialize)]
struct Charge {
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
struct DisputeObject {
    id: String,
    amount: i64,
    currency: String,
    reason: String,
    #[serde(default)]
    payment_intent: Option<String>,
}

#[derive(Deserialize)]
struct PaymentMethod {
    id: String,
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    card: Option<Card>,
}

/// The types of events that [`read`] reads, and no others: what the endpoint subscribes to.
pub const TYPES: &[&str] = &[
    "charge.dispute.created",
    "charge.refund.updated",
    "charge.refunded",
    "payment_intent.canceled",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "refund.created",
    "refund.failed",
    "refund.updated",
];

/// Reads an event. An error: it is none, or one whose type we know is not as Stripe describes it.
pub fn read(body: &[u8]) -> Result<Event, Trouble> {
    let Envelope { id, kind, data } = serde_json::from_slice(body).map_err(unreadable)?;
    let object = data.object.get();
    let news = match kind.as_str() {
        kind if !TYPES.contains(&kind) => News::Other,
        "charge.dispute.created" => {
            let dispute: DisputeObject = serde_json::from_str(object).map_err(unreadable)?;
            disputed(dispute)?
        }
        "charge.refunded" => {
            let charge: Charge = serde_json::from_str(object).map_err(unreadable)?;
            charge
                .payment_intent
                .map_or(News::Other, |intent| News::SomethingRefunded { intent: intent.into() })
        }
        "payment_method.detached" => {
            let method: PaymentMethod = serde_json::from_str(object).map_err(unreadable)?;
            let payer = data.previous_attributes.and_then(|previous| previous.customer);
            payer.map_or(News::Other, |payer| News::Forgotten { method: method.id.into(), payer: payer.into() })
        }
        kind if kind.starts_with("payment_method.") => {
            let method: PaymentMethod = serde_json::from_str(object).map_err(unreadable)?;
            match (method.customer, method.card) {
                (Some(payer), Some(card)) => News::Saved { method: method.id.into(), payer: payer.into(), card },
                _ => News::Other,
            }
        }
        kind if kind.starts_with("payment_intent.") => {
            let intent: PaymentIntent = serde_json::from_str(object).map_err(unreadable)?;
            News::Intent(intent.read()?)
        }
        // `refund.…`, and what it was called before.
        _ => {
            let refund: Refund = serde_json::from_str(object).map_err(unreadable)?;
            News::Refund(refund.read()?)
        }
    };
    Ok(Event { id, kind, news })
}

fn disputed(dispute: DisputeObject) -> Result<News, Trouble> {
    let Some(intent) = dispute.payment_intent else {
        return Ok(News::Other);
    };
    let amount = amount(dispute.amount, &dispute.currency)?;
    let dispute = Dispute { id: dispute.id, amount, reason: dispute.reason };
    Ok(News::Disputed { intent: intent.into(), dispute })
}

fn unreadable(error: serde_json::Error) -> Trouble {
    Trouble::Broken(format!("a webhook that is not understood: {error}"))
}
