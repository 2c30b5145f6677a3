//! Planted bugs: realistic mistakes, as decorators of the seam or as twins of a function. Production code has no
//! switch for them. A simulation that does not catch them proves nothing.

use futures_util::future::BoxFuture;
use local::outside::{Answer, NoAnswer, Outside, OutsideCall, Service};
use platform::Context;
use platform::function::Trigger;
use serde_json::{Value, json};
use std::sync::Arc;

/// A mistake.
pub struct Bug {
    /// What was done wrong.
    pub name: &'static str,
    /// The contexts, with a twin in place of a function if the bug is one.
    pub contexts: fn() -> Vec<Context>,
    /// Puts the mistake between the functions and the cloud.
    pub plant: fn(Arc<dyn Outside>) -> Arc<dyn Outside>,
}

/// Every planted bug.
pub const BUGS: [Bug; 4] = [
    Bug {
        name: "stock is moved without asking whether there is enough",
        contexts: crate::contexts,
        plant: |inner| Arc::new(Rewriting { inner, rewrite: forget_stock_condition }),
    },
    Bug {
        name: "a relay acknowledges what the topic did not take",
        contexts: acknowledging_contexts,
        plant: |inner| inner,
    },
    Bug {
        name: "a create does not ask whether the item is there",
        contexts: crate::contexts,
        plant: |inner| Arc::new(Rewriting { inner, rewrite: forget_absence }),
    },
    Bug {
        name: "an order is written without its outbox",
        contexts: crate::contexts,
        plant: |inner| Arc::new(Rewriting { inner, rewrite: forget_outbox_on_update }),
    },
];

/// Changes requests on their way.
struct Rewriting {
    inner: Arc<dyn Outside>,
    rewrite: fn(&str, &mut Value),
}

impl Outside for Rewriting {
    fn call(&self, mut call: OutsideCall) -> BoxFuture<'static, Result<Answer, NoAnswer>> {
        if call.service == Service::DynamoDb
            && let Ok(mut request) = serde_json::from_slice(&call.body)
        {
            (self.rewrite)(&call.operation, &mut request);
            call.body = request.to_string().into_bytes();
        }
        self.inner.call(call)
    }
}

fn forget_stock_condition(operation: &str, request: &mut Value) {
    if operation != "TransactWriteItems" {
        return;
    }
    for action in request["TransactItems"].as_array_mut().into_iter().flatten() {
        if let Some(update) = action.get_mut("Update") {
            update["ConditionExpression"] = json!("attribute_exists(#v)");
            // DynamoDB refuses values that no expression uses.
            if let Some(values) = update["ExpressionAttributeValues"].as_object_mut() {
                values.retain(|name, _| !name.starts_with(":m"));
            }
        }
    }
}

fn forget_outbox_on_update(operation: &str, request: &mut Value) {
    let is_update = request["ConditionExpression"].as_str().is_some_and(|condition| condition.contains(":v"));
    if operation == "PutItem"
        && is_update
        && let Some(item) = request["Item"].as_object_mut()
    {
        item.remove("outbox");
    }
}

fn forget_absence(operation: &str, request: &mut Value) {
    let is_create = request["ConditionExpression"] == "attribute_not_exists(#pk)";
    if operation == "PutItem" && is_create {
        request["ConditionExpression"] = json!("attribute_not_exists(#pk) OR attribute_exists(#pk)");
    }
}

/// Relays whose shell reports nothing as failed.
fn acknowledging_contexts() -> Vec<Context> {
    let mut contexts = crate::contexts();
    for function in contexts.iter_mut().flat_map(|context| &mut context.functions) {
        if function.trigger == Trigger::Stream {
            let honest = function.handler.clone();
            function.handler = Arc::new(move |world, invocation| {
                let honest = honest.clone();
                Box::pin(async move {
                    drop(honest(world, invocation).await);
                    Ok(br#"{"batchItemFailures":[]}"#.to_vec())
                })
            });
        }
    }
    contexts
}
