//! Counts what calls cost: DynamoDB's own figures, asked for on each call.

use crate::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
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
            let writing = matches!(operation.as_str(), "PutItem" | "UpdateItem" | "TransactWriteItems");
            let (reads, writes) = if writing { (0.0, units) } else { (units, 0.0) };
            costs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(Cost { function, operation, reads, writes });
            Ok(answer)
        })
    }
}
