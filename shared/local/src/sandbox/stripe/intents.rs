//! PaymentIntents: created, shown, searched for, confirmed, cancelled.

use super::form::Form;
use super::refusal::{Refusal, Reply};
use super::{Caller, Stripe};
use kernel::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How far searches lag behind.
pub const SEARCH_LAG: Duration = Duration::from_secs(60);
/// The largest amount.
const MAX_AMOUNT: i64 = 99_999_999;
/// The smallest amounts: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
const MINIMA: [(&str, i64); 20] = [
    ("aed", 200),
    ("aud", 50),
    ("bgn", 100),
    ("brl", 50),
    ("cad", 50),
    ("chf", 50),
    ("czk", 1500),
    ("dkk", 250),
    ("eur", 50),
    ("gbp", 30),
    ("hkd", 400),
    ("huf", 17_500),
    ("inr", 50),
    ("jpy", 50),
    ("mxn", 1000),
    ("nok", 300),
    ("nzd", 50),
    ("pln", 200),
    ("sek", 300),
    ("usd", 50),
];
const REASONS: [&str; 4] = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];

/// An intent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    /// Its name.
    pub id: String,
    /// How far it is.
    pub status: Status,
    /// How much is to be paid, in Stripe's unit.
    pub amount: i64,
    /// In which currency, in lower case.
    pub currency: String,
    /// Whose saved methods may pay it, or whom a method is saved for.
    pub customer: Option<String>,
    /// Whether the method is saved.
    pub setup_future_usage: Option<String>,
    /// What the shop noted.
    pub metadata: BTreeMap<String, String>,
    /// What pays it, or is being authenticated.
    pub payment_method: Option<String>,
    /// Why the last charge failed.
    pub last_error: Option<Value>,
    /// The last charge.
    pub charge: Option<String>,
    /// Methods may send the customer elsewhere.
    redirects: bool,
    secret: String,
    created: Timestamp,
    canceled_at: Option<i64>,
    cancellation_reason: Option<String>,
}

/// How far an intent is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It needs a method.
    RequiresPaymentMethod,
    /// It has one.
    RequiresConfirmation,
    /// The customer must be authenticated.
    RequiresAction,
    /// It is paid.
    Succeeded,
    /// It cannot be paid.
    Canceled,
}

impl Status {
    /// As the API writes it.
    fn name(self) -> String {
        json!(self).as_str().unwrap_or_default().to_owned()
    }
}

impl Intent {
    /// As the API shows it.
    pub fn render(&self) -> Value {
        let received = if self.status == Status::Succeeded { self.amount } else { 0 };
        let action = (self.status == Status::RequiresAction).then(|| {
            let url = format!("/3d_secure/{}?client_secret={}", self.id, self.secret);
            json!({ "type": "redirect_to_url", "redirect_to_url": { "url": url, "return_url": null } })
        });
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_received": received,
            "automatic_payment_methods": { "enabled": true },
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": "automatic",
            "client_secret": self.secret,
            "confirmation_method": "automatic",
            "created": self.created.as_seconds(),
            "currency": self.currency,
            "customer": self.customer,
            "last_payment_error": self.last_error,
            "latest_charge": self.charge,
            "livemode": false,
            "metadata": self.metadata,
            "next_action": action,
            "payment_method": self.payment_method,
            "payment_method_types": ["card"],
            "setup_future_usage": self.setup_future_usage,
            "status": self.status,
        })
    }
}

impl Stripe {
    pub(super) fn create_intent(&mut self, form: &Form, now: Timestamp) -> Reply {
        form.only(&[
            "amount",
            "automatic_payment_methods",
            "confirm",
            "currency",
            "customer",
            "description",
            "metadata",
            "off_session",
            "payment_method",
            "return_url",
            "setup_future_usage",
        ])?;
        let (amount, currency) = amount(form)?;
        let customer = form.text("customer").map(str::to_owned);
        self.check_customer(customer.as_deref())?;
        let setup_future_usage = usage(form)?;
        let redirects = form.text("automatic_payment_methods[allow_redirects]") != Some("never");
        let metadata = form.metadata()?;
        let id = self.name("pi");
        let secret = format!("{id}_secret_{}", Digest::of([super::SECRET_KEY, &id]).short(25));
        let intent = Intent {
            id,
            status: Status::RequiresPaymentMethod,
            amount,
            currency,
            customer,
            setup_future_usage,
            metadata,
            payment_method: None,
            last_error: None,
            charge: None,
            redirects,
            secret,
            created: now,
            canceled_at: None,
            cancellation_reason: None,
        };
        self.store.put(&intent.id, &intent);
        self.happened("payment_intent.created", intent.render(), now);
        match form.flag("confirm")? {
            true => self.confirm(intent, form, Caller::Server, now),
            false => Ok(intent.render()),
        }
    }

