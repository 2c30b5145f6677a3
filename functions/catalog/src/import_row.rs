//! One row of an import, on its way into the table.

use crate::import::Effect;
use crate::product::{Product, TaxRates};
use crate::rows::{Reading, Row, RowError};
use crate::stock::{BelowReserved, Stock};
use crate::{set_product, set_stock, store};
use platform::http::IfMatch;
use platform::{Failure, Table};

/// Sees to it that product and stock are as a row says.
pub async fn set<R>(
    row: &Reading,
    number: u32,
    catalog: &Table,
    rates: &TaxRates,
    dry_run: bool,
) -> Result<Result<Effect, Vec<RowError>>, Failure<R>> {
    let Row { sku, details, on_hand } = match row {
        Ok(row) => row,
        Err(errors) => return Ok(Err(errors.clone())),
    };
    let product = Product::of(sku.clone(), details.clone(), rates);
    let found = catalog.get::<Product>(&store::product_key(sku)).await?.map(|found| found.value);
    let mut effect = match &found {
        None => Effect::Created,
        Some(found) if *found == product => Effect::Unchanged,
        Some(_) => Effect::Changed,
    };
    let below = |BelowReserved { reserved }| {
        let reason = format!("{reserved} are set aside for orders");
        Ok(Err(vec![RowError {
            row: number,
            sku: Some(sku.to_string()),
            field: "on_hand".to_owned(),
            reason,
        }]))
    };
    for (location, on_hand) in on_hand {
        let found = catalog.get::<Stock>(&store::stock_key(sku, location)).await?.map(|found| found.value);
        let old = found.clone().unwrap_or_else(|| Stock::none(sku.clone(), location.clone()));
        match old.counted(*on_hand) {
            Ok(new) if found.as_ref() == Some(&new) => {}
            Ok(_) => effect = effect.max(Effect::Changed),
            Err(refused) => return below(refused),
        }
    }
    if dry_run || effect == Effect::Unchanged {
        return Ok(Ok(effect));
    }
    set_product::put(catalog, &product, IfMatch::Unconditional).await?;
    for (location, on_hand) in on_hand {
        match set_stock::count(catalog, sku, location, *on_hand, IfMatch::Unconditional).await {
            Ok(_) => {}
            Err(Failure::Refused(refused)) => return below(refused),
            Err(Failure::Problem(problem)) => return Err(Failure::Problem(problem)),
            Err(Failure::Failed(error)) => return Err(Failure::Failed(error)),
        }
    }
    Ok(Ok(effect))
}
