//! No more money is wanted for an order: its time to pay is over, or its customer cancelled it.
//!
//! Consumes `orders.order-expiring.v1` and `orders.order-cancelled.v1`. Whatever could still bring money is cancelled
//! at the provider. When that is definite and nothing came, announces `payments.payment-closed.v1`. Money that came
//! before an expiry was settled pays the order: `payments.payment-succeeded.v1`; what a cancelled order had been paid
//! goes back. Either event may overtake everything else: it leaves a closed payment that nobody can start any more.

use crate::carry_out::carry_out;
use crate::payment::{End, Payment};
use crate::store::change_payment;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use contracts::orders::{OrderCancelled, OrderExpiring};
use platform::{Error, Function, Log, Now, On, Partner, Secret, Table, events};

contracts::one_of! {
    /// Why no more money is wanted.
    pub enum NoMoreWanted { OrderExpiring, OrderCancelled }
}

/// On `orders.order-expiring.v1` and `orders.order-cancelled.v1`
pub fn function() -> Function {
    events::on(close_payment)
}

/// Decides that, and ends at the provider what is under way.
pub async fn close_payment(
    event: On<NoMoreWanted>,
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<(), Error> {
    let (order, customer, because) = match &event.event {
        NoMoreWanted::OrderExpiring(event) => (event.order, event.customer, End::Expired),
        NoMoreWanted::OrderCancelled(event) => (event.order, event.customer, End::Cancelled),
    };
    let payment = change_payment(&payments, order, |found| {
        let none = Payment::of(order, customer);
        Ok(found.unwrap_or(&none).close(because, now))
    });
    let payment = payment.await?.ok_or_else(|| Error::broken(format!("the payment of {order} was not kept")))?;
    let carried = carry_out(&payments, &Stripe::new(api, api_key), payment, now).await?;
    carried.report(&log);
    carried.whole().map(drop)
}
