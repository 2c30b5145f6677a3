//! A client pays an invoice that was not paid by a charge of the saved method.
//!
//! Called by the invoice's client with an `Idempotency-Key`; the same key again gets the same reply. Somebody else's
//! invoice is not found. Without a saved method the reply holds a client secret, with which the client pays in the
//! provider's form within an hour; whether that succeeded, the provider's webhook says. What is under way for the
//! invoice is ended at the provider first, so an invoice is never paid twice; money that came nevertheless goes back.
//! Followed by `payments.invoice-paid.v1`.

use crate::carry_out::carry_out;
use crate::invoice::TIME_TO_PAY;
use crate::payment::{NotStartable, Payment, Wish};
use crate::refusals::refusals;
use crate::start_payment::StartPayment;
use crate::started::{StartedPayment, told};
use crate::store::payment_key;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use crate::way::chosen;
use kernel::{InvoiceId, PaymentId};
use platform::http::{self, Created, Customer, IdempotencyKey, Json, Path};
use platform::{Decision, Failure, Function, Now, Partner, Secret, Stored, Table};

refusals! {
    /// The invoice is paid.
    #[problem(409, "already-paid", "There is nothing to pay.")]
    AlreadyPaid,
    /// There were too many attempts to pay the invoice.
    #[problem(409, "too-many-payments", "Ask the support how to pay this invoice.")]
    TooManyAttempts,
    /// The payment has ended.
    #[problem(409, "payment-over", "Another one took its place, or its time is over. Start one with a new key.")]
    PaymentEnded,
}

/// `POST /v1/invoices/{invoice}/payments`
pub fn function() -> Function {
    http::post("/v1/invoices/{invoice}/payments", pay_invoice)
}

/// Stores the attempt, carries it out as far as it goes without the client, and says how far that is.
pub async fn pay_invoice(
    client: Customer,
    key: IdempotencyKey,
    Path(invoice): Path<InvoiceId>,
    Json(request): Json<StartPayment>,
    Now(now): Now,
    payments: Table,
    (api, api_key): (Partner<StripeApi>, Secret<StripeKey>),
) -> Result<Created<StartedPayment>, Failure<Refused>> {
    let (id, stripe): (PaymentId, _) = (key.id(), Stripe::new(api, api_key));
    let known = payments.get::<Payment>(&payment_key(invoice)).await?.map(|known| known.value);
    let known = known.filter(|known| known.customer == client.account).ok_or_else(http::not_found)?;
    let bill = known.bill.ok_or_else(http::not_found)?;
    if request.save_method && request.payment_method.is_some() {
        return Err(Refused::SavedAlready.into());
    }
    let way = chosen(&payments, &stripe, client.account, request.payment_method, request.save_method).await?;
    let decide = |found: Option<&Stored<Payment>>| {
        let payment = &found.ok_or_else(http::not_found)?.value;
        if let Some(known) = payment.attempt(id) {
            key.replays(&known.request)?;
            return Ok(Decision::Keep);
        }
        let wish = Wish {
            id,
            request: key.fingerprint().to_owned(),
            amount: bill.amount,
            way: way.clone().ok_or(Refused::MethodUnknown)?,
            pay_until: now.after(TIME_TO_PAY),
        };
        let (payment, events) = payment.start(wish, now)?;
        Ok(Decision::To(payment, events))
    };
    let payment = payments.change(&payment_key(invoice), decide).await?.ok_or_else(http::not_found)?;
    let carried = carry_out(&payments, &stripe, payment, now).await?;
    let body = told(&stripe, carried, id).await?;
    Ok(Created { location: format!("/v1/invoices/{invoice}"), body })
}

impl From<NotStartable> for Failure<Refused> {
    fn from(reason: NotStartable) -> Self {
        Failure::Refused(match reason {
            // Only an order's payment is ever closed: an invoice that wants no more money is paid.
            NotStartable::Paid | NotStartable::Closed => Refused::AlreadyPaid,
            NotStartable::TooMany => Refused::TooManyAttempts,
        })
    }
}
