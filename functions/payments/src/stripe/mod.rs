//! Stripe as a [`PaymentProvider`]: form bodies out, JSON in. Nothing outside this module knows its words.
//!
//! Each POST that creates something carries an idempotency key made of our id, so that it may be sent again. Intents
//! and refunds carry our ids in their metadata; charges inherit them from the intent.

pub mod amount;
pub mod event;
pub mod form;
pub mod object;
pub mod signature;

use crate::provider::{
    Book, BookPage, Intent, IntentRef, MethodRef, NewIntent, NewRefund, PayerRef, PaymentProvider, RefundNews, Span,
    Trouble,
};
use crate::purpose::Purpose;
use form::Form;
use kernel::{AccountId, PaymentId};
use object::{Charge, Customer, Failed, List, Listed, PaymentIntent, Refund};
use platform::{NoAnswer, Partner, PartnerName, PartnerRequest, PartnerResponse, Secret, SecretName};
use serde::de::DeserializeOwned;

/// The version of Stripe's API that this adapter reads and writes.
const VERSION: &str = "2024-10-28.acacia";
/// The most objects Stripe lists at a time.
const PAGE: usize = 100;
/// More pages than an order can have refunds.
const MAX_PAGES: usize = 50;

/// Stripe's API, `https://api.stripe.com`.
#[derive(Clone, Copy, Debug)]
pub struct StripeApi;

impl PartnerName for StripeApi {
    const NAME: &'static str = "stripe";
    const EVENTS: &'static [&'static str] = event::TYPES;
}

/// The secret key of the API.
#[derive(Clone, Copy, Debug)]
pub struct StripeKey;

impl SecretName for StripeKey {
    const NAME: &'static str = "stripe-key";
}

/// The secret that Stripe signs webhooks with.
#[derive(Clone, Copy, Debug)]
pub struct StripeWebhookSecret;

impl SecretName for StripeWebhookSecret {
    const NAME: &'static str = "stripe-webhook-secret";
}

/// Stripe, with what is needed to call it.
pub struct Stripe {
    api: Partner<StripeApi>,
    key: Secret<StripeKey>,
}

impl Stripe {
    /// Stripe, called through `api` with `key`.
    pub fn new(api: Partner<StripeApi>, key: Secret<StripeKey>) -> Self {
        Self { api, key }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failed> {
        self.send("GET", path, None, String::new()).await
    }

    /// A page of a book, at the query `query` of `path`.
    async fn book<T: Listed>(&self, path: &str, query: Form) -> Result<BookPage, Trouble> {
        let page: List<T> = self.get(&format!("{path}?{}", query.encode())).await?;
        let next = page.data.last().map(|last| last.id().to_owned()).filter(|_| page.has_more);
        let entries = page.data.into_iter().map(Listed::entry).collect::<Result<_, _>>()?;
        Ok(BookPage { entries, next })
    }

    /// `key` makes it happen once however often it is sent; none where it can happen only once anyway.
    async fn post<T: DeserializeOwned>(&self, path: &str, key: Option<String>, form: Form) -> Result<T, Failed> {
        self.send("POST", path, key, form.encode()).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: &'static str,
        path: &str,
        key: Option<String>,
        body: String,
    ) -> Result<T, Failed> {
        let secret = self.key.read().await.map_err(|error| Trouble::Unknown(error.to_string()))?;
        let secret = String::from_utf8(secret.current)
            .map_err(|_| Trouble::Broken("the key of Stripe's API is no text".to_owned()))?;
        let mut headers = vec![
            ("authorization", format!("Bearer {}", secret.trim())),
            ("stripe-version", VERSION.to_owned()),
        ];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        }
        headers.extend(key.map(|key| ("idempotency-key", key)));
        let request = PartnerRequest {
            method,
            path: path.to_owned(),
            headers,
            body: body.into_bytes(),
        };
        object::read(&self.answer(&request).await?)
    }

    /// Whatever is sent may be sent again, so a connection that breaks is no reason to give up yet.
    async fn answer(&self, request: &PartnerRequest) -> Result<PartnerResponse, Trouble> {
        match self.api.send(request).await {
            Ok(response) => Ok(response),
            Err(NoAnswer) => self.api.send(request).await.map_err(|NoAnswer| Trouble::Unknown("no answer".to_owned())),
        }
    }
}

/// Where an object's metadata says what was paid.
fn label(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Order(_) => "metadata[order]",
        Purpose::Invoice(_) => "metadata[invoice]",
        Purpose::TopUp(_) => "metadata[top_up]",
    }
}

impl PaymentProvider for Stripe {
    async fn open(&self, intent: &NewIntent<'_>) -> Result<Intent, Trouble> {
        let Some(amount) = amount::to_stripe(intent.amount) else {
            return Err(Trouble::Refused { code: "amount-not-supported".to_owned() });
        };
        let mut form = Form::new()
            .with("amount", amount)
            .with("currency", intent.amount.currency.code().to_ascii_lowercase())
            .with("metadata[payment]", intent.payment)
            .with(label(intent.purpose), intent.purpose)
            .with("automatic_payment_methods[enabled]", true);
        if let Some(payer) = intent.payer {
            form = form.with("customer", payer.as_str());
        }
        form = match (intent.payer, intent.save) {
            (_, true) => form.with("setup_future_usage", "off_session"),
            // Nobody is there to be sent elsewhere.
            (Some(_), false) => form.with("automatic_payment_methods[allow_redirects]", "never"),
            (None, false) => form,
        };
        let intent: PaymentIntent = self.post("/v1/payment_intents", Some(intent.payment.to_string()), form).await?;
        intent.read()
    }

