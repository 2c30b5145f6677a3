//! A customer returned goods: their price goes back.
//!
//! Consumes `orders.order-returned.v1`. One refund for each return, however often it is told; never more than was
//! captured and not yet given back. Ends in `payments.refund-succeeded.v1` or `payments.refund-failed.v1`, at once or
//! when the provider's webhook says so.

use crate::carry_out::carry_out;
use crate::hear::failed;
use crate::payment::Payment;
use crate::store::payment_key;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use contracts::orders::OrderReturned;
use platform::{Decision, Error, Failure, Function, Log, Now, On, Partner, Secret, Stored, Table, events};

/// On `orders.order-returned.v1`
pub fn function() -> Function {
    events::on(refund_return)
}

/// Takes the refund on, and asks the provider for it.
pub async fn refund_return(
    returned: On<OrderReturned>,
    Now(now): Now,
    log: Log,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<(), Error> {
    let order = returned.order;
    let not_here = || Failure::Failed(Error::unavailable(format!("the payment of {order} is not here yet")));
    let decide = |found: Option<&Stored<Payment>>| {
        let payment = &found.ok_or_else(not_here)?.value;
        let next = payment.returned(returned.return_id, returned.refund, now).map_err(|_| not_here())?;
        Ok(next.map_or(Decision::Keep, |(payment, events)| Decision::To(payment, events)))
    };
    let payment = payments.change(&payment_key(order), decide).await.map_err(failed)?;
    let payment = payment.ok_or_else(|| Error::broken(format!("the payment of {order} was not kept")))?;
    let carried = carry_out(&payments, &Stripe::new(api, api_key), payment, now).await?;
    carried.report(&log);
    carried.whole().map(drop)
}
