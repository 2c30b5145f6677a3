//! What the event plane must remember when its process is killed: messages in queues, and how far streams are read.

use crate::plane::Message;
use kernel::Timestamp;
use rusqlite::{Connection, params};
use std::path::Path;

/// A SQLite file.
pub struct Journal {
    file: Connection,
}

impl Journal {
    /// Opens the journal, or begins a new one.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = Connection::open(path).map_err(text)?;
        file.execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE IF NOT EXISTS messages (
                 function TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, dead INTEGER NOT NULL DEFAULT 0,
                 PRIMARY KEY (function, id)
             ) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS cursors (context TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;",
        )
        .map_err(text)?;
        Ok(Self { file })
    }

    /// Every message with its function, and whether it is a dead letter. All are visible again, with no receives.
    pub fn messages(&self) -> Result<Vec<(String, Message, bool)>, String> {
        let mut query = self.file.prepare("SELECT function, id, body, dead FROM messages ORDER BY id").map_err(text)?;
        let rows = query.query_map([], |row| {
            let message = Message {
                id: row.get(1)?,
                body: row.get(2)?,
                receives: 0,
                visible_at: Timestamp::from_millis(0),
            };
            Ok((row.get(0)?, message, row.get(3)?))
        });
        rows.map_err(text)?.collect::<Result<_, _>>().map_err(text)
    }

    /// Stores new messages, all or none.
    pub fn add(&mut self, messages: &[(&'static str, Message)]) -> Result<(), String> {
        let transaction = self.file.transaction().map_err(text)?;
        for (function, message) in messages {
            transaction
                .prepare_cached("INSERT INTO messages (function, id, body) VALUES (?1, ?2, ?3)")
                .and_then(|mut insert| insert.execute(params![function, message.id, message.body]))
                .map_err(text)?;
        }
        transaction.commit().map_err(text)
    }

    /// Forgets messages that were dealt with.
    pub fn remove(&mut self, function: &str, ids: &[u64]) -> Result<(), String> {
        let transaction = self.file.transaction().map_err(text)?;
        for id in ids {
            transaction
                .prepare_cached("DELETE FROM messages WHERE function = ?1 AND id = ?2")
                .and_then(|mut delete| delete.execute(params![function, id]))
                .map_err(text)?;
        }
        transaction.commit().map_err(text)
    }

    /// Makes a message a dead letter.
    pub fn bury(&mut self, function: &str, id: u64) -> Result<(), String> {
        let update = "UPDATE messages SET dead = 1 WHERE function = ?1 AND id = ?2";
        self.file.execute(update, params![function, id]).map(|_| ()).map_err(text)
    }

    /// How far the stream of `context` was dealt with; 0 at the beginning.
    pub fn cursor(&self, context: &str) -> Result<i64, String> {
        let query = "SELECT COALESCE(MAX(sequence), 0) FROM cursors WHERE context = ?1";
        self.file.query_row(query, [context], |row| row.get(0)).map_err(text)
    }

    /// Remembers how far the stream of `context` was dealt with.
    pub fn set_cursor(&mut self, context: &str, sequence: i64) -> Result<(), String> {
        let upsert = "INSERT INTO cursors VALUES (?1, ?2) ON CONFLICT (context) DO UPDATE SET sequence = ?2";
        self.file
            .prepare_cached(upsert)
            .and_then(|mut upsert| upsert.execute(params![context, sequence]))
            .map(|_| ())
            .map_err(text)
    }
}

fn text(error: rusqlite::Error) -> String {
    format!("the event plane's journal: {error}")
}
