//! A client looks at an invoice.
//!
//! Called by its client; anybody else's is not found. Strongly consistent.

use crate::invoice::Invoice;
use crate::invoice_view::InvoiceView;
use crate::store::invoice_key;
use kernel::InvoiceId;
use platform::http::{self, Customer, Path};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/invoices/{invoice}`
pub fn function() -> Function {
    http::get("/v1/invoices/{invoice}", get_invoice)
}

/// Reads it.
pub async fn get_invoice(
    customer: Customer,
    Path(id): Path<InvoiceId>,
    billing: TableReader,
) -> Result<http::Ok<InvoiceView>, Failure<Infallible>> {
    let found = billing.get::<Invoice>(&invoice_key(id)).await?;
    let found = found.filter(|found| found.value.client == customer.account).ok_or_else(http::not_found)?;
    Ok(http::Ok { version: None, body: found.value.into() })
}
