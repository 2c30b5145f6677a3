//! A context's table: dynoxide, with an index on its stream log that dynoxide itself lacks.

use crate::outside::Answer;
use crate::plane::StreamRecord;
use crate::services::dynamodb;
use dynoxide::Database;
use dynoxide::actions::{get_records::GetRecordsRequest, get_shard_iterator::encode_shard_iterator};
use platform::Context;
use rusqlite::Connection;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// How many stream records are read at a time (a limit of DynamoDB).
pub const PAGE: usize = 1000;

/// Sequence numbers as dynoxide shows them are this much larger than as it counts them.
const SEQUENCE_OFFSET: i128 = 100_000_000_000_000_000_000;

/// The table of one context.
pub struct Table {
    /// What it is kept in.
    database: Database,
    /// Whether its stream may have records that were not read.
    news: AtomicBool,
    /// A second connection to the table's file: keeps dynoxide's stream log short and its look-ups indexed.
    stream_log: Mutex<Connection>,
}

impl Table {
    /// Opens the table of `context` in the database file `path`, or creates it.
    pub fn open(path: &str, context: &Context) -> Result<Self, String> {
        let database = Database::new(path).map_err(|error| error.to_string())?;
        let log = Connection::open(path).map_err(|error| error.to_string())?;
        // Without it every streamed write scans the whole log.
        log.execute_batch(
            "PRAGMA busy_timeout = 5000;
             CREATE INDEX IF NOT EXISTS stream_log_order
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));",
        )
        .map_err(|error| error.to_string())?;
        create(&database, context)?;
        Ok(Self {
            database,
            news: AtomicBool::new(true),
            stream_log: Mutex::new(log),
        })
    }

    /// Answers a call of DynamoDB's protocol.
    pub fn answer(&self, operation: &str, body: &[u8]) -> Answer {
        let answer = dynamodb::answer(&self.database, operation, body);
        if !matches!(operation, "GetItem" | "BatchGetItem" | "Query" | "Scan") {
            self.news.store(true, Ordering::Release);
        }
        answer
    }

    /// What it is kept in, for whoever looks at it, or writes what no function would.
    pub fn database(&self) -> &Database {
        self.news.store(true, Ordering::Release);
        &self.database
    }

    /// The next records of the stream after `position`, at most [`PAGE`].
    pub fn read_stream(&self, context: &str, position: i64) -> Result<Vec<StreamRecord>, String> {
        if !self.news.swap(false, Ordering::AcqRel) {
            return Ok(Vec::new());
        }
        let records = self.records(context, position);
        // There may be more, or another attempt.
        if records.as_ref().map_or(true, |records| records.len() == PAGE) {
            self.news.store(true, Ordering::Release);
        }
        records
    }

    fn records(&self, context: &str, position: i64) -> Result<Vec<StreamRecord>, String> {
        let iterator = encode_shard_iterator(context, &dynoxide::streams::shard_id(context), position);
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(PAGE) };
        let found = self.database.get_records(request).map_err(|error| error.to_string())?.records;
        let record = |found: dynoxide::actions::get_records::Record| {
            let name = found.dynamodb.sequence_number.clone();
            let number = name.parse::<i128>().ok().and_then(|number| i64::try_from(number - SEQUENCE_OFFSET).ok());
            let sequence = number.ok_or_else(|| format!("{name} is no sequence number"))?;
            let record = serde_json::to_value(&found).map_err(|error| error.to_string())?;
            Ok(StreamRecord { sequence, name, record })
        };
        found.into_iter().map(record).collect()
    }

    /// Lets the stream forget what comes before `done`.
    pub fn trim_stream(&self, context: &str, done: i64) -> Result<(), String> {
        // The newest record stays: dynoxide counts on from it.
        let delete = "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2";
        let log = self.stream_log.lock().unwrap_or_else(PoisonError::into_inner);
        log.execute(delete, rusqlite::params![context, done]).map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The tables that a request names.
pub fn named(request: &Value) -> Vec<String> {
    let mut names = Vec::new();
    names.extend(request["TableName"].as_str().map(str::to_owned));
    names.extend(request["RequestItems"].as_object().into_iter().flat_map(|tables| tables.keys().cloned()));
    for action in request["TransactItems"].as_array().into_iter().flatten() {
        let actions = action.as_object().into_iter().flat_map(|action| action.values());
        names.extend(actions.filter_map(|action| action["TableName"].as_str().map(str::to_owned)));
    }
    names
}

/// Creates the context's table as the deployment does: keys, indexes, stream.
fn create(database: &Database, context: &Context) -> Result<(), String> {
    if database.get_table_metadata(context.name).map_err(|error| error.to_string())?.is_some() {
        return Ok(());
    }
    let mut attributes = vec!["pk", "sk"];
    for index in &context.indexes {
        attributes.extend([index.partition, index.sort]);
    }
    attributes.sort_unstable();
    attributes.dedup();
    let key = |partition: &str, sort: &str| json!([{ "AttributeName": partition, "KeyType": "HASH" }, { "AttributeName": sort, "KeyType": "RANGE" }]);
    let definitions: Vec<Value> =
        attributes.iter().map(|name| json!({ "AttributeName": name, "AttributeType": "S" })).collect();
    let indexes: Vec<Value> = context
        .indexes
        .iter()
        .map(|index| {
            json!({
                "IndexName": index.name,
                "KeySchema": key(index.partition, index.sort),
                "Projection": { "ProjectionType": "KEYS_ONLY" },
            })
        })
        .collect();
    let mut request = json!({
        "TableName": context.name,
        "KeySchema": key("pk", "sk"),
        "AttributeDefinitions": definitions,
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_AND_OLD_IMAGES" },
    });
    if !indexes.is_empty() {
        request["GlobalSecondaryIndexes"] = Value::Array(indexes);
    }
    let request = serde_json::from_value(request).map_err(|error| error.to_string())?;
    database.create_table(request).map(|_| ()).map_err(|error| error.to_string())
}
