//! Staff look at the clients whom Happy Cat Box brought.
//!
//! Called by a manager; by the partner's ids, in pages. A list may be a moment behind; a client itself never is.

use crate::get_client::ClientView;
use crate::happy_cat_box::SOURCE;
use crate::row::ExternalId;
use crate::store::{Admission, admission_key, clients_of};
use kernel::{AccountId, Count, Cursor, Page};
use platform::http::caller::Manager;
use platform::http::{self, Query, Staff};
use platform::{Failure, Function, Key, TableReader};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListClients {
    /// The most clients on a page; 20 if it is not given.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// `GET /v1/partners/happy-cat-box/clients`
pub fn function() -> Function {
    http::get("/v1/partners/happy-cat-box/clients", list_clients)
}

/// Reads one page of clients, and which accounts they have.
pub async fn list_clients(
    _: Staff<Manager>,
    Query(query): Query<ListClients>,
    partners: TableReader,
) -> Result<http::Ok<Page<ClientView>>, Failure<Infallible>> {
    let limit = query.limit.map_or(20, Count::get);
    let page = clients_of(&partners, SOURCE, limit, query.cursor.as_ref()).await?;
    let keys: Vec<Key> = page.items.iter().map(|client| admission_key(SOURCE, &client.value.external_id)).collect();
    let admissions: Vec<Admission> = partners.get_each(&keys).await?;
    let accounts: BTreeMap<ExternalId, AccountId> =
        admissions.into_iter().map(|admission| (admission.client, admission.account)).collect();
    let body = page.map(|client| {
        let account = accounts.get(&client.value.external_id).copied();
        ClientView::of(client.value, account)
    });
    Ok(http::Ok { version: None, body })
}
