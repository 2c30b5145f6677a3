//! A customer starts to pay an order.
//!
//! Called by the order's customer with an `Idempotency-Key`, until the time to pay is over; the same key again gets
//! the same reply. An order of which `orders.order-reserved.v1` has not told yet is asked for. Without a saved method
//! the reply holds a client secret, with which the customer pays in the provider's form; whether that succeeded, the
//! provider's webhook says. With one, the method is charged at once. What the provider is asked for is stored first;
//! where its answer is lost, the same request goes on from there. A new attempt ends the one before at the provider
//! first, so an order is never paid twice. Followed by `payments.payment-succeeded.v1` or
//! `payments.payment-failed.v1`.

use crate::attempt::Way;
use crate::carry_out::carry_out;
use crate::method::{MethodState, SavedMethod};
use crate::payable::Payable;
use crate::payer;
use crate::payment::{Payment, Wish};
use crate::provider::PaymentProvider;
use crate::started::{Refused, StartedPayment};
use crate::store::{method_key, payable_key, payment_key};
use crate::stripe::{Stripe, StripeApi, StripeKey};
use contracts::orders::{Offer, ReadPayable};
use kernel::{AccountId, OrderId, PaymentId, PaymentMethodId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json, Path};
use platform::{Ask, Decision, Error, Failure, Function, Now, Partner, Secret, Stored, Table};
use schemars::JsonSchema;
use serde::Deserialize;

/// How the customer wants to pay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({"save_method": true}))]
pub struct StartPayment {
    /// Keep the method for charges while the customer is away. The provider's form asks for the mandate.
    #[serde(default)]
    pub save_method: bool,
    /// Charge this saved method.
    #[serde(default)]
    pub payment_method: Option<PaymentMethodId>,
}

/// `POST /v1/orders/{order}/payments`
pub fn function() -> Function {
    http::post("/v1/orders/{order}/payments", start_payment)
}

/// Stores the attempt, carries it out as far as it goes without the customer, and says how far that is.
#[allow(clippy::too_many_arguments, reason = "each one declares what the function may touch")]
pub async fn start_payment(
    customer: Customer,
    key: IdempotencyKey,
    Path(order): Path<OrderId>,
    Json(request): Json<StartPayment>,
    Now(now): Now,
    payments: Table,
    (api, api_key): (Partner<StripeApi>, Secret<StripeKey>),
    orders: Ask<ReadPayable>,
) -> Result<Created<StartedPayment>, Failure<Refused>> {
    let (id, stripe): (PaymentId, _) = (key.id(), Stripe::new(api, api_key));
    let payable = match payments.get::<Payable>(&payable_key(order)).await? {
        Some(known) => known.value,
        None => unheard_of(&orders, order, customer.account).await?,
    };
    if payable.customer != customer.account {
        return Err(http::not_found());
    }
    let way = way(&payments, &stripe, customer.account, &request).await?;
    let decide = |found: Option<&Stored<Payment>>| {
        let none = Payment::of(order, customer.account);
        let payment = found.map_or(&none, |found| &found.value);
        if let Some(known) = payment.attempt(id) {
            key.replays(&known.request)?;
            return Ok(Decision::Keep);
        }
        let wish = Wish {
            id,
            request: key.fingerprint().to_owned(),
            amount: payable.total,
            way: way.clone().ok_or(Refused::MethodUnknown)?,
            pay_until: payable.pay_until,
        };
        let (payment, events) = payment.start(wish, now)?;
        Ok(Decision::To(payment, events))
    };
    let payment = payments.change(&payment_key(order), decide).await?.ok_or_else(http::not_found)?;
    let carried = carry_out(&payments, &stripe, payment, now).await?;
    let attempt = carried.payment.value.attempt(id).ok_or_else(http::not_found)?;
    let secret = carried.secrets.into_iter().rev().find(|(of, _)| *of == id).map(|(_, secret)| secret);
    let secret = match (secret, attempt.intent()) {
        // A repetition: the secret is kept by nobody but the provider.
        (None, Some(intent)) if StartedPayment::needs_secret(attempt) => {
            stripe.ask(intent).await.map_err(Error::from)?.secret
        }
        (secret, _) => secret,
    };
    StartedPayment::of(order, attempt, secret)
}

/// An order of which this context has not heard: events take their time, and anybody can make an id up.
async fn unheard_of(
    orders: &Ask<ReadPayable>,
    order: OrderId,
    account: AccountId,
) -> Result<Payable, Failure<Refused>> {
    let found = orders.send(&ReadPayable { order }).await?;
    let found = found.filter(|found| found.customer == account).ok_or_else(http::not_found)?;
    match found.offer {
        Offer::NotYet => Err(Refused::NotPayableYet.into()),
        Offer::Open { total, pay_until } => Ok(Payable { order, customer: account, total, pay_until }),
        Offer::Over => Err(Refused::NotPayable.into()),
    }
}

/// How the order is to be paid. `None`: the customer has no such saved method.
async fn way(
    payments: &Table,
    stripe: &Stripe,
    account: AccountId,
    request: &StartPayment,
) -> Result<Option<Way>, Failure<Refused>> {
    match request.payment_method {
        Some(_) if request.save_method => Err(Refused::SavedAlready.into()),
        Some(id) => {
            let saved = payments.get::<SavedMethod>(&method_key(account, id)).await?;
            let saved = saved.filter(|saved| saved.value.state == MethodState::Saved);
            let Some(SavedMethod { method, .. }) = saved.map(|saved| saved.value) else {
                return Ok(None);
            };
            let payer = payer::enrolled(payments, stripe, account).await?;
            Ok(Some(Way::Saved { id, method, payer }))
        }
        None if request.save_method => {
            let payer = payer::enrolled(payments, stripe, account).await?;
            Ok(Some(Way::Form { save_for: Some(payer) }))
        }
        None => Ok(Some(Way::Form { save_for: None })),
    }
}
