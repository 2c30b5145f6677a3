//! Staff look at what a person has or owes.
//!
//! Called by a manager or an auditor, of any account. One in which nothing ever happened has no balances. Strongly
//! consistent.

use crate::view::{Balances, balances};
use kernel::AccountId;
use platform::http::{self, Overseer, Path};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/accounts/{account}/balance`
pub fn function() -> Function {
    http::get("/v1/accounts/{account}/balance", get_account_balance)
}

/// Reads somebody's balances.
pub async fn get_account_balance(
    _: Overseer,
    Path(account): Path<AccountId>,
    billing: TableReader,
) -> Result<http::Ok<Balances>, Failure<Infallible>> {
    Ok(http::Ok { version: None, body: balances(&billing, account).await? })
}
