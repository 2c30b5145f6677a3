//! An admin looks at somebody's roles, to change them.
//!
//! Called by an admin. The reply's `ETag` is to be sent as `If-Match` with the change.

use crate::account::Account;
use crate::roles::Roles;
use crate::store;
use kernel::AccountId;
use platform::http::caller::Admin;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// The roles of an account.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RolesView {
    /// Whose.
    pub account: AccountId,
    /// All of them.
    pub roles: Roles,
}

/// `GET /v1/accounts/{account}/roles`
pub fn function() -> Function {
    http::get("/v1/accounts/{account}/roles", get_roles)
}

/// Reads the roles.
pub async fn get_roles(
    _: Staff<Admin>,
    Path(id): Path<AccountId>,
    identity: TableReader,
) -> Result<http::Ok<RolesView>, Failure<Infallible>> {
    let account = identity.get::<Account>(&store::account_key(id)).await?.ok_or_else(http::not_found)?;
    Ok(http::Ok::at(account.version, RolesView { account: id, roles: account.value.roles }))
}