    pub(super) fn retrieve_intent(&mut self, id: &str, form: &Form) -> Reply {
        form.only(&["client_secret"])?;
        Ok(self.intent(id)?.render())
    }

    /// An intent as an app with its client secret sees it.
    pub(super) fn shown_to_app(&mut self, id: &str, form: &Form) -> Reply {
        let intent = self.intent(id)?;
        if form.required("client_secret")? != intent.secret {
            let message =
                "The client_secret provided does not match the client_secret associated with the PaymentIntent.";
            return Err(Refusal::parameter("payment_intent_invalid_parameter", "client_secret", message));
        }
        let mut shown = intent.render();
        if let Some(shown) = shown.as_object_mut() {
            for hidden in ["amount_received", "customer", "latest_charge", "metadata"] {
                shown.remove(hidden);
            }
        }
        Ok(shown)
    }

    /// Finds intents by their metadata. What is younger than the lag is not found.
    pub(super) fn search_intents(&mut self, form: &Form, now: Timestamp) -> Reply {
        form.only(&["query", "limit", "page"])?;
        let wanted = clauses(form.required("query")?)?;
        let old_enough = |intent: &Intent| now >= intent.created.after(SEARCH_LAG);
        let matches = |intent: &Intent| wanted.iter().all(|(key, value)| intent.metadata.get(key) == Some(value));
        let found = self.store.each::<Intent>("pi_").into_iter().filter(|intent| old_enough(intent) && matches(intent));
        let data: Vec<Value> = found.take(10).map(|intent| intent.render()).collect();
        Ok(json!({ "object": "search_result", "url": "/v1/payment_intents/search", "has_more": false, "data": data }))
    }

    pub(super) fn confirm_intent(&mut self, id: &str, form: &Form, caller: Caller, now: Timestamp) -> Reply {
        form.only(&[
            "client_secret",
            "expected_payment_method_type",
            "off_session",
            "payment_method",
            "payment_method_data",
            "return_url",
            "setup_future_usage",
            "use_stripe_sdk",
        ])?;
        let intent = self.intent(id)?;
        self.confirm(intent, form, caller, now)
    }

    fn confirm(&mut self, mut intent: Intent, form: &Form, caller: Caller, now: Timestamp) -> Reply {
        let refused = match intent.status {
            Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => None,
            Status::Succeeded => Some("it has already succeeded after being previously confirmed".to_owned()),
            Status::Canceled => Some("it has a status of canceled".to_owned()),
        };
        if let Some(why) = refused {
            let message = format!("You cannot confirm this PaymentIntent because {why}.");
            return Err(Refusal::intent_state(message, intent.render()));
        }
        let away = form.flag("off_session")?;
        if away && caller == Caller::App {
            return Err(Refusal::secret_key_required());
        }
        if caller == Caller::Server && intent.redirects && form.text("return_url").is_none() {
            let message = "Because some payment methods might redirect your customer off of your page, you must \
                provide a `return_url`, or set `automatic_payment_methods[allow_redirects]` to `never`.";
            return Err(Refusal::parameter("parameter_missing", "return_url", message));
        }
        let named = self.method_named(form, caller, now)?;
        let method = named.or_else(|| self.method(intent.payment_method.as_deref()?));
        let Some(method) = method else {
            let message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
            return Err(Refusal::intent_state(message, intent.render()));
        };
        if method.spent {
            let message = "The provided PaymentMethod was previously used without a Customer, or was detached from a \
                Customer. It may not be used again.";
            return Err(Refusal::state(None, message));
        }
        if method.customer.is_some() && method.customer != intent.customer {
            let message = "The payment method belongs to a Customer. Please include the Customer on the PaymentIntent.";
            return Err(Refusal::state(None, message));
        }
        intent.setup_future_usage = usage(form)?.or(intent.setup_future_usage);
        self.charge(intent, method, away, now)
    }

