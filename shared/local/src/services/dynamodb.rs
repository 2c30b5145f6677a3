//! DynamoDB's JSON protocol, answered by dynoxide.

use crate::outside::Answer;
use dynoxide::{Database, DynoxideError};
use serde::{Serialize, de::DeserializeOwned};

/// Answers `operation` with `body` from `database`.
pub fn answer(database: &Database, operation: &str, body: &[u8]) -> Answer {
    match operation {
        "GetItem" => run(body, |request| database.get_item(request)),
        "BatchGetItem" => run(body, |request| database.batch_get_item(request)),
        "Query" => run(body, |request| database.query(request)),
        "Scan" => run(body, |request| database.scan(request)),
        "PutItem" => run(body, |request| database.put_item(request)),
        "UpdateItem" => run(body, |request| database.update_item(request)),
        "TransactWriteItems" => run(body, |request| database.transact_write_items(request)),
        // Nothing is ever deleted.
        _ => error("AccessDeniedException", &format!("functions may not call {operation}")),
    }
}

fn run<Q: DeserializeOwned, A: Serialize>(
    body: &[u8],
    operation: impl FnOnce(Q) -> Result<A, DynoxideError>,
) -> Answer {
    let request = match serde_json::from_slice(body) {
        Ok(request) => request,
        Err(reason) => return error("SerializationException", &reason.to_string()),
    };
    match operation(request) {
        Ok(output) => match serde_json::to_vec(&output) {
            Ok(body) => Answer::new(200, body),
            Err(reason) => error("InternalServerError", &reason.to_string()),
        },
        Err(refused) => Answer::new(refused.status_code(), refused.to_json()),
    }
}

/// An answer as DynamoDB words its errors.
pub fn error(kind: &str, message: &str) -> Answer {
    let body = serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{kind}"), "message": message });
    Answer::new(400, body.to_string())
}
