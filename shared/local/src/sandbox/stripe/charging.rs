//! Charges: what a test card does when it is to pay an intent.

use super::Stripe;
use super::cards::{Behaviour, Decline};
use super::customers::Method;
use super::form::Form;
use super::intents::{Intent, Status};
use super::listing;
use super::refusal::{Refusal, Reply};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A charge.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Charge {
    /// Its name.
    pub id: String,
    /// What it pays.
    pub intent: String,
    /// How much.
    pub amount: i64,
    /// How much of it was given back.
    pub amount_refunded: i64,
    /// In which currency.
    pub currency: String,
    /// Whether it came to anything.
    pub paid: bool,
    /// The customer disputes it.
    pub disputed: bool,
    /// What the card does.
    pub behaviour: Behaviour,
    metadata: BTreeMap<String, String>,
    created: i64,
}

impl Charge {
    /// As the API shows it.
    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "charge",
            "amount": self.amount,
            "amount_captured": if self.paid { self.amount } else { 0 },
            "amount_refunded": self.amount_refunded,
            "captured": self.paid,
            "created": self.created,
            "currency": self.currency,
            "disputed": self.disputed,
            "livemode": false,
            "metadata": self.metadata,
            "paid": self.paid,
            "payment_intent": self.intent,
            "refunded": self.amount_refunded == self.amount,
            "status": if self.paid { "succeeded" } else { "failed" },
        })
    }
}

impl Stripe {
    /// What was charged for each order, invoice and top-up, and not given back.
    pub(super) fn charged(&self) -> BTreeMap<String, i64> {
        let mut charged = BTreeMap::new();
        for charge in self.store.each::<Charge>("ch_").into_iter().filter(|charge| charge.paid) {
            if let Some(what) = ["order", "invoice", "top_up"].iter().find_map(|name| charge.metadata.get(*name)) {
                *charged.entry(what.clone()).or_default() += charge.amount - charge.amount_refunded;
            }
        }
        charged
    }

    /// Charges, the newest first.
    pub(super) fn list_charges(&self, form: &Form) -> Reply {
        form.only(&[&["payment_intent"], &listing::PARAMETERS[..]].concat())?;
        let mut all: Vec<Charge> = self.store.each("ch_");
        all.sort_by(|one, other| (other.created, &other.id).cmp(&(one.created, &one.id)));
        let mut found = Vec::new();
        for charge in all {
            let is_wanted = form.text("payment_intent").is_none_or(|intent| charge.intent == intent);
            if is_wanted && listing::within(form, charge.created)? {
                found.push(charge.render());
            }
        }
        listing::page(form, ("charge", "/v1/charges"), found)
    }

    /// Has `method` pay `intent`; `away`: its owner is not there to be authenticated.
    pub(super) fn charge(&mut self, mut intent: Intent, method: Method, away: bool, now: Timestamp) -> Reply {
        intent.payment_method = Some(method.id.clone());
        let authenticates = match method.behaviour {
            Behaviour::Authenticates => true,
            Behaviour::AuthenticatesUntilSaved => !(away && method.customer.is_some()),
            _ => false,
        };
        match method.behaviour {
            Behaviour::Declined(decline) => self.declined(intent, method, decline.words(), now),
            Behaviour::DeclinedOnceSaved if intent.customer.is_some() => {
                self.declined(intent, method, Decline::Generic.words(), now)
            }
            _ if authenticates && away => {
                let message = "Your card was declined. This transaction requires authentication.";
                self.declined(intent, method, ("authentication_required", "authentication_required", message), now)
            }
            _ if authenticates => {
                intent.status = Status::RequiresAction;
                self.store.put(&intent.id, &intent);
                self.happened("payment_intent.requires_action", intent.render(), now);
                Ok(intent.render())
            }
            _ => Ok(self.paid(intent, method, now)),
        }
    }

    /// The customer comes back from the bank: `outcome` is `success` (also when it is not given) or `failure`.
    pub(super) fn authenticate(&mut self, id: &str, form: &Form, now: Timestamp) -> Reply {
        self.shown_to_app(id, form)?;
        let mut intent = self.intent(id)?;
        let method = intent.payment_method.as_deref().and_then(|method| self.method(method));
        let Some(method) = method.filter(|_| intent.status == Status::RequiresAction) else {
            return Err(Refusal::intent_state("This PaymentIntent requires no action.", intent.render()));
        };
        if form.text("outcome") == Some("failure") {
            let message = "We are unable to authenticate your payment method. Please choose another one and try again.";
            intent.status = Status::RequiresPaymentMethod;
            intent.payment_method = None;
            intent.last_error = Some(json!({
                "type": "invalid_request_error",
                "code": "payment_intent_authentication_failure",
                "message": message,
                "payment_method": method.render(),
            }));
            self.store.put(&intent.id, &intent);
            self.happened("payment_intent.payment_failed", intent.render(), now);
        } else {
            self.paid(intent, method, now);
        }
        self.shown_to_app(id, form)
    }

    fn paid(&mut self, mut intent: Intent, mut method: Method, now: Timestamp) -> Value {
        let mut charge = self.new_charge(&intent, &method, true, now);
        charge.disputed = method.behaviour == Behaviour::Disputed;
        self.store.put(&charge.id, &charge);
        intent.status = Status::Succeeded;
        intent.last_error = None;
        intent.charge = Some(charge.id.clone());
        self.store.put(&intent.id, &intent);
        self.happened("charge.succeeded", charge.render(), now);
        self.happened("payment_intent.succeeded", intent.render(), now);
        match (&intent.customer, &intent.setup_future_usage) {
            (Some(customer), Some(_)) => self.attach(&mut method, customer.clone(), now),
            _ if method.customer.is_none() => {
                method.spent = true;
                self.store.put(&method.id, &method);
            }
            _ => {}
        }
        if charge.disputed {
            let dispute = json!({
                "id": self.name("du"),
                "object": "dispute",
                "amount": charge.amount,
                "charge": charge.id,
                "created": now.as_seconds(),
                "currency": charge.currency,
                "livemode": false,
                "metadata": {},
                "payment_intent": intent.id,
                "reason": "fraudulent",
                "status": "needs_response",
            });
            self.happened("charge.dispute.created", dispute, now);
        }
        intent.render()
    }

    fn declined(
        &mut self,
        mut intent: Intent,
        method: Method,
        (code, decline_code, message): (&str, &str, &str),
        now: Timestamp,
    ) -> Reply {
        let charge = self.new_charge(&intent, &method, false, now);
        let error = json!({
            "type": "card_error",
            "code": code,
            "decline_code": decline_code,
            "message": message,
            "charge": charge.id,
            "payment_method": method.render(),
        });
        self.store.put(&charge.id, &charge);
        intent.status = Status::RequiresPaymentMethod;
        intent.payment_method = None;
        intent.charge = Some(charge.id.clone());
        intent.last_error = Some(error.clone());
        self.store.put(&intent.id, &intent);
        self.happened("charge.failed", charge.render(), now);
        self.happened("payment_intent.payment_failed", intent.render(), now);
        Err(Refusal::card(&error, intent.render()))
    }

    fn new_charge(&mut self, intent: &Intent, method: &Method, paid: bool, now: Timestamp) -> Charge {
        Charge {
            id: self.name("ch"),
            intent: intent.id.clone(),
            amount: intent.amount,
            amount_refunded: 0,
            currency: intent.currency.clone(),
            paid,
            disputed: false,
            behaviour: method.behaviour,
            metadata: intent.metadata.clone(),
            created: now.as_seconds(),
        }
    }
}
