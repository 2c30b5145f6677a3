//! A customer removes a saved payment method.
//!
//! Called by its owner; removing it again is no error. It cannot be charged from then on, and
//! `payments.payment-method-removed.v1` is announced. The provider is told to forget it at once; if it does not
//! answer, the sweeper tells it again.

use crate::method::{MethodState, SavedMethod};
use crate::provider::PaymentProvider;
use crate::store::method_key;
use crate::stripe::{Stripe, StripeApi, StripeKey};
use kernel::PaymentMethodId;
use platform::http::{self, Customer, NoContent, Path};
use platform::{Decision, Error, Failure, Function, Now, Partner, Secret, Stored, Table};
use std::convert::Infallible;

/// `DELETE /v1/payment-methods/{method}`
pub fn function() -> Function {
    http::delete("/v1/payment-methods/{method}", remove_payment_method)
}

/// Removes it here, then at the provider.
pub async fn remove_payment_method(
    customer: Customer,
    Path(id): Path<PaymentMethodId>,
    Now(now): Now,
    payments: Table,
    api: Partner<StripeApi>,
    api_key: Secret<StripeKey>,
) -> Result<NoContent, Failure<Infallible>> {
    let decide = |found: Option<&Stored<SavedMethod>>| {
        let removed = found.and_then(|found| found.value.remove(now));
        Ok(removed.map_or(Decision::Keep, |(method, events)| Decision::To(method, events)))
    };
    let removed = payments.change(&method_key(customer.account, id), decide).await?.ok_or_else(http::not_found)?;
    // It is removed for its owner; what is left to do is no reason to say anything else.
    match forget(&payments, &Stripe::new(api, api_key), removed).await {
        Ok(()) | Err(Error::Unavailable { .. } | Error::Contended { .. }) => Ok(NoContent),
        Err(error) => Err(error.into()),
    }
}

/// Tells the provider to forget a method that is being removed.
pub(crate) async fn forget<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    method: Stored<SavedMethod>,
) -> Result<(), Error> {
    if method.value.state != MethodState::Removing {
        return Ok(());
    }
    provider.forget(&method.value.method).await?;
    if let Some((removed, events)) = method.value.forgotten() {
        // Should somebody else write it at this moment, the sweeper comes by again.
        payments.replace(&method, removed, events).await?;
    }
    Ok(())
}
