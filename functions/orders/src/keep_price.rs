//! The catalog changed a product: this context keeps its price, to price orders without asking.
//!
//! Consumes `catalog.product-changed.v1`, a snapshot of the whole product. The newest one wins, in whatever order
//! they come.

use crate::pricing::Price;
use contracts::catalog::ProductChanged;
use platform::{Error, Function, On, Table, events};

/// On `catalog.product-changed.v1`
pub fn function() -> Function {
    events::on(keep_price)
}

/// Keeps the snapshot if it is newer than what is kept.
pub async fn keep_price(changed: On<ProductChanged>, orders: Table) -> Result<(), Error> {
    let ProductChanged { sku, title, prices, tax_rate, published, .. } = changed.event;
    orders.keep(&Price { sku, title, prices, tax_rate, published }, changed.stamp).await?;
    Ok(())
}
