//! Staff look at what came of an import of clients.
//!
//! Called by a manager. Imports by webhook and by the hourly pull can be looked at like those of a file.

use crate::import::{Chunk, Import, Origin, Tally};
use crate::row::RowError;
use crate::store::import_key;
use kernel::{ImportId, Timestamp};
use platform::http::caller::Manager;
use platform::http::{self, Path, Staff};
use platform::{Failure, Function, TableReader};
use schemars::JsonSchema;
use serde::Serialize;
use std::convert::Infallible;

/// What came of an import so far.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ImportView {
    /// Names it.
    pub id: ImportId,
    /// How it came.
    pub origin: Origin,
    /// When.
    pub created_at: Timestamp,
    /// Whether every row was dealt with.
    pub done: bool,
    /// How many rows there are.
    pub rows: u32,
    /// What came of those that were taken over so far.
    pub taken: Tally,
    /// How many rows have errors; nothing of them is taken over.
    pub refused: u32,
    /// What is wrong with them, by row: the first ones.
    pub errors: Vec<RowError>,
    /// How many more errors there are.
    pub more_errors: u32,
}

/// `GET /v1/partners/happy-cat-box/imports/{import}`
pub fn function() -> Function {
    http::get("/v1/partners/happy-cat-box/imports/{import}", get_import)
}

/// Reads the import and adds up its chunks.
pub async fn get_import(
    _: Staff<Manager>,
    Path(id): Path<ImportId>,
    partners: TableReader,
) -> Result<http::Ok<ImportView>, Failure<Infallible>> {
    let (import, chunks) =
        platform::both(partners.get::<Import>(&import_key(id)), partners.collection::<Chunk>(id)).await?;
    let Import { origin, created_at, rows, refused, errors, more_errors, .. } =
        import.ok_or_else(http::not_found)?.value;
    let body = ImportView {
        id,
        origin,
        created_at,
        done: chunks.iter().all(|chunk| chunk.done.is_some()),
        rows,
        taken: chunks.iter().filter_map(|chunk| chunk.done).fold(Tally::default(), Tally::and),
        refused,
        errors,
        more_errors,
    };
    Ok(http::Ok { version: None, body })
}
