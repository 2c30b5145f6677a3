//! Refunds: never more than was charged; some take their time, some fail in the end.

use super::Stripe;
use super::cards::Behaviour;
use super::charging::Charge;
use super::form::Form;
use super::listing;
use super::refusal::{Refusal, Reply};
use super::store::What;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long the bank takes to decide on a refund.
pub const BANK_TAKES: Duration = Duration::from_secs(60);

/// A refund.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refund {
    id: String,
    /// Counts on: the newest is listed first.
    number: u64,
    charge: String,
    intent: String,
    amount: i64,
    currency: String,
    status: String,
    failure_reason: Option<String>,
    metadata: BTreeMap<String, String>,
    created: i64,
}

impl Refund {
    fn render(&self) -> Value {
        let mut refund = json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "metadata": self.metadata,
            "payment_intent": self.intent,
            "reason": null,
            "status": self.status,
        });
        if let Some(reason) = &self.failure_reason {
            refund["failure_reason"] = json!(reason);
        }
        refund
    }
}

impl Stripe {
    pub(super) fn create_refund(&mut self, form: &Form, now: Timestamp) -> Reply {
        form.only(&["amount", "charge", "metadata", "payment_intent", "reason"])?;
        let metadata = form.metadata()?;
        let amount = form.number("amount")?;
        if amount.is_some_and(|amount| amount < 1) {
            let message = "This value must be greater than or equal to 1.";
            return Err(Refusal::parameter("parameter_invalid_integer", "amount", message));
        }
        let mut charge = self.charge_to_refund(form)?;
        let rest = charge.amount - charge.amount_refunded;
        if rest == 0 {
            let message = format!("Charge {} has already been refunded.", charge.id);
            return Err(Refusal::state(Some("charge_already_refunded"), message));
        }
        if charge.disputed {
            let message = format!("Charge {} has been charged back; cannot issue a refund.", charge.id);
            return Err(Refusal::state(Some("charge_disputed"), message));
        }
        let amount = amount.unwrap_or(rest);
        if amount > rest {
            let message = format!("Refund amount ({amount}) is greater than unrefunded amount on charge ({rest})");
            return Err(Refusal::state(None, message));
        }
        charge.amount_refunded += amount;
        self.store.put(&charge.id, &charge);
        let refund = Refund {
            id: self.name("re"),
            number: self.store.count(),
            charge: charge.id.clone(),
            intent: charge.intent.clone(),
            amount,
            currency: charge.currency.clone(),
            status: if charge.behaviour == Behaviour::RefundPends { "pending" } else { "succeeded" }.to_owned(),
            failure_reason: None,
            metadata,
            created: now.as_seconds(),
        };
        self.store.put(&refund.id, &refund);
        self.happened("refund.created", refund.render(), now);
        self.happened("charge.refunded", charge.render(), now);
        if matches!(charge.behaviour, Behaviour::RefundPends | Behaviour::RefundFails) {
            self.store.set_timer(now.after(BANK_TAKES), What::SettleRefund { refund: refund.id.clone() });
        }
        Ok(refund.render())
    }

    fn charge_to_refund(&self, form: &Form) -> Result<Charge, Refusal> {
        let id = match (form.text("payment_intent"), form.text("charge")) {
            (Some(intent), _) => {
                let missing = |_| Refusal::no_such("payment_intent", intent, "payment_intent");
                self.intent(intent).map_err(missing)?.charge
            }
            (None, Some(charge)) => Some(charge.to_owned()),
            (None, None) => return Err(Refusal::missing("payment_intent")),
        };
        let charge = id.and_then(|id| self.store.get::<Charge>(&id)).filter(|charge| charge.paid);
        charge.ok_or_else(|| Refusal::state(None, "This PaymentIntent does not have a successful charge to refund."))
    }

    pub(super) fn retrieve_refund(&mut self, id: &str) -> Reply {
        let refund: Option<Refund> = self.store.get(id).filter(|_| id.starts_with("re_"));
        Ok(refund.ok_or_else(|| Refusal::not_found("refund", id))?.render())
    }

    /// Refunds, the newest first.
    pub(super) fn list_refunds(&mut self, form: &Form) -> Reply {
        form.only(&[&["payment_intent", "charge", "expand"], &listing::PARAMETERS[..]].concat())?;
        let expands = form.text("expand[]");
        if expands.is_some_and(|what| what != "data.payment_intent") {
            return Err(Refusal::parameter("parameter_invalid", "expand", "This property cannot be expanded."));
        }
        let mut all: Vec<Refund> = self.store.each("re_");
        all.retain(|refund| form.text("payment_intent").is_none_or(|intent| refund.intent == intent));
        all.retain(|refund| form.text("charge").is_none_or(|charge| refund.charge == charge));
        all.sort_by_key(|refund| std::cmp::Reverse(refund.number));
        let mut found = Vec::new();
        for refund in all {
            if !listing::within(form, refund.created)? {
                continue;
            }
            let mut shown = refund.render();
            if expands.is_some() {
                shown["payment_intent"] = self.intent(&refund.intent)?.render();
            }
            found.push(shown);
        }
        listing::page(form, ("refund", "/v1/refunds"), found)
    }

    /// Lets happen what banks have decided by now.
    pub(super) fn settle(&mut self, now: Timestamp) {
        while let Some((number, timer)) = self.store.due(now, |what| matches!(what, What::SettleRefund { .. })) {
            self.store.drop_timer(number);
            let What::SettleRefund { refund } = timer.what else {
                return;
            };
            if let Some(refund) = self.store.get::<Refund>(&refund) {
                self.decide(refund, timer.at);
            }
        }
    }

    /// The bank takes a refund, or sends it back.
    fn decide(&mut self, mut refund: Refund, at: Timestamp) {
        let charge = self.store.get::<Charge>(&refund.charge);
        match charge.filter(|charge| charge.behaviour == Behaviour::RefundFails) {
            Some(mut charge) => {
                refund.status = "failed".to_owned();
                refund.failure_reason = Some("expired_or_canceled_card".to_owned());
                charge.amount_refunded -= refund.amount;
                self.store.put(&charge.id, &charge);
            }
            None => refund.status = "succeeded".to_owned(),
        }
        self.store.put(&refund.id, &refund);
        for kind in ["charge.refund.updated", "refund.updated"] {
            self.happened(kind, refund.render(), at);
        }
        if refund.failure_reason.is_some() {
            self.happened("refund.failed", refund.render(), at);
        }
    }
}
