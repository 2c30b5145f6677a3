//! A client whom a partner brought has an account.
//!
//! Consumes `identity.client-admitted.v1` and keeps which account it is, beside the client.

use crate::store::Admission;
use contracts::identity::ClientAdmitted;
use platform::{Error, Function, On, Table, events};

/// On `identity.client-admitted.v1`
pub fn function() -> Function {
    events::on(keep_admission)
}

/// Keeps the snapshot if it is newer than what is kept.
pub async fn keep_admission(admitted: On<ClientAdmitted>, partners: Table) -> Result<(), Error> {
    let stamp = admitted.stamp;
    let ClientAdmitted { account, source, external_id, known } = admitted.event;
    let client = external_id.try_into().map_err(|reason: String| Error::broken(reason))?;
    partners.keep(&Admission { partner: source, client, account, known }, stamp).await?;
    Ok(())
}
