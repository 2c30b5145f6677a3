//! The embedded cloud's state: tables, event plane, and who may call what.

use crate::journal::Journal;
use crate::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
use crate::plane::{Plane, StreamRecord};
use crate::{dynamodb, sns};
use dynoxide::Database;
use dynoxide::actions::{get_records::GetRecordsRequest, get_shard_iterator::encode_shard_iterator};
use futures_util::future::BoxFuture;
use kernel::Timestamp;
use platform::describe::{Access, Description};
use platform::settings::{AUDIENCE, EPOCH, ISSUER, Settings, TABLE, TOPIC};
use platform::{Context, Function, Host};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many stream records are read at a time (a limit of DynamoDB).
const PAGE: usize = 1000;

/// The audience of tokens.
pub const API: &str = "yarmarka";
/// Sequence numbers as dynoxide shows them are this much larger than as it counts them.
const SEQUENCE_OFFSET: i128 = 100_000_000_000_000_000_000;

/// A function with what it declares.
pub struct Deployed {
    /// The function.
    pub function: Function,
    /// What its signature lets it do to its context's table.
    pub access: Access,
    /// The events it consumes.
    pub consumes: Vec<&'static str>,
}

/// The cloud.
pub struct Cloud {
    /// Every function by name.
    pub functions: BTreeMap<&'static str, Deployed>,
    /// Every context.
    pub contexts: Vec<&'static str>,
    tables: BTreeMap<&'static str, Table>,
    plane: Mutex<Plane>,
    issuer: String,
}

struct Table {
    database: Database,
    /// A second connection to the table's file: keeps dynoxide's stream log short and its look-ups indexed.
    stream_log: Mutex<Connection>,
}

impl Table {
    fn open(path: &str) -> Result<Self, String> {
        let database = Database::new(path).map_err(|error| error.to_string())?;
        let log = Connection::open(path).map_err(|error| error.to_string())?;
        // Without it every streamed write scans the whole log.
        log.execute_batch(
            "PRAGMA busy_timeout = 5000;
             CREATE INDEX IF NOT EXISTS stream_log_order
             ON _stream_records (table_name, CAST(sequence_number AS INTEGER));",
        )
        .map_err(|error| error.to_string())?;
        Ok(Self { database, stream_log: Mutex::new(log) })
    }
}

impl Cloud {
    /// A cloud that lives as long as its process, for tests and simulations, with `shards` shards a stream.
    pub fn in_memory(contexts: Vec<Context>, shards: usize) -> Result<Self, String> {
        // Databases in memory are shared by their names within a process.
        static CLOUDS: AtomicU64 = AtomicU64::new(0);
        let cloud = CLOUDS.fetch_add(1, Ordering::Relaxed);
        Self::build(contexts, shards, "https://local/".to_owned(), None, |context| {
            Table::open(&format!("file:cloud-{cloud}-{context}?mode=memory&cache=shared"))
        })
    }

