//! A customer starts to pay an order.
//!
//! Called by the order's customer with an `Idempotency-Key`, until the time to pay is over; the same key again gets
//! the same reply. An order of which `orders.order-reserved.v1` has not told yet is asked for. Without a saved method
//! the reply holds a client secret, with which the customer pays in the provider's form; whether that succeeded, the
//! provider's webhook says. With one, the method is charged at once. What the provider is asked for is stored first;
//! where its answer is lost, the same request goes on from there. A new attempt ends the one before at the provider
//! first, so an order is never paid twice. Followed by `payments.payment-succeeded.v1` or
//! `payments.payment-failed.v1`.

use crate::carry_out::carry_out;
use crate::payable::Payable;
use crate::payment::{Payment, Wish};
use crate::started::{StartedPayment, told};
use crate::store::{payable_key, payment_key};
use crate::stripe::{Stripe, StripeApi, StripeKey};
use crate::unpaid_order::Refused;
use crate::way::chosen;
use contracts::orders::{Offer, ReadPayable};
use kernel::{AccountId, OrderId, PaymentId, PaymentMethodId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json, Path};
use platform::{Ask, Decision, Failure, Function, Now, Partner, Secret, Stored, Table};
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
    if request.save_method && request.payment_method.is_some() {
        return Err(Refused::SavedAlready.into());
    }
    let way = chosen(&payments, &stripe, customer.account, request.payment_method, request.save_method).await?;
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
    let body = told(&stripe, carried, id).await?;
    Ok(Created { location: format!("/v1/orders/{order}/payments"), body })
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