    pub(super) fn cancel_intent(&mut self, id: &str, form: &Form, now: Timestamp) -> Reply {
        form.only(&["cancellation_reason"])?;
        let reason = form.text("cancellation_reason").map(str::to_owned);
        if reason.as_ref().is_some_and(|reason| !REASONS.contains(&reason.as_str())) {
            let message = format!("Invalid cancellation_reason: must be one of {}", REASONS.join(", "));
            return Err(Refusal::parameter("parameter_invalid", "cancellation_reason", message));
        }
        let mut intent = self.intent(id)?;
        if matches!(intent.status, Status::Succeeded | Status::Canceled) {
            let message = format!(
                "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of \
                 the following statuses may be canceled: requires_payment_method, requires_capture, \
                 requires_confirmation, requires_action, processing.",
                intent.status.name()
            );
            return Err(Refusal::intent_state(message, intent.render()));
        }
        intent.status = Status::Canceled;
        intent.canceled_at = Some(now.as_seconds());
        intent.cancellation_reason = reason;
        self.store.put(&intent.id, &intent);
        self.happened("payment_intent.canceled", intent.render(), now);
        Ok(intent.render())
    }

    /// The intent of this name.
    pub(super) fn intent(&self, id: &str) -> Result<Intent, Refusal> {
        let intent = self.store.get(id).filter(|_| id.starts_with("pi_"));
        intent.ok_or_else(|| Refusal::not_found("payment_intent", id))
    }
}

fn amount(form: &Form) -> Result<(i64, String), Refusal> {
    form.required("amount")?;
    let amount = form.number("amount")?.unwrap_or_default();
    let currency = form.required("currency")?.to_ascii_lowercase();
    if currency.to_ascii_uppercase().parse::<kernel::Currency>().is_err() {
        return Err(Refusal::parameter("parameter_invalid", "currency", format!("Invalid currency: {currency}.")));
    }
    let minimum = MINIMA.iter().find(|(known, _)| *known == currency).map_or(1, |(_, minimum)| *minimum);
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(Refusal::parameter("parameter_invalid_integer", "amount", message));
    }
    if amount < minimum {
        let message = format!("Amount must be at least {minimum} {currency} in the smallest unit");
        return Err(Refusal::parameter("amount_too_small", "amount", message));
    }
    if amount > MAX_AMOUNT {
        let message = format!("Amount must be no more than {MAX_AMOUNT} {currency} in the smallest unit");
        return Err(Refusal::parameter("amount_too_large", "amount", message));
    }
    if matches!(currency.as_str(), "isk" | "ugx") && amount % 100 != 0 {
        let code = "invalid_charge_amount_no_decimal_compatible";
        return Err(Refusal::parameter(code, "amount", "Charged amounts must be evenly divisible by 100."));
    }
    Ok((amount, currency))
}

fn usage(form: &Form) -> Result<Option<String>, Refusal> {
    match form.text("setup_future_usage") {
        Some(usage) if !matches!(usage, "on_session" | "off_session") => {
            let message = "Invalid setup_future_usage: must be one of off_session or on_session";
            Err(Refusal::parameter("parameter_invalid", "setup_future_usage", message))
        }
        usage => Ok(usage.map(str::to_owned)),
    }
}

/// The keys and values of a search: `metadata['key']:'value' AND …`.
fn clauses(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    let clause = |text: &str| {
        let (key, value) = text.trim().strip_prefix("metadata['")?.split_once("']:'")?;
        Some((key.to_owned(), value.strip_suffix('\'')?.to_owned()))
    };
    let clauses: Option<Vec<_>> = query.split(" AND ").map(clause).collect();
    clauses.ok_or_else(|| Refusal::invalid(format!("We were unable to parse your search query: {query}")))
}
