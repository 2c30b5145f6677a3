//! Staff look at what moved a person's balance.
//!
//! Called by a manager or an auditor, of any account. Page by page, the newest line first, as JSON or as a sheet.
//! Strongly consistent.

use crate::tariff::BusinessCurrency;
use crate::view::{Line, Which, statement};
use kernel::{AccountId, Page};
use platform::http::{self, Overseer, Path, Query, Sheet, WantsCsv};
use platform::{Failure, Function, Setting, TableReader};
use std::convert::Infallible;

/// `GET /v1/accounts/{account}/statement`
pub fn function() -> Function {
    http::get("/v1/accounts/{account}/statement", list_account_statement)
}

/// Reads a page of somebody's statement.
pub async fn list_account_statement(
    _: Overseer,
    Path(account): Path<AccountId>,
    Query(which): Query<Which>,
    csv: WantsCsv,
    Setting(currency): Setting<BusinessCurrency>,
    billing: TableReader,
) -> Result<Sheet<Page<Line>>, Failure<Infallible>> {
    statement(&billing, account, which, csv, currency).await
}
