//! Another context asks how a person is reached, because it is about to send them something.
//!
//! Called by functions that declare the question, never over HTTP. Contact details are nowhere else and in no event,
//! so that they can be corrected and erased in one place.

use crate::account::{Account, Contact};
use crate::store;
use contracts::identity::{self, Contacts, ReadContacts};
use platform::{Asked, Error, Function, TableReader, direct};

/// Answers [`ReadContacts`]
pub fn function() -> Function {
    direct::answer(read_contacts)
}

/// Reads the contacts of an account, those that are not verified yet included and named so.
pub async fn read_contacts(
    Asked(question): Asked<ReadContacts>,
    identity: TableReader,
) -> Result<Option<Contacts>, Error> {
    let account = identity.get::<Account>(&store::account_key(question.account)).await?;
    Ok(account.map(|account| Contacts {
        email: account.value.email.map(contact),
        phone: account.value.phone.map(contact),
        locale: account.value.locale.name().to_owned(),
        time_zone: account.value.time_zone.as_str().to_owned(),
    }))
}

fn contact(contact: Contact<impl Into<String>>) -> identity::Contact {
    identity::Contact {
        value: contact.value.into(),
        verified: contact.verified_at.is_some(),
    }
}
