//! An import of clients: what was sent, in chunks that are taken over one by one, and what came of each. Pure.

use crate::client::Effect;
use crate::row::{ClientRow, RowError, Rows};
use kernel::{AccountId, ImportId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How many rows a chunk has: what one call takes over in a few seconds.
const CHUNK: usize = 100;
/// How many errors are kept of one import.
const NAMED: usize = 200;
/// After how long the sweeper takes over what nobody did.
const OVERDUE: Duration = Duration::from_secs(900);
/// Of what waits: chunks.
pub const WAITING: &str = "chunk";

/// How an import came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The partner called.
    Webhook,
    /// We asked the partner.
    Pull,
    /// A member of staff sent a file.
    File {
        /// Who.
        account: AccountId,
    },
}

/// An import: written once, when all of its chunks are.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Import {
    /// Names it.
    pub id: ImportId,
    /// How it came.
    pub origin: Origin,
    /// The request's fingerprint, where there was one.
    pub request: String,
    /// When.
    pub created_at: Timestamp,
    /// How many rows there were.
    pub rows: u32,
    /// How many of them were refused.
    pub refused: u32,
    /// How many chunks the others make.
    pub chunks: u16,
    /// What is wrong with those that were refused: the first ones.
    pub errors: Vec<RowError>,
    /// How many errors there are beyond those.
    pub more_errors: u32,
}

/// Some of an import's clients.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Chunk {
    /// The import.
    pub import: ImportId,
    /// Which part of it, from 0.
    pub number: u16,
    /// The import's fingerprint.
    pub request: String,
    /// The clients that are to be taken over; none any more when that is done.
    pub clients: Vec<ClientRow>,
    /// What came of it, when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done: Option<Tally>,
    /// [`WAITING`] until it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<String>,
    /// When the sweeper is to look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
}

/// What a chunk announces.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChunkEvent {
    /// It is there.
    Stored,
}

/// What came of clients, counted. A repetition after a crash counts as unchanged what the first attempt took over.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// How many are new.
    pub created: u32,
    /// How many changed.
    pub changed: u32,
    /// How many were known.
    pub unchanged: u32,
    /// How many came after a newer report of the same client.
    pub late: u32,
}

impl Tally {
    /// One more.
    pub fn count(&mut self, effect: Effect) {
        match effect {
            Effect::Created => self.created += 1,
            Effect::Changed => self.changed += 1,
            Effect::Unchanged => self.unchanged += 1,
            Effect::Late => self.late += 1,
        }
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            created: self.created + other.created,
            changed: self.changed + other.changed,
            unchanged: self.unchanged + other.unchanged,
            late: self.late + other.late,
        }
    }
}

impl Import {
    /// The import of these rows, and its chunks.
    pub fn of(id: ImportId, origin: Origin, request: &str, rows: Rows, now: Timestamp) -> (Self, Vec<Chunk>) {
        let Rows { count, good, mut errors, refused } = rows;
        let named = errors.len().min(NAMED);
        let more_errors = u32::try_from(errors.len() - named).unwrap_or(u32::MAX);
        errors.truncate(named);
        let chunk = |(number, clients): (u16, &[ClientRow])| Chunk {
            import: id,
            number,
            request: request.to_owned(),
            clients: clients.to_vec(),
            done: None,
            waiting: Some(WAITING.to_owned()),
            due: Some(now.after(OVERDUE)),
        };
        let chunks: Vec<Chunk> = (0..).zip(good.chunks(CHUNK)).map(chunk).collect();
        let import = Self {
            id,
            origin,
            request: request.to_owned(),
            created_at: now,
            rows: count,
            refused,
            chunks: u16::try_from(chunks.len()).unwrap_or(u16::MAX),
            errors,
            more_errors,
        };
        (import, chunks)
    }
}

impl Chunk {
    /// It is taken over: what it held of people is forgotten.
    #[must_use]
    pub fn done(&self, tally: Tally) -> Self {
        Self {
            clients: Vec::new(),
            done: Some(tally),
            waiting: None,
            due: None,
            ..self.clone()
        }
    }
}
