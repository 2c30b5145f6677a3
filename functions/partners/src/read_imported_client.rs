//! Another context asks who the client is that a partner brought.
//!
//! Asked by identity when it admits the client. Contact details are told to who asks, and travel in no event.

use crate::client::Client;
use crate::store::client_key;
use contracts::partners::{ImportedClient, ReadImportedClient};
use platform::{Asked, Error, Function, TableReader, direct};

/// Answers [`ReadImportedClient`]
pub fn function() -> Function {
    direct::answer(read_imported_client)
}

/// The client as the partner knows one.
pub async fn read_imported_client(
    Asked(question): Asked<ReadImportedClient>,
    partners: TableReader,
) -> Result<Option<ImportedClient>, Error> {
    // What is no id names nobody.
    let Ok(id) = question.external_id.parse() else {
        return Ok(None);
    };
    let client = partners.get::<Client>(&client_key(&question.source, &id)).await?;
    Ok(client.map(|client| client.value.told()))
}
