//! How something is to be paid: which of a customer's saved methods is charged, if one is.

use crate::attempt::Way;
use crate::method::{MethodState, SavedMethod};
use crate::payer::enrolled;
use crate::provider::PaymentProvider;
use crate::store::{all_methods, method_key};
use kernel::{AccountId, PaymentMethodId};
use platform::{Error, Table};

/// The way that a customer chose: this saved method, or a new one in the provider's form, which is saved if the
/// customer wants that. `None`: the customer has no such saved method.
pub async fn chosen<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    account: AccountId,
    method: Option<PaymentMethodId>,
    save: bool,
) -> Result<Option<Way>, Error> {
    let Some(id) = method else {
        let save_for = if save { Some(enrolled(payments, provider, account).await?) } else { None };
        return Ok(Some(Way::Form { save_for }));
    };
    let found = payments.get::<SavedMethod>(&method_key(account, id)).await?.map(|found| found.value);
    match found.filter(|method| method.state == MethodState::Saved) {
        None => Ok(None),
        Some(method) => saved(payments, provider, method).await.map(Some),
    }
}

/// The method that an account saved last. `None`: it has none.
pub async fn newest<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    account: AccountId,
) -> Result<Option<Way>, Error> {
    let methods = all_methods(payments, account).await?.into_iter();
    let usable = methods.filter(|method| method.state == MethodState::Saved);
    match usable.max_by_key(|method| (method.saved_at, method.id)) {
        None => Ok(None),
        Some(method) => saved(payments, provider, method).await.map(Some),
    }
}

async fn saved<P: PaymentProvider>(payments: &Table, provider: &P, method: SavedMethod) -> Result<Way, Error> {
    let SavedMethod { id, account, method, .. } = method;
    let payer = enrolled(payments, provider, account).await?;
    Ok(Way::Saved { id, method, payer })
}
