//! A customer looks at the saved payment methods.
//!
//! Called by a signed-in customer. Lists what was saved and not removed, page by page; a page may hold fewer than it
//! could, and there may still be another one.

use crate::method::{Card, MethodState, SavedMethod};
use crate::store::methods_of;
use kernel::{Cursor, Page, PaymentMethodId, Timestamp};
use platform::http::{self, Customer, Query};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How many methods a page is made of.
const PAGE: u32 = 50;

/// Which page.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A saved payment method.
#[derive(Debug, Serialize, JsonSchema)]
pub struct MethodView {
    /// Names it.
    pub id: PaymentMethodId,
    /// What its owner knows it by.
    pub card: Card,
    /// Since when it has been saved.
    pub saved_at: Timestamp,
}

/// `GET /v1/payment-methods`
pub fn function() -> Function {
    http::get("/v1/payment-methods", list_payment_methods)
}

/// Reads a page.
pub async fn list_payment_methods(
    customer: Customer,
    Query(which): Query<Which>,
    payments: TableReader,
) -> Result<http::Ok<Page<MethodView>>, Failure<Infallible>> {
    let methods = methods_of(customer.account);
    let page = payments.list::<SavedMethod, _>(&methods, PAGE, which.cursor.as_ref()).await?;
    let saved = page
        .items
        .into_iter()
        .map(|method| method.value)
        .filter(|method| method.state == MethodState::Saved);
    let items = saved.map(|SavedMethod { id, card, saved_at, .. }| MethodView { id, card, saved_at });
    let body = Page { items: items.collect(), next: page.next };
    Ok(http::Ok { version: None, body })
}