    /// A cloud whose state is kept in `folder`, one file a context.
    pub fn on_disk(contexts: Vec<Context>, folder: &Path, issuer: &str) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let journal = Journal::open(&folder.join("event-plane.sqlite"))?;
        Self::build(contexts, 1, issuer.to_owned(), Some(journal), |context| {
            Table::open(&folder.join(format!("{context}.sqlite")).to_string_lossy())
        })
    }

    fn build(
        contexts: Vec<Context>,
        shards: usize,
        issuer: String,
        journal: Option<Journal>,
        open: impl Fn(&'static str) -> Result<Table, String>,
    ) -> Result<Self, String> {
        let (mut functions, mut tables, mut names) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        for context in contexts {
            let table = open(context.name)?;
            create_table(&table.database, &context)?;
            tables.insert(context.name, table);
            names.push(context.name);
            for function in context.functions {
                let mut declared = Description::default();
                (function.describe)(&mut declared);
                let consumes = declared.consumes.iter().map(|(kind, _)| *kind).collect();
                functions.insert(function.name, Deployed { function, access: declared.table, consumes });
            }
        }
        let consumers: Vec<(&'static str, Vec<&'static str>)> = functions
            .iter()
            .filter(|(_, deployed)| !deployed.consumes.is_empty())
            .map(|(name, deployed)| (*name, deployed.consumes.clone()))
            .collect();
        let plane = Mutex::new(Plane::new(&consumers, &names, shards, journal)?);
        Ok(Self { functions, contexts: names, tables, plane, issuer })
    }

    /// The issuer of tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The event plane.
    pub fn plane(&self) -> MutexGuard<'_, Plane> {
        self.plane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table of a context, to look at.
    pub fn table(&self, context: &str) -> Option<&Database> {
        self.tables.get(context).map(|table| &table.database)
    }

    /// A function by name.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.get(name).map(|deployed| &deployed.function)
    }

    /// The relay of a context.
    pub fn relay_of(&self, context: &str) -> Option<&Function> {
        let mut functions = self.functions.values().map(|deployed| &deployed.function);
        functions
            .find(|function| function.context == context && function.trigger == platform::function::Trigger::Stream)
    }

    /// What a function is told at deployment.
    pub fn settings(&self, function: &Function) -> Settings {
        Settings::new([
            (TABLE, function.context.to_owned()),
            (TOPIC, topic(function.context)),
            (EPOCH, "1".to_owned()),
            (ISSUER, self.issuer.clone()),
            (AUDIENCE, API.to_owned()),
        ])
    }

    /// Answers a call at once.
    pub fn answer(&self, call: &OutsideCall, now: Timestamp) -> Answer {
        match call.service {
            Service::DynamoDb => self.dynamodb(call),
            Service::Sns => self.sns(call, now, &[]),
        }
    }

    /// Answers a `PublishBatch` of which the entries `failed` are not taken.
    pub fn sns(&self, call: &OutsideCall, now: Timestamp, failed: &[usize]) -> Answer {
        let batch = match sns::read(&call.operation, &call.body) {
            Ok(batch) => batch,
            Err(refused) => return refused,
        };
        let context = self.function(call.function).map(|function| function.context).unwrap_or_default();
        if batch.topic != topic(context) {
            return sns::error("AuthorizationError", "this topic is another context's");
        }
        for (n, entry) in batch.entries.iter().enumerate() {
            if failed.contains(&n) {
                continue;
            }
            if let Err(reason) = self.plane().publish(&entry.kind, &entry.message, now) {
                return sns::error("InternalError", &reason);
            }
        }
        sns::published(&batch, failed)
    }

    fn dynamodb(&self, call: &OutsideCall) -> Answer {
        let denied = |reason: &str| dynamodb::error("AccessDeniedException", reason);
        let Some(deployed) = self.functions.get(call.function) else {
            return denied("no such function");
        };
        let writes = matches!(call.operation.as_str(), "PutItem" | "UpdateItem" | "TransactWriteItems");
        let needed = if writes { Access::ReadWrite } else { Access::Read };
        if deployed.access < needed {
            return denied(&format!("{} does not declare {}", call.function, call.operation));
        }
        let context = deployed.function.context;
        let names_own_table_only = serde_json::from_slice(&call.body)
            .is_ok_and(|request: Value| tables_named(&request).iter().all(|table| table == context));
        match self.tables.get(context) {
            Some(table) if names_own_table_only => dynamodb::answer(&table.database, &call.operation, &call.body),
            _ => denied("this table is another context's"),
        }
    }

    /// Reads a context's stream into the plane: all of it, or until the relay has plenty to do.
    pub fn read_stream(&self, context: &'static str) -> Result<(), String> {
        let Some(table) = self.tables.get(context) else {
            return Ok(());
        };
        let mut plane = self.plane();
        loop {
            let iterator =
                encode_shard_iterator(context, &dynoxide::streams::shard_id(context), plane.read_to(context));
            let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(PAGE) };
            let found = table.database.get_records(request).map_err(|error| error.to_string())?.records;
            let is_last = found.len() < PAGE;
            let mut records = Vec::with_capacity(found.len());
            for found in found {
                let name = found.dynamodb.sequence_number.clone();
                let sequence =
                    name.parse::<i128>().ok().and_then(|number| i64::try_from(number - SEQUENCE_OFFSET).ok());
                let sequence = sequence.ok_or_else(|| format!("{name} is no sequence number"))?;
                let record = serde_json::to_value(&found).map_err(|error| error.to_string())?;
                records.push(StreamRecord { sequence, name, record });
            }
            plane.add_records(context, records);
            let unread: usize = plane.filled_shards(context).iter().map(|(_, records)| records).sum();
            if is_last || unread >= PAGE {
                return Ok(());
            }
        }
    }

    /// Lets a table's stream forget what its relay is done with.
    pub fn trim_stream(&self, context: &str) -> Result<(), String> {
        let Some(log) = self.tables.get(context).map(|table| &table.stream_log) else {
            return Ok(());
        };
        let done = self.plane().done_to(context);
        // The newest record stays: dynoxide counts on from it.
        let delete = "DELETE FROM _stream_records WHERE table_name = ?1 AND CAST(sequence_number AS INTEGER) < ?2";
        let log = log.lock().unwrap_or_else(PoisonError::into_inner);
        log.execute(delete, rusqlite::params![context, done]).map(|_| ()).map_err(|error| error.to_string())
    }
}

/// The ARN of a context's topic.
pub fn topic(context: &str) -> String {
    format!("arn:aws:sns:us-east-1:000000000000:{context}")
}

fn tables_named(request: &Value) -> Vec<String> {
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
fn create_table(database: &Database, context: &Context) -> Result<(), String> {
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

/// Answers calls without delay or fault.
pub struct Direct {
    /// The cloud.
    pub cloud: Arc<Cloud>,
    /// Whose clock to go by.
    pub host: Arc<dyn Host>,
}

impl Outside for Direct {
    fn call(&self, call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        let answer = self.cloud.answer(&call, self.host.now());
        Box::pin(std::future::ready(Ok(answer)))
    }
}
