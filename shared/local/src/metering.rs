//! Counts what calls cost: DynamoDB's own figures, asked for on each call.

use crate::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
use dynoxide::types::{Item, item_size};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// What one call cost.
#[derive(Clone, PartialEq, Debug)]
pub struct Cost {
    /// The function that called.
    pub function: &'static str,
    /// The operation.
    pub operation: String,
    /// Read request units.
    pub reads: f64,
    /// Write request units, indexes included.
    pub writes: f64,
    /// Of these, the ones of index entries.
    pub indexes: f64,
    /// The items that it writes.
    pub items: Vec<WrittenItem>,
}

/// An item of a write.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrittenItem {
    /// Its sort key.
    pub sort: String,
    /// How long it is, as DynamoDB counts: names and values, in bytes. 0 of an update, which does not say.
    pub bytes: usize,
}

/// Passes calls on and keeps their costs.
pub struct Meter {
    inner: Arc<dyn Outside>,
    costs: Arc<Mutex<Vec<Cost>>>,
}

impl Meter {
    /// A meter before `inner`.
    pub fn new(inner: Arc<dyn Outside>) -> Self {
        Self { inner, costs: Arc::default() }
    }

    /// The costs since the last time this was asked, in the order of the calls.
    pub fn take(&self) -> Vec<Cost> {
        std::mem::take(&mut *self.costs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Outside for Meter {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        if call.service == Service::DynamoDb
            && let Ok(mut request) = serde_json::from_slice::<Value>(&call.body)
        {
            request["ReturnConsumedCapacity"] = json!("INDEXES");
            call.body = request.to_string().into_bytes();
        }
        let items = written(&call);
        let (costs, function, operation) = (self.costs.clone(), call.function, call.operation.clone());
        let answer = self.inner.call(call);
        Box::pin(async move {
            let answer = answer.await?;
            let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
            // One object, or a list with one for each table.
            let consumed = match &body["ConsumedCapacity"] {
                Value::Array(tables) => tables.clone(),
                other => vec![other.clone()],
            };
            let units: f64 = consumed.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum();
            let entries = consumed.iter().filter_map(|table| table["GlobalSecondaryIndexes"].as_object());
            let indexes =
                entries.flat_map(|indexes| indexes.values()).filter_map(|one| one["CapacityUnits"].as_f64()).sum();
            let writing = matches!(operation.as_str(), "PutItem" | "UpdateItem" | "TransactWriteItems");
            let (reads, writes) = if writing { (0.0, units) } else { (units, 0.0) };
            let indexes = if writing { indexes } else { 0.0 };
            let cost = Cost { function, operation, reads, writes, indexes, items };
            costs.lock().unwrap_or_else(PoisonError::into_inner).push(cost);
            Ok(answer)
        })
    }
}

/// The items that a call is about to write.
fn written(call: &OutsideCall) -> Vec<WrittenItem> {
    if call.service != Service::DynamoDb {
        return Vec::new();
    }
    let Ok(request) = serde_json::from_slice::<Value>(&call.body) else {
        return Vec::new();
    };
    let item = |write: &Value| {
        let sort = write["Item"]["sk"]["S"].as_str().or(write["Key"]["sk"]["S"].as_str())?.to_owned();
        let item = serde_json::from_value::<Item>(write["Item"].clone()).unwrap_or_default();
        Some(WrittenItem { sort, bytes: item_size(&item) })
    };
    match call.operation.as_str() {
        "PutItem" | "UpdateItem" => item(&request).into_iter().collect(),
        "TransactWriteItems" => {
            let actions = request["TransactItems"].as_array().into_iter().flatten().filter_map(Value::as_object);
            actions.flat_map(|action| action.values()).filter_map(item).collect()
        }
        _ => Vec::new(),
    }
}