    async fn find(&self, payment: PaymentId) -> Result<Option<Intent>, Trouble> {
        let query = Form::new().with("query", format!("metadata['payment']:'{payment}'")).encode();
        let found: List<PaymentIntent> = self.get(&format!("/v1/payment_intents/search?{query}")).await?;
        found.data.into_iter().next().map(PaymentIntent::read).transpose()
    }

    async fn ask(&self, intent: &IntentRef) -> Result<Intent, Trouble> {
        let intent: PaymentIntent = self.get(&format!("/v1/payment_intents/{}", intent.as_str())).await?;
        intent.read()
    }

    async fn charge(&self, payment: PaymentId, intent: &IntentRef, method: &MethodRef) -> Result<Intent, Trouble> {
        let form = Form::new().with("payment_method", method.as_str()).with("off_session", true);
        let path = format!("/v1/payment_intents/{}/confirm", intent.as_str());
        object::intent_of(self.post(&path, Some(format!("{payment}-charge")), form).await)
    }

    async fn cancel(&self, intent: &IntentRef) -> Result<Intent, Trouble> {
        let form = Form::new().with("cancellation_reason", "abandoned");
        let path = format!("/v1/payment_intents/{}/cancel", intent.as_str());
        object::intent_of(self.post(&path, None, form).await)
    }

    async fn refund(&self, refund: &NewRefund<'_>) -> Result<RefundNews, Trouble> {
        let Some(amount) = amount::to_stripe(refund.amount) else {
            return Err(Trouble::Refused { code: "amount-not-supported".to_owned() });
        };
        let form = Form::new()
            .with("payment_intent", refund.intent.as_str())
            .with("amount", amount)
            .with("metadata[refund]", refund.refund)
            .with(label(refund.purpose), refund.purpose);
        let key = match refund.tries {
            0 => refund.refund.to_string(),
            tries => format!("{}-{tries}", refund.refund),
        };
        let refund: Refund = self.post("/v1/refunds", Some(key), form).await?;
        refund.read()
    }

    async fn refunds(&self, intent: &IntentRef) -> Result<Vec<RefundNews>, Trouble> {
        let mut found = Vec::new();
        let mut query = Form::new().with("payment_intent", intent.as_str()).with("limit", PAGE);
        for _ in 0..MAX_PAGES {
            let page: List<Refund> = self.get(&format!("/v1/refunds?{}", query.encode())).await?;
            let last = page.data.last().map(|refund| refund.id.clone()).filter(|_| page.has_more);
            for refund in page.data {
                found.push(refund.read()?);
            }
            let Some(last) = last else {
                return Ok(found);
            };
            query =
                Form::new().with("payment_intent", intent.as_str()).with("limit", PAGE).with("starting_after", last);
        }
        Err(Trouble::Broken(format!("{} has more refunds than an order can have", intent.as_str())))
    }

    async fn list(&self, book: Book, span: Span, after: Option<&str>) -> Result<BookPage, Trouble> {
        let mut query = Form::new()
            .with("created[gte]", span.from.as_seconds())
            .with("created[lt]", span.until.as_seconds())
            .with("limit", PAGE);
        if let Some(after) = after {
            query = query.with("starting_after", after);
        }
        match book {
            Book::Charges => self.book::<Charge>("/v1/charges", query).await,
            // Who refunds at Stripe itself notes nothing: what was paid, the intent knows.
            Book::Refunds => self.book::<Refund>("/v1/refunds", query.with("expand[]", "data.payment_intent")).await,
        }
    }

    async fn enrol(&self, account: AccountId) -> Result<PayerRef, Trouble> {
        let form = Form::new().with("metadata[account]", account);
        let customer: Customer = self.post("/v1/customers", Some(format!("payer-{account}")), form).await?;
        Ok(customer.id.into())
    }

    async fn account_of(&self, payer: &PayerRef) -> Result<Option<AccountId>, Trouble> {
        let customer: Result<Customer, Failed> = self.get(&format!("/v1/customers/{}", payer.as_str())).await;
        match customer {
            Ok(customer) => Ok(customer.account()),
            Err(failed) => match failed.into() {
                Trouble::Missing => Ok(None),
                trouble => Err(trouble),
            },
        }
    }

    async fn forget(&self, method: &MethodRef) -> Result<(), Trouble> {
        let path = format!("/v1/payment_methods/{}/detach", method.as_str());
        let detached: Result<serde_json::Value, Failed> = self.post(&path, None, Form::new()).await;
        match detached.map_err(Trouble::from) {
            // Stripe refuses to detach what is not attached.
            Ok(_) | Err(Trouble::Refused { .. } | Trouble::Missing) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }
}
