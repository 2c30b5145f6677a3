//! An auditor looks at how an account came to its roles.
//!
//! Called by an auditor. The newest change comes first. Changes are written once and never again.

use crate::account::Account;
use crate::roles::{RoleChange, Roles};
use crate::store;
use kernel::{AccountId, Page, Timestamp};
use platform::http::caller::Auditor;
use platform::http::{self, Paging, Path, Query, Staff};
use platform::{Failure, Function, List, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// A change of roles.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RoleChangeView {
    /// Counts the changes of the account, from 1.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// Who changed them. Absent if no admin did: the deployment named the first one, or hiring made a worker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AccountId>,
    /// Why.
    pub reason: String,
    /// The roles that came.
    pub granted: Roles,
    /// The roles that went.
    pub revoked: Roles,
    /// All roles after it.
    pub roles: Roles,
}

/// `GET /v1/accounts/{account}/roles/changes`
pub fn function() -> Function {
    http::get("/v1/accounts/{account}/roles/changes", list_role_changes)
}

/// Reads a page of the record.
pub async fn list_role_changes(
    _: Staff<Auditor>,
    Path(account): Path<AccountId>,
    Query(query): Query<Paging>,
    identity: TableReader,
) -> Result<http::Ok<Page<RoleChangeView>>, Failure<Infallible>> {
    let changes = List::collection::<RoleChange>(account).newest_first();
    let page = identity.list::<RoleChange, _>(&changes, query.limit(), query.cursor.as_ref()).await?;
    // Few accounts have no record: only then is it worth a read to tell who does not exist.
    let nothing = page.items.is_empty() && query.cursor.is_none();
    if nothing && identity.get::<Account>(&store::account_key(account)).await?.is_none() {
        return Err(http::not_found());
    }
    let body = page.map(|change| RoleChangeView {
        number: change.value.number,
        at: change.value.at,
        by: change.value.by,
        reason: change.value.reason,
        granted: change.value.granted,
        revoked: change.value.revoked,
        roles: change.value.roles,
    });
    Ok(http::Ok { version: None, body })
}
