//! The counterpart of an account at the provider: whom saved methods belong to there.

use crate::provider::{PayerRef, PaymentProvider};
use crate::store::{Payer, payer_key};
use kernel::AccountId;
use platform::{Creation, Error, Table};

/// The account's counterpart, made when it is first needed. It holds no money, so one that is made twice because a
/// reply was lost for longer than the provider remembers does no harm: the one that is stored is used.
pub async fn enrolled<P: PaymentProvider>(
    payments: &Table,
    provider: &P,
    account: AccountId,
) -> Result<PayerRef, Error> {
    if let Some(known) = payments.get::<Payer>(&payer_key(account)).await? {
        return Ok(known.value.payer);
    }
    let payer = provider.enrol(account).await?;
    match payments.create(&Payer { account, payer: payer.clone() }, Vec::new()).await? {
        Creation::Created => Ok(payer),
        Creation::Exists(other) => Ok(other.value.payer),
    }
}
