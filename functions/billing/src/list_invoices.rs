//! A client looks at the invoices so far.
//!
//! Called by a signed-in client; the newest week first, in pages. A list may be a moment behind; an invoice itself
//! never is.

use crate::invoice::Invoice;
use crate::invoice_view::InvoiceView;
use crate::store::invoices_of;
use kernel::Page;
use platform::http::{self, Customer, Paging, Query};
use platform::{Failure, Function, TableReader};
use std::convert::Infallible;

/// `GET /v1/invoices`
pub fn function() -> Function {
    http::get("/v1/invoices", list_invoices)
}

/// Reads one page of the client's invoices.
pub async fn list_invoices(
    customer: Customer,
    Query(query): Query<Paging>,
    billing: TableReader,
) -> Result<http::Ok<Page<InvoiceView>>, Failure<Infallible>> {
    let (list, limit) = (invoices_of(customer.account), query.limit());
    let page = billing.list::<Invoice, Infallible>(&list, limit, query.cursor.as_ref()).await?;
    Ok(http::Ok {
        version: None,
        body: page.map(|invoice| invoice.value.into()),
    })
}
