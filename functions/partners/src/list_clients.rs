//! Staff look at the clients whom Happy Cat Box brought.
//!
//! Called by a manager; by the partner's ids, in pages. A list may be a moment behind; a client itself never is.

use crate::get_client::ClientView;
use crate::happy_cat_box::SOURCE;
use crate::row::ExternalId;
use crate::store::{Admission, admission_key, clients_of};
use kernel::{AccountId, Page};
use platform::http::caller::Manager;
use platform::http::{self, Paging, Query, Staff};
use platform::{Failure, Function, Key, TableReader};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// `GET /v1/partners/happy-cat-box/clients`
pub fn function() -> Function {
    http::get("/v1/partners/happy-cat-box/clients", list_clients)
}

/// Reads one page of clients, and which accounts they have.
pub async fn list_clients(
    _: Staff<Manager>,
    Query(query): Query<Paging>,
    partners: TableReader,
) -> Result<http::Ok<Page<ClientView>>, Failure<Infallible>> {
    let limit = query.limit();
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
