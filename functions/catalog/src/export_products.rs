//! Staff export products, drafts included, as an import takes them.
//!
//! Called by a manager, page by page, by SKU, as JSON or CSV. Stock is in it on demand only: an import counts the
//! shelves as the file says, and what was sold since the export would be there again. Reads what the register lists,
//! which follows changes within a moment.

use crate::import_products::Format;
use crate::product::Product;
use crate::rows::Row;
use crate::stock::{Locations, Stock};
use crate::{sheet, store};
use kernel::{Count, Cursor};
use platform::http::caller::Manager;
use platform::http::{self, Query, Staff};
use platform::{Failure, Function, Setting, TableReader};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::convert::Infallible;

/// How many products a page has unless asked otherwise.
const LIMIT: u32 = 100;

/// What to export.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportProducts {
    /// How to write it; `json` if not said.
    #[serde(default)]
    pub format: Format,
    /// Whether with stock.
    #[serde(default)]
    pub stock: bool,
    /// How many products a page has at most; 100 if not said. Fewer where descriptions are long: an import takes 256 kB.
    #[serde(default)]
    pub limit: Option<Count<1, 100>>,
    /// The `next` of the page before.
    #[serde(default)]
    pub cursor: Option<Cursor>,
}

/// A page of products: `format`, `rows` and `text` are what an import takes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ExportPage {
    /// How they are written.
    pub format: Format,
    /// The products, in the format `json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<Vec<Row>>,
    /// The sheet with its heading, in the format `csv`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Where the next page begins: to be sent as `cursor`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// `GET /v1/products/export`
pub fn function() -> Function {
    http::get("/v1/products/export", export_products)
}

/// Reads a page of the register and writes it.
pub async fn export_products(
    _: Staff<Manager>,
    Query(request): Query<ExportProducts>,
    Setting(locations): Setting<Locations>,
    catalog: TableReader,
) -> Result<http::Ok<ExportPage>, Failure<Infallible>> {
    let limit = request.limit.map_or(LIMIT, Count::get);
    let page = store::register(&catalog, limit, request.cursor.as_ref()).await?;
    let products = page.items.into_iter().map(|found| found.value);
    let mut rows: Vec<Row> = products
        .map(|Product { sku, details, .. }| Row { sku, details, on_hand: Default::default() })
        .collect();
    if request.stock {
        count(&catalog, &locations, &mut rows).await?;
    }
    let (rows, text) = match request.format {
        Format::Json => (Some(rows), None),
        Format::Csv => (None, Some(sheet::write(&rows))),
    };
    let body = ExportPage { format: request.format, rows, text, next: page.next };
    Ok(http::Ok { version: None, body })
}

/// Adds what is on hand at each location that orders are served from.
async fn count(catalog: &TableReader, locations: &Locations, rows: &mut [Row]) -> Result<(), platform::Error> {
    let places = rows.iter().flat_map(|row| locations.as_slice().iter().map(|location| (&row.sku, location)));
    let keys: Vec<_> = places.map(|(sku, location)| store::stock_key(sku, location)).collect();
    for stock in catalog.get_each::<Stock>(&keys).await? {
        if let Some(row) = rows.iter_mut().find(|row| row.sku == stock.sku) {
            row.on_hand.insert(stock.location.clone(), stock.on_hand());
        }
    }
    Ok(())
}
