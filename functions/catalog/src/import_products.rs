//! Staff import products, with prices and stock, from a file.
//!
//! Called by a manager with an `Idempotency-Key` and up to 1,000 rows, as JSON or as CSV. Each row is checked and
//! written on its own: the report names what is wrong, by row and field, and good rows are kept. A dry run only
//! reports. Each product that changes announces `catalog.product-changed.v1`. What a row says already changes nothing,
//! so an import that failed half-way is finished by its repetition; one that was finished is answered the same again.

use crate::import::{Import, Report};
use crate::import_row::set;
use crate::product::TaxRates;
use crate::rows::{self, RawRow, Row};
use crate::stock::Locations;
use crate::{sheet, store};
use derive::Refusal;
use futures_util::future::try_join_all;
use kernel::List;
use platform::http::caller::Manager;
use platform::http::{self, IdempotencyKey, Json, Staff};
use platform::{Creation, Failure, Function, Now, Setting, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// How many rows are written at once.
const AT_ONCE: usize = 16;
/// How many rows an import has at most.
const ROWS: usize = 1000;

/// What to import.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = ImportProducts::example())]
pub struct ImportProducts {
    /// Whether only to report what would happen.
    pub dry_run: bool,
    /// How the products are written.
    pub format: Format,
    /// The products, in the format `json`.
    #[serde(default)]
    #[schemars(with = "Option<List<Row, 1, ROWS>>")]
    pub rows: Option<List<Value, 1, ROWS>>,
    /// The sheet, in the format `csv`: separated by commas, the first line names the columns, at most 1,000 rows.
    #[serde(default)]
    pub text: Option<String>,
}

/// How products are written in a file.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A list of objects.
    #[default]
    Json,
    /// A sheet.
    Csv,
}

/// Why nothing is imported.
#[derive(Debug, Refusal)]
pub enum Refused {
    /// The file cannot be read as a whole.
    #[problem(422, "file-unreadable", "Nothing was imported: {reason}.")]
    Unreadable {
        /// Why not.
        reason: String,
    },
}

/// `POST /v1/products/import`
pub fn function() -> Function {
    http::post("/v1/products/import", import_products).timeout(Duration::from_secs(29)).memory_mb(512)
}

/// Reads all rows, writes those that are good, and reports.
pub async fn import_products(
    staff: Staff<Manager>,
    key: IdempotencyKey,
    Json(request): Json<ImportProducts>,
    Setting(rates): Setting<TaxRates>,
    Setting(locations): Setting<Locations>,
    Now(now): Now,
    catalog: Table,
) -> Result<http::Ok<Report>, Failure<Refused>> {
    if let Some(known) = catalog.get::<Import>(&store::import_key(&key.stored())).await? {
        key.replays(&known.value.request)?;
        return Ok(http::Ok { version: None, body: known.value.report });
    }
    let mut report = Report::new(request.dry_run);
    for some in rows::read(request.rows()?, &locations).chunks(AT_ONCE) {
        let outcomes = some.iter().zip(report.rows + 1..);
        let outcomes = outcomes.map(|(row, number)| set(row, number, &catalog, &rates, report.dry_run));
        for outcome in try_join_all(outcomes).await? {
            report.add(outcome);
        }
    }
    if !report.dry_run {
        let (request, made_by) = (key.fingerprint().to_owned(), staff.account);
        let import = Import {
            key: key.stored(),
            request,
            made_by,
            made_at: now,
            report: report.clone(),
        };
        if let Creation::Exists(other) = catalog.create(&import, Vec::new()).await? {
            key.replays(&other.value.request)?;
            report = other.value.report;
        }
    }
    Ok(http::Ok { version: None, body: report })
}

impl ImportProducts {
    /// The rows, unchecked.
    fn rows(&self) -> Result<Vec<RawRow>, Refused> {
        let rows = match (self.format, &self.rows, &self.text) {
            (Format::Json, Some(rows), None) => Ok(rows.iter().cloned().map(RawRow::of).collect()),
            (Format::Csv, None, Some(text)) => sheet::read(text),
            (Format::Json, ..) => Err("the format json comes with `rows` and no `text`".to_owned()),
            (Format::Csv, ..) => Err("the format csv comes with `text` and no `rows`".to_owned()),
        };
        match rows {
            Ok(rows) if (1..=ROWS).contains(&rows.len()) => Ok(rows),
            Ok(rows) => Err(format!("1 to {ROWS} rows are expected, these are {}", rows.len())),
            Err(reason) => Err(reason),
        }
        .map_err(|reason| Refused::Unreadable { reason })
    }

    fn example() -> Value {
        serde_json::json!({
            "dry_run": true,
            "format": "csv",
            "text": "sku,title,prices,published,on_hand\r\n85123A,HANGING HEART,2.55 GBP|2.99 EUR,true,100\r\n",
        })
    }
}
