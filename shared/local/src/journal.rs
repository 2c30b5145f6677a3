//! What the embedded cloud must remember besides its tables when its process is killed: messages in queues, how far
//! streams are read, when schedules last ran, messages that were sent, partners' states.

use crate::plane::Message;
use crate::sent::SentMessage;
use kernel::Timestamp;
use rusqlite::{Connection, params};
use serde_json::Value;
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
                 function TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL, visible_at INTEGER NOT NULL,
                 dead INTEGER NOT NULL DEFAULT 0,
                 PRIMARY KEY (function, id)
             ) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS cursors (context TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS schedules (function TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS sent (number INTEGER PRIMARY KEY, message TEXT NOT NULL);
             CREATE TABLE IF NOT EXISTS partners (
                 partner TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (partner, name)
             ) WITHOUT ROWID;",
        )
        .map_err(text)?;
        Ok(Self { file })
    }

    /// Every message with its function, and whether it is a dead letter. All have no receives and are
    /// hidden only for as long as they were when they were sent.
    pub fn messages(&self) -> Result<Vec<(String, Message, bool)>, String> {
        let mut query = self
            .file
            .prepare("SELECT function, id, body, visible_at, dead FROM messages ORDER BY id")
            .map_err(text)?;
        let rows = query.query_map([], |row| {
            let message = Message {
                id: row.get(1)?,
                body: row.get(2)?,
                receives: 0,
                visible_at: Timestamp::from_millis(row.get(3)?),
            };
            Ok((row.get(0)?, message, row.get(4)?))
        });
        rows.map_err(text)?.collect::<Result<_, _>>().map_err(text)
    }

    /// Stores new messages, all or none.
    pub fn add(&mut self, messages: &[(&'static str, Message)]) -> Result<(), String> {
        let transaction = self.file.transaction().map_err(text)?;
        for (function, message) in messages {
            transaction
                .prepare_cached("INSERT INTO messages (function, id, body, visible_at) VALUES (?1, ?2, ?3, ?4)")
                .and_then(|mut insert| {
                    insert.execute(params![function, message.id, message.body, message.visible_at.as_millis()])
                })
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

    /// Makes dead letters ordinary messages again.
    pub fn revive(&mut self, function: &str) -> Result<(), String> {
        let update = "UPDATE messages SET dead = 0, visible_at = 0 WHERE function = ?1 AND dead = 1";
        self.file.execute(update, params![function]).map(|_| ()).map_err(text)
    }

    /// When `function` last ran by its schedule.
    pub fn last_run(&self, function: &str) -> Result<Option<Timestamp>, String> {
        let query = "SELECT MAX(last) FROM schedules WHERE function = ?1";
        let last: Option<i64> = self.file.query_row(query, [function], |row| row.get(0)).map_err(text)?;
        Ok(last.map(Timestamp::from_millis))
    }

    /// Remembers that `function` ran by its schedule.
    pub fn set_last_run(&mut self, function: &str, at: Timestamp) -> Result<(), String> {
        let upsert = "INSERT INTO schedules VALUES (?1, ?2) ON CONFLICT (function) DO UPDATE SET last = ?2";
        self.file.execute(upsert, params![function, at.as_millis()]).map(|_| ()).map_err(text)
    }

    /// The last `count` messages that were sent, oldest first.
    pub fn sent(&self, count: usize) -> Result<Vec<SentMessage>, String> {
        let select = "SELECT message FROM (SELECT * FROM sent ORDER BY number DESC LIMIT ?1) ORDER BY number";
        let mut query = self.file.prepare(select).map_err(text)?;
        let rows = query.query_map([count], |row| row.get::<_, String>(0)).map_err(text)?;
        rows.map(|row| serde_json::from_str(&row.map_err(text)?).map_err(|error| error.to_string()))
            .collect()
    }

    /// Remembers a message that was sent.
    pub fn keep_sent(&mut self, message: &SentMessage) -> Result<(), String> {
        let message = serde_json::to_string(message).map_err(|error| error.to_string())?;
        let insert = "INSERT INTO sent (message) VALUES (?1)";
        self.file.execute(insert, [message]).map(|_| ()).map_err(text)
    }

    /// The state of a partner.
    pub fn partner(&self, partner: &str) -> Result<Vec<(String, Value)>, String> {
        let select = "SELECT name, value FROM partners WHERE partner = ?1 ORDER BY name";
        let mut query = self.file.prepare(select).map_err(text)?;
        let rows = query.query_map([partner], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        rows.map_err(text)?
            .map(|row| {
                let (name, value) = row.map_err(text)?;
                Ok((name, serde_json::from_str(&value).map_err(|error| error.to_string())?))
            })
            .collect()
    }

    /// Remembers what changed of a partner's state, all or nothing.
    pub fn keep_partner(&mut self, partner: &str, changes: &[(String, Option<Value>)]) -> Result<(), String> {
        let transaction = self.file.transaction().map_err(text)?;
        for (name, value) in changes {
            let changed = match value {
                Some(value) => transaction
                    .prepare_cached("INSERT OR REPLACE INTO partners VALUES (?1, ?2, ?3)")
                    .and_then(|mut insert| insert.execute(params![partner, name, value.to_string()])),
                None => transaction
                    .prepare_cached("DELETE FROM partners WHERE partner = ?1 AND name = ?2")
                    .and_then(|mut delete| delete.execute(params![partner, name])),
            };
            changed.map_err(text)?;
        }
        transaction.commit().map_err(text)
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
