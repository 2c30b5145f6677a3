//! Stripe's objects and errors, as far as this context reads them, in this context's words.

use super::amount::from_stripe;
use crate::provider::{ClientSecret, Entry, Intent, IntentRef, IntentStatus, RefundNews, RefundStatus, Taken, Trouble};
use crate::purpose::Purpose;
use kernel::{AccountId, Money, PaymentId, RefundId, Timestamp};
use platform::PartnerResponse;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A `PaymentIntent`.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    id: String,
    status: String,
    currency: String,
    #[serde(default)]
    amount_received: i64,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default)]
    last_payment_error: Option<Explanation>,
    #[serde(default)]
    metadata: Metadata,
}

/// Our ids, as objects carry them. Those of other origins carry none, or something else: that is no error.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Metadata {
    #[serde(default)]
    payment: Option<String>,
    #[serde(default)]
    order: Option<String>,
    #[serde(default)]
    invoice: Option<String>,
    #[serde(default)]
    top_up: Option<String>,
    #[serde(default)]
    refund: Option<String>,
    #[serde(default)]
    account: Option<String>,
}

impl Metadata {
    pub fn payment(&self) -> Option<PaymentId> {
        self.payment.as_ref()?.parse().ok()
    }

    pub fn purpose(&self) -> Option<Purpose> {
        let named = self.order.as_ref().or(self.invoice.as_ref()).or(self.top_up.as_ref());
        named?.parse().ok()
    }
}

/// Why something failed: in errors, and in an intent whose last charge failed.
#[derive(Clone, Debug, Default, Deserialize)]
struct Explanation {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    decline_code: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    payment_intent: Option<Box<PaymentIntent>>,
}

impl Explanation {
    /// The most telling word.
    fn word(&self) -> String {
        let code = self.decline_code.as_ref().or(self.code.as_ref());
        code.cloned().unwrap_or_else(|| self.kind.clone())
    }
}

impl PaymentIntent {
    /// In our words.
    pub fn read(self) -> Result<Intent, Trouble> {
        let status = match self.status.as_str() {
            "succeeded" => IntentStatus::Captured(amount(self.amount_received, &self.currency)?),
            "canceled" => IntentStatus::Cancelled,
            "processing" => IntentStatus::Processing,
            "requires_action" => IntentStatus::ActionRequired,
            "requires_payment_method" | "requires_confirmation" => match &self.last_payment_error {
                // The charge of an absent customer: with the client secret the customer can still make it good.
                Some(error) if error.code.as_deref() == Some("authentication_required") => IntentStatus::ActionRequired,
                error => IntentStatus::Open { declined: error.as_ref().map(Explanation::word) },
            },
            other => return Err(Trouble::Broken(format!("{} is {other}", self.id))),
        };
        Ok(Intent {
            payment: self.metadata.payment(),
            purpose: self.metadata.purpose(),
            id: self.id.into(),
            status,
            secret: self.client_secret.map(ClientSecret::new),
        })
    }
}

/// A `Refund`.
#[derive(Clone, Debug, Deserialize)]
pub struct Refund {
    pub(super) id: String,
    amount: i64,
    currency: String,
    #[serde(default)]
    created: i64,
    #[serde(default)]
    payment_intent: Option<Linked>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    failure_reason: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

impl Refund {
    /// In our words.
    pub fn read(self) -> Result<RefundNews, Trouble> {
        let purpose = self.purpose();
        let status = match self.status.as_deref() {
            Some("succeeded") => RefundStatus::Done,
            Some(status @ ("failed" | "canceled")) => {
                RefundStatus::Failed(self.failure_reason.unwrap_or_else(|| status.to_owned()))
            }
            // Also `requires_action`, where the customer has to say where the money goes.
            _ => RefundStatus::Pending,
        };
        Ok(RefundNews {
            refund: self.metadata.refund.as_ref().and_then(|id| id.parse::<RefundId>().ok()),
            purpose,
            intent: self.payment_intent.map(Linked::name),
            amount: amount(self.amount, &self.currency)?,
            id: self.id.into(),
            status,
            made_at: Timestamp::from_millis(self.created.saturating_mul(1000)),
        })
    }

