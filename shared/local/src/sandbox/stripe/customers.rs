//! Customers and their saved payment methods.

use super::cards::{self, Behaviour, TestCard};
use super::form::Form;
use super::refusal::{Refusal, Reply};
use super::{Caller, Stripe};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A customer.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Customer {
    id: String,
    created: i64,
    metadata: BTreeMap<String, String>,
}

/// A payment method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Method {
    /// Its name.
    pub id: String,
    /// Whose it is.
    pub customer: Option<String>,
    /// What its card does.
    pub behaviour: Behaviour,
    /// It was detached, or used up: it pays nothing any more.
    pub spent: bool,
    brand: String,
    last4: String,
    created: i64,
}

impl Customer {
    fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "customer",
            "created": self.created,
            "livemode": false,
            "metadata": self.metadata,
        })
    }
}

impl Method {
    /// As the API shows it.
    pub fn render(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_method",
            "created": self.created,
            "customer": self.customer,
            "livemode": false,
            "type": "card",
            "card": { "brand": self.brand, "last4": self.last4, "exp_month": 12, "exp_year": 2034 },
            "metadata": {},
        })
    }
}

impl Stripe {
    pub(super) fn create_customer(&mut self, form: &Form, now: Timestamp) -> Reply {
        form.only(&["metadata", "email", "name", "description"])?;
        let metadata = form.metadata()?;
        let customer = Customer { id: self.name("cus"), created: now.as_seconds(), metadata };
        self.store.put(&customer.id, &customer);
        Ok(customer.render())
    }

    pub(super) fn retrieve_customer(&mut self, id: &str) -> Reply {
        let customer: Option<Customer> = self.store.get(id).filter(|_| id.starts_with("cus_"));
        Ok(customer.ok_or_else(|| Refusal::not_found("customer", id))?.render())
    }

    /// Refuses a customer that does not exist.
    pub(super) fn check_customer(&self, id: Option<&str>) -> Result<(), Refusal> {
        match id {
            Some(id) if self.store.get::<Customer>(id).is_none() || !id.starts_with("cus_") => {
                Err(Refusal::no_such("customer", id, "customer"))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn retrieve_method(&mut self, id: &str) -> Reply {
        Ok(self.method(id).ok_or_else(|| Refusal::not_found("PaymentMethod", id))?.render())
    }

    pub(super) fn attach_method(&mut self, id: &str, form: &Form, now: Timestamp) -> Reply {
        form.only(&["customer"])?;
        let customer = form.required("customer")?.to_owned();
        self.check_customer(Some(&customer))?;
        let mut method = match cards::by_name(id) {
            Some(card) => self.new_method(card, now),
            None => self.method(id).ok_or_else(|| Refusal::not_found("PaymentMethod", id))?,
        };
        if method.spent || method.customer.is_some() {
            return Err(Refusal::state(None, "This PaymentMethod may not be attached (again)."));
        }
        if matches!(method.behaviour, Behaviour::Declined(_)) {
            let error = json!({ "type": "card_error", "code": "card_declined", "message": "Your card was declined." });
            return Err(Refusal::card(&error, Value::Null));
        }
        self.attach(&mut method, customer, now);
        Ok(method.render())
    }

    pub(super) fn detach_method(&mut self, id: &str, form: &Form, now: Timestamp) -> Reply {
        form.only(&[])?;
        let mut method = self.method(id).ok_or_else(|| Refusal::not_found("PaymentMethod", id))?;
        let Some(customer) = method.customer.take() else {
            let message = "The payment method you provided is not attached to a customer so detachment is impossible.";
            return Err(Refusal::state(None, message));
        };
        method.spent = true;
        self.store.put(&method.id, &method);
        self.happened_from("payment_method.detached", method.render(), json!({ "customer": customer }), now);
        Ok(method.render())
    }

    /// Saves a method for a customer.
    pub(super) fn attach(&mut self, method: &mut Method, customer: String, now: Timestamp) {
        if method.customer.is_none() {
            method.customer = Some(customer);
            self.store.put(&method.id, &*method);
            self.happened("payment_method.attached", method.render(), now);
        }
    }

    /// The method that a request to pay names: one that exists, a test method, or (from apps) a card's number.
    pub(super) fn method_named(
        &mut self,
        form: &Form,
        caller: Caller,
        now: Timestamp,
    ) -> Result<Option<Method>, Refusal> {
        if let Some(number) = form.text("payment_method_data[card][number]") {
            if caller == Caller::Server {
                return Err(Refusal::invalid("Sending credit card numbers directly to the Stripe API is unsafe."));
            }
            let card = cards::by_number(number);
            let card =
                card.ok_or_else(|| Refusal::state(Some("incorrect_number"), "Your card number is incorrect."))?;
            return Ok(Some(self.new_method(card, now)));
        }
        let Some(id) = form.text("payment_method") else {
            return Ok(None);
        };
        match cards::by_name(id) {
            Some(card) => Ok(Some(self.new_method(card, now))),
            None => self.method(id).map(Some).ok_or_else(|| Refusal::no_such("PaymentMethod", id, "payment_method")),
        }
    }

    /// The method of this name.
    pub(super) fn method(&self, id: &str) -> Option<Method> {
        self.store.get(id).filter(|_| id.starts_with("pm_"))
    }

    fn new_method(&mut self, card: TestCard, now: Timestamp) -> Method {
        let method = Method {
            id: self.name("pm"),
            customer: None,
            behaviour: card.behaviour,
            spent: false,
            brand: card.brand.to_owned(),
            last4: card.number[card.number.len() - 4..].to_owned(),
            created: now.as_seconds(),
        };
        self.store.put(&method.id, &method);
        method
    }
}
