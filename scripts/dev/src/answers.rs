//! What the embedded cloud answers, for commands that end with the first answer that is another one.

use crate::Outcome;
use local::stage::Stage;
use local::trigger::HttpResponse;
use serde_json::Value;

/// The body of an answer that has this status.
pub(crate) fn expect(status: u16, answer: HttpResponse) -> Result<Value, String> {
    match answer.status_code == status {
        true => Ok(serde_json::from_str(&answer.body).unwrap_or_default()),
        false => Err(format!("{} instead of {status}: {}", answer.status_code, answer.body)),
    }
}

/// The id of what was made.
pub(crate) fn id(reply: &Value) -> Result<String, String> {
    Ok(reply["id"].as_str().ok_or("a reply without an id")?.to_owned())
}

/// Uploads bytes as `signed` says, the answer of a use case that signs uploads.
pub(crate) fn upload(stage: &Stage, signed: &Value, bytes: &[u8]) -> Outcome {
    match stage.upload(signed, bytes) {
        200 => Ok(()),
        status => Err(format!("the upload was answered with {status}")),
    }
}
