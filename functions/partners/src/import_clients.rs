//! Staff import clients of Happy Cat Box from a file.
//!
//! Called by a manager with an `Idempotency-Key` and up to 1,000 rows, as JSON or as CSV. Each row is checked on its
//! own: the answer counts and `get-import` names what is wrong, by row and field; good rows are put aside and taken
//! over one by one. With `?dry_run=true` nothing is written: the answer says what would become of each row. The same
//! key again is answered the same. Followed by `partners.chunk-stored.v1`.

use crate::import::{Import, Origin, Tally};
use crate::row::{self, MAX_ROWS, RowError};
use crate::store::import_key;
use crate::taking::{asked_for, outlook, put_aside};
use derive::Refusal;
use kernel::{ImportId, List};
use platform::http::caller::Manager;
use platform::http::{self, Accepted, IdempotencyKey, Json, Query, Staff};
use platform::{Failure, Function, Now, Table};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Whether to do it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct How {
    /// Whether only to report what would happen.
    #[serde(default)]
    pub dry_run: bool,
}

/// What to import: `rows`, or a sheet as `text`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = ImportClients::example())]
pub struct ImportClients {
    /// The clients: objects with `id`, `email` or `phone`, `locale`, `time_zone` and `updated_at`.
    #[serde(default)]
    pub rows: Option<List<Value, 1, MAX_ROWS>>,
    /// A sheet: separated by commas, the first line names the columns, at most 1,000 rows.
    #[serde(default)]
    pub text: Option<String>,
}

/// An import that was taken on, or what one would come to.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportTaken {
    /// Names it; none of a dry run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ImportId>,
    /// How many rows there are.
    pub rows: u32,
    /// How many rows have errors; nothing of them is taken over.
    pub refused: u32,
    /// What is wrong with them, by row: the first ones.
    pub errors: Vec<RowError>,
    /// How many more errors there are.
    pub more_errors: u32,
    /// Of a dry run: what would become of the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outlook: Option<Tally>,
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

/// `POST /v1/partners/happy-cat-box/imports`
pub fn function() -> Function {
    http::post("/v1/partners/happy-cat-box/imports", import_clients)
}

/// Reads all rows, puts the good ones aside, and reports.
pub async fn import_clients(
    staff: Staff<Manager>,
    key: IdempotencyKey,
    Query(how): Query<How>,
    Json(request): Json<ImportClients>,
    Now(now): Now,
    partners: Table,
) -> Result<Accepted<ImportTaken>, Failure<Refused>> {
    let id: ImportId = key.id();
    let known = if how.dry_run { None } else { partners.get::<Import>(&import_key(id)).await? };
    if let Some(known) = known {
        key.replays(&known.value.request)?;
        return Ok(Accepted { body: ImportTaken::of(Some(id), known.value, None) });
    }
    let rows = row::read(&request.rows()?, now);
    let origin = Origin::File { account: staff.account };
    if how.dry_run {
        let outlook = outlook(&partners, &rows.good).await?;
        let (import, _) = Import::of(id, origin, key.fingerprint(), rows, now);
        return Ok(Accepted { body: ImportTaken::of(None, import, Some(outlook)) });
    }
    let put = put_aside(&partners, id, origin, key.fingerprint(), rows, now).await?;
    let import = asked_for(put, &key)?;
    Ok(Accepted { body: ImportTaken::of(Some(id), import, None) })
}

impl ImportTaken {
    fn of(id: Option<ImportId>, import: Import, outlook: Option<Tally>) -> Self {
        let Import { rows, refused, errors, more_errors, .. } = import;
        Self { id, rows, refused, errors, more_errors, outlook }
    }
}

impl ImportClients {
    /// The rows, unchecked.
    fn rows(&self) -> Result<Vec<Value>, Refused> {
        let rows = match (&self.rows, &self.text) {
            (Some(rows), None) => Ok(rows.to_vec()),
            (None, Some(text)) => row::sheet(text),
            _ => Err("either `rows` or `text` is expected".to_owned()),
        };
        match rows {
            Ok(rows) if (1..=MAX_ROWS).contains(&rows.len()) => Ok(rows),
            Ok(rows) => Err(format!("1 to {MAX_ROWS} rows are expected, these are {}", rows.len())),
            Err(reason) => Err(reason),
        }
        .map_err(|reason| Refused::Unreadable { reason })
    }

    fn example() -> Value {
        serde_json::json!({
            "rows": [{
                "id": "HCB-1001",
                "email": "anna@example.com",
                "phone": "+44 20 7946 0000",
                "locale": "en",
                "time_zone": "Europe/London",
                "updated_at": "2026-01-31T12:00:00.000Z",
            }],
        })
    }
}
