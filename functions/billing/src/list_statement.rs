//! A person looks at what moved their balance.
//!
//! Called by whoever is signed in; nobody's but the caller's own is shown. Page by page, the newest line first, as JSON
//! or as a sheet. Strongly consistent.

use crate::tariff::BusinessCurrency;
use crate::view::{Line, Which, statement};
use kernel::Page;
use platform::http::{self, Query, Sheet, SignedIn, WantsCsv};
use platform::{Failure, Function, Setting, TableReader};
use std::convert::Infallible;

/// `GET /v1/statement`
pub fn function() -> Function {
    http::get("/v1/statement", list_statement)
}

/// Reads a page of the caller's statement.
pub async fn list_statement(
    caller: SignedIn,
    Query(which): Query<Which>,
    csv: WantsCsv,
    Setting(currency): Setting<BusinessCurrency>,
    billing: TableReader,
) -> Result<Sheet<Page<Line>>, Failure<Infallible>> {
    statement(&billing, caller.account, which, csv, currency).await
}
