//! A partner brought a client: the client gets an account, or is recognised.
//!
//! Consumes `partners.client-imported.v1`, and asks partners who that is. Who verified one of the client's addresses is
//! the client: the account is theirs and stays as it is. Otherwise an account is made whose contacts nobody verified and
//! whose password nobody has; when the partner changes them, they change here, but for what the person verified
//! meanwhile. Nobody is written to. Announces `identity.client-admitted.v1`, once for each client of a partner.

use crate::account::Account;
use crate::admission::{Admission, AdmissionEvent, Client};
use crate::password::decoy;
use crate::preferences::TimeZone;
use crate::settings::PasswordCost;
use crate::store::{self, Claim};
use contracts::partners::{ClientImported, ReadImportedClient};
use kernel::{AccountId, Timestamp};
use platform::{Ask, Commit, Error, Function, Log, Now, On, Setting, Stored, Table, events};
use serde_json::json;

/// How often this is decided anew when something changes in between.
const DECISIONS: usize = 8;

/// On `partners.client-imported.v1`
pub fn function() -> Function {
    events::on(admit_client)
}

/// Asks who the client is, and writes what follows; decides anew if something changed meanwhile.
pub async fn admit_client(
    event: On<ClientImported>,
    Now(now): Now,
    partners: Ask<ReadImportedClient>,
    Setting(cost): Setting<PasswordCost>,
    log: Log,
    identity: Table,
) -> Result<(), Error> {
    let ClientImported { source, external_id } = event.event.clone();
    let question = ReadImportedClient { source: source.clone(), external_id: external_id.clone() };
    let Some(client) = partners.send(&question).await? else {
        // Erased since it was announced: there is nobody to admit.
        log.warn("a client is not known to who brought it", json!({ "event": event.id }));
        return Ok(());
    };
    let utc = TimeZone::try_from("UTC".to_owned()).map_err(Error::broken)?;
    let client = Client::of(client, utc);
    let key = store::admission_key(&source, &external_id);
    for _ in 0..DECISIONS {
        let written = match identity.get::<Admission>(&key).await? {
            Some(known) => change(&identity, &known, &client, &event).await?,
            None => {
                let owner = owner(&identity, &client).await?;
                let admission = Admission {
                    account: owner.unwrap_or_else(|| Admission::account_of(&source, &external_id)),
                    known: owner.is_some(),
                    source: source.clone(),
                    external_id: external_id.clone(),
                    admitted_at: now,
                    heard: (event.stamp.epoch, event.stamp.version),
                };
                admit(&identity, &admission, client.clone(), decoy(cost), now).await?
            }
        };
        if written {
            return Ok(());
        }
    }
    Err(Error::contended(format!("{key} kept changing")))
}

/// Who verified one of the client's addresses.
async fn owner(identity: &Table, client: &Client) -> Result<Option<AccountId>, Error> {
    for address in client.addresses() {
        if let Some(claim) = identity.get::<Claim>(&store::claim_key(&address)).await? {
            return Ok(Some(claim.value.account));
        }
    }
    Ok(None)
}

/// Writes a new admission, with an account unless the person has one; `false`: somebody was faster.
async fn admit(
    identity: &Table,
    admission: &Admission,
    client: Client,
    password: String,
    now: Timestamp,
) -> Result<bool, Error> {
    let mut transaction = identity.transaction().create(admission, vec![AdmissionEvent::Admitted]);
    if !admission.known {
        transaction = transaction.create(&client.account(admission.account, password, now), Vec::new());
    }
    Ok(matches!(transaction.commit().await?, Commit::Done))
}

/// Writes the contacts of an account that was made for the client; `false`: something changed meanwhile.
async fn change(
    identity: &Table,
    known: &Stored<Admission>,
    client: &Client,
    event: &On<ClientImported>,
) -> Result<bool, Error> {
    let Some(heard) = known.value.hears(event.stamp).filter(|heard| !heard.known) else {
        return Ok(true);
    };
    let account = identity.get::<Account>(&store::account_key(heard.account)).await?;
    let account = account.ok_or_else(|| Error::broken(format!("{} was admitted and is not there", heard.account)))?;
    let mut transaction = identity.transaction().replace(known, &heard, Vec::new());
    if let Some(next) = account.value.with_contacts_of(client) {
        transaction = transaction.replace(&account, &next, Vec::new());
    }
    Ok(matches!(transaction.commit().await?, Commit::Done))
}
