//! What an import came to, and the record that is kept of it. Pure.

use crate::rows::RowError;
use kernel::{AccountId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How many errors a report names.
const NAMED: usize = 100;

/// An import that was made: who made it, and what a repetition of the request is answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Import {
    /// The request's idempotency key, as stored.
    pub key: String,
    /// The request's fingerprint.
    pub request: String,
    /// Who made it. The attribute `by` is the writer's mark.
    pub made_by: AccountId,
    /// When.
    pub made_at: Timestamp,
    /// What it came to.
    pub report: Report,
}

/// What an import came to, row by row.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Whether nothing was written: what would have become of it.
    pub dry_run: bool,
    /// How many rows there are.
    pub rows: u32,
    /// How many products are new.
    pub created: u32,
    /// How many products or their stock changed.
    pub changed: u32,
    /// How many were as the row says already.
    pub unchanged: u32,
    /// How many rows have errors; nothing of them was taken.
    pub refused: u32,
    /// What is wrong, by row; the first 100.
    pub errors: Vec<RowError>,
    /// How many more errors there are.
    pub more_errors: u32,
}

/// What became of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    /// All was as it says.
    Unchanged,
    /// The product or its stock is another.
    Changed,
    /// The product is new.
    Created,
}

impl Report {
    /// A report without any row yet.
    pub fn new(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    /// Adds what became of one more row.
    pub fn add(&mut self, outcome: Result<Effect, Vec<RowError>>) {
        self.rows += 1;
        match outcome {
            Ok(Effect::Unchanged) => self.unchanged += 1,
            Ok(Effect::Changed) => self.changed += 1,
            Ok(Effect::Created) => self.created += 1,
            Err(errors) => {
                self.refused += 1;
                for error in errors {
                    match self.errors.len() {
                        0..NAMED => self.errors.push(error),
                        _ => self.more_errors += 1,
                    }
                }
            }
        }
    }
}