    /// What was paid: by its own metadata, or, if somebody made it there, by those of the intent.
    fn purpose(&self) -> Option<Purpose> {
        self.metadata.purpose().or_else(|| match &self.payment_intent {
            Some(Linked::Whole { metadata, .. }) => metadata.purpose(),
            Some(Linked::Name(_)) | None => None,
        })
    }
}

/// An object that another one names, or holds if that was asked for (`expand`).
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Linked {
    Name(String),
    Whole {
        id: String,
        #[serde(default)]
        metadata: Metadata,
    },
}

impl Linked {
    fn name(self) -> IntentRef {
        match self {
            Linked::Name(id) | Linked::Whole { id, .. } => id.into(),
        }
    }
}

/// An object of a book: it has a name, and says what it is in our words.
pub(super) trait Listed: DeserializeOwned {
    fn id(&self) -> &str;
    fn entry(self) -> Result<Entry, Trouble>;
}

/// A `Charge`. It has the metadata of its intent.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Charge {
    id: String,
    currency: String,
    #[serde(default)]
    amount_captured: i64,
    #[serde(default)]
    paid: bool,
    #[serde(default)]
    payment_intent: Option<String>,
    #[serde(default)]
    metadata: Metadata,
}

impl Listed for Charge {
    fn id(&self) -> &str {
        &self.id
    }

    fn entry(self) -> Result<Entry, Trouble> {
        let (Some(intent), Some(payment), Some(purpose)) =
            (self.payment_intent, self.metadata.payment(), self.metadata.purpose())
        else {
            return Ok(Entry::Foreign);
        };
        if !self.paid || self.amount_captured == 0 {
            return Ok(Entry::Idle);
        }
        let (intent, amount) = (intent.into(), amount(self.amount_captured, &self.currency)?);
        Ok(Entry::Charge(Taken { intent, payment, purpose, amount }))
    }
}

impl Listed for Refund {
    fn id(&self) -> &str {
        &self.id
    }

    fn entry(self) -> Result<Entry, Trouble> {
        match self.purpose().filter(|_| self.payment_intent.is_some()) {
            // Its currency may be none of ours.
            None => Ok(Entry::Foreign),
            Some(_) => self.read().map(Entry::Refund),
        }
    }
}

/// A `Customer`.
#[derive(Clone, Debug, Deserialize)]
pub struct Customer {
    pub(super) id: String,
    #[serde(default)]
    metadata: Metadata,
}

impl Customer {
    /// The account behind it.
    pub fn account(&self) -> Option<AccountId> {
        self.metadata.account.as_ref()?.parse().ok()
    }
}

/// A list, or what a search found.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    pub(super) data: Vec<T>,
    #[serde(default)]
    pub(super) has_more: bool,
}

/// An amount in our words; Stripe's own word is never guessed at.
pub(super) fn amount(amount: i64, currency: &str) -> Result<Money, Trouble> {
    from_stripe(amount, currency).ok_or_else(|| Trouble::Broken(format!("{amount} {currency} is no amount")))
}

/// A request that did not simply succeed. Some errors carry the intent that they are about.
#[derive(Debug)]
pub struct Failed {
    trouble: Trouble,
    intent: Option<Box<PaymentIntent>>,
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, intent: None }
    }
}

impl From<Failed> for Trouble {
    fn from(failed: Failed) -> Self {
        failed.trouble
    }
}

/// The intent that came back, also within an error: a charge that was declined, a cancellation that came too late.
pub(super) fn intent_of(answer: Result<PaymentIntent, Failed>) -> Result<Intent, Trouble> {
    match answer {
        Ok(intent) => intent.read(),
        Err(Failed { intent: Some(intent), trouble: Trouble::Refused { .. } }) => intent.read(),
        Err(Failed { trouble, .. }) => Err(trouble),
    }
}

/// Reads a response.
pub(super) fn read<T: DeserializeOwned>(response: &PartnerResponse) -> Result<T, Failed> {
    #[derive(Default, Deserialize)]
    struct Error {
        #[serde(default)]
        error: Explanation,
    }
    if response.status == 200 {
        let read = serde_json::from_slice(&response.body);
        return read.map_err(|error| Trouble::Unknown(format!("an answer that is not understood: {error}")).into());
    }
    let Error { error } = serde_json::from_slice(&response.body).unwrap_or_default();
    let code = error.word();
    let about = format!("{} {code}: {}", response.status, error.message.as_deref().unwrap_or_default());
    let trouble = match response.status {
        400 if error.kind == "idempotency_error" => Trouble::Broken(about),
        400 | 402 => Trouble::Refused { code },
        401 | 403 => Trouble::Broken(about),
        404 => Trouble::Missing,
        // Another request with the key is under way, too many requests, or Stripe's own failure: perhaps it was done.
        _ => Trouble::Unknown(about),
    };
    Err(Failed { trouble, intent: error.payment_intent })
}
