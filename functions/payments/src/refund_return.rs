//! A customer returned goods: their price goes back.
//!
//! Consumes `orders.order-returned.v1`. One refund for each return, however often it is told; never more than was
//! captured and not yet given back. Ends in `payments.refund-succeeded.v1` or `payments.refund-failed.v1`, at once or
//! when the provider's webhook says so.

use crate::carry_out::carry_out;
use crate::refunding::NothingCaptured;
use crate::store::change_payment;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use contracts::orders::OrderReturned;
use platform::{Error, Function, Log, Now, On, Partner, Secret, Table, events};

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
    let not_here = || Error::unavailable(format!("the payment of {order} is not here yet"));
    let payment = change_payment(&payments, order, |found| {
        let payment = found.ok_or_else(not_here)?;
        payment.returned(returned.return_id, returned.refund, now).map_err(|NothingCaptured| not_here())
    });
    let payment = payment.await?.ok_or_else(not_here)?;
    let carried = carry_out(&payments, &Stripe::new(api, api_key), payment, now).await?;
    carried.report(&log);
    carried.whole().map(drop)
}
